import type { ModalView } from '@slack/types';
import type { NoCredentials } from '../../domain/request/effects.js';
import type { State } from '../../domain/request/state.js';
import type { Credentials } from '../../ports/access.js';
import { notice, section, sections } from './blocks.js';
import { escape, free, when } from './mrkdwn.js';
import { nameOf } from './phrases.js';

// Any button, input, submit or notify_on_close in these modals would send the secrets back to us: none has one.
const FENCE = '```';
const BLOCK = 2900;
const CHUNK = 2600;
const LONGEST_LINK = 2900;

/** Opened at the click, before anything has been minted. */
export function waitingView(state: State): ModalView {
  return notice('Your session', [
    section(`Opening your session for *${nameOf(state)}*… This takes a few seconds.`),
  ]);
}

/** Console link and environment variables: the only place where jit shows them. */
export function credentialsView(state: State, credentials: Credentials): ModalView {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt, consoleUrl } = credentials;
  const lines = [
    ...exported('AWS_ACCESS_KEY_ID', accessKeyId),
    ...exported('AWS_SECRET_ACCESS_KEY', secretAccessKey),
    ...exported('AWS_SESSION_TOKEN', sessionToken),
  ];
  return notice('Your session', [
    ...sections(
      `*${nameOf(state)}*: these credentials work until ${when(expiresAt)}. Do not share them.`,
      console(consoleUrl),
      'Or in a shell (bash or zsh):',
      ...fenced(lines),
      'They are shown only once. Press the button again whenever you need new ones.',
    ),
  ]);
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

/** One line, or several that a shell joins, where the value is longer than a section may be. */
function exported(name: string, value: string): string[] {
  const parts = value.match(new RegExp(`[^]{1,${CHUNK}}`, 'g')) ?? [''];
  return parts.map((part, i) => (i === 0 ? `export ${name}=${quoted(part)}` : `${name}+=${quoted(part)}`));
}

/** For a shell: any value stays one word. AWS sends base64, which needs no quotes. */
function quoted(value: string): string {
  if (/^[\w+/=.-]+$/.test(value)) return value;
  return `'${value.replaceAll("'", `'\\''`)}'`;
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
  return [...blocks, rest].map((text) => `${FENCE}${text}${FENCE}`);
}

function console(url = ''): string {
  const safe = escape(url.replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E'));
  const isLink = /^https?:\/\//.test(url) && URL.canParse(url) && safe.length <= LONGEST_LINK;
  return isLink
    ? `<${safe}|Open the AWS console> (the link works for 15 minutes)`
    : 'There is no console link this time; the variables below still work.';
}
