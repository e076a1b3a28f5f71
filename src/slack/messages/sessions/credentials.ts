import type { ModalView } from '@slack/types';
import type { NoCredentials } from '../../../domain/request/effects.js';
import type { State } from '../../../domain/request/state.js';
import type { Credentials } from '../../../ports/access.js';
import { notice, section, sections } from '../blocks.js';
import type { Shell } from '../../../ports/shell.js';
import { list } from '../../../words/english.js';
import { code, escape, free, when } from '../mrkdwn.js';
import { nameOf } from '../phrases.js';
import { linesFor, shellName } from './shells.js';

// Any button, input, submit or notify_on_close in these modals would send the secrets back to us: none has one.
const FENCE = '```';
const BLOCK = 2900;
const LONGEST_LINK = 2900;

/** Opened at the click, before anything has been minted. */
export function waitingView(state: State): ModalView {
  return notice('Your session', [
    section(`Opening your session for *${nameOf(state)}*… This takes a few seconds.`),
  ]);
}

/** Console link, variables for one shell and a profile: the only place where jit shows them. */
export function credentialsView(state: State, credentials: Credentials, shell: Shell): ModalView {
  const { expiresAt, consoleUrl, regions } = credentials;
  const lines = linesFor(shell, variablesOf(credentials));
  return notice('Your session', [
    ...sections(
      `*${nameOf(state)}*: these credentials work until ${when(expiresAt)}. Do not share them.`,
      regions ? `They work in ${list(regions.map(code))} only, and in services that have no region.` : '',
      console(consoleUrl),
      lines
        ? `Or in a shell (${shellName(shell)}):`
        : `${shellName(shell)} has no way to write these values: choose another shell with ${code('/jit shell')}.`,
      ...fenced(lines ?? []),
      ...profile(state, credentials),
      `They are shown only once. Press the button again whenever you need new ones. ${code('/jit shell')} changes the shell.`,
    ),
  ]);
}

function variablesOf(credentials: Credentials): [name: string, value: string][] {
  const { accessKeyId, secretAccessKey, sessionToken, region, regions } = credentials;
  return [
    ['AWS_ACCESS_KEY_ID', accessKeyId],
    ['AWS_SECRET_ACCESS_KEY', secretAccessKey],
    ['AWS_SESSION_TOKEN', sessionToken],
    // Where any region will do, the one that they work in is theirs to choose. Some tools know the one name only.
    ...(regions ? ['AWS_REGION', 'AWS_DEFAULT_REGION'].map((name): [string, string] => [name, region]) : []),
  ];
}

/** A line of a profile cannot be parted, so a very long token has none. */
function profile(state: State, credentials: Credentials): string[] {
  const { accessKeyId, secretAccessKey, sessionToken, region, regions } = credentials;
  const name = `jit-${state.entitlement.id}`;
  const text = [
    `[profile ${name}]`,
    `aws_access_key_id = ${accessKeyId}`,
    `aws_secret_access_key = ${secretAccessKey}`,
    `aws_session_token = ${sessionToken}`,
    `region = ${region}`,
  ];
  const values = [accessKeyId, secretAccessKey, sessionToken];
  if (!values.every((value) => /^[\x21-\x7e]+$/.test(value)) || text.join('\n').length > BLOCK) return [];
  return [
    `Or as a profile: put this into ${code('~/.aws/config')}, where it replaces the one from last time, and use ${code(`--profile ${name}`)}.${regions ? '' : ' Its region is only where you begin: change it if you like.'}`,
    ...fenced(text),
  ];
}

/** Why there are no credentials. */
export function refusedView(sentence: string): ModalView {
  return notice('No session', [section(free(sentence, 2900))]);
}

export function noCredentialsView(why: NoCredentials, hint?: string): ModalView {
  const sentence = {
    ended: 'This access has ended. If you still need it, ask again with /jit.',
    late: 'This took too long, so jit gave up. Please close this window and press the button again.',
    failed: 'AWS did not open a session. Please try again in a minute.',
    denied: 'The current policies permit no further session for this access.',
    unknown:
      'jit cannot check at the moment whether you may still use this, so it opened no session. Your access has not ended: please press the button again in a few minutes.',
    replaced:
      'You pressed the button again, so the session opens in your newer window. Please close this one.',
  }[why];
  return refusedView(hint === undefined ? sentence : `${sentence}\n${hint}`);
}

/** Code blocks of at most one section's length each, no line broken. */
function fenced(lines: string[]): string[] {
  const blocks: string[] = [];
  let rest = '';
  for (const line of lines.map(escape)) {
    if (rest !== '' && rest.length + line.length > BLOCK) {
      blocks.push(rest);
      rest = '';
    }
    rest += `${line}\n`;
  }
  return [...blocks, rest].filter((text) => text !== '').map((text) => `${FENCE}${text}${FENCE}`);
}

function console(url = ''): string {
  const safe = escape(url.replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E'));
  const isLink = /^https?:\/\//.test(url) && URL.canParse(url) && safe.length <= LONGEST_LINK;
  return isLink
    ? `<${safe}|Open the AWS console> (the link works for 15 minutes)`
    : 'There is no console link this time; the variables below still work.';
}
