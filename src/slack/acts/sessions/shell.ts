import { isShell, type Shell } from '../../../ports/shell.js';
import { bare, COMMAND } from '../../ids.js';
import { say, section, type Message } from '../../messages/blocks.js';
import { code } from '../../messages/mrkdwn.js';
import { SHELL_CHOICES, shellName } from '../../messages/sessions/shells.js';
import { list } from '../../../words/english.js';
import type { Desk, Told, TypedCommand } from '../handler-context.js';

/** What people call them, too. */
const ALSO: Record<string, Shell> = { zsh: 'bash', sh: 'bash', pwsh: 'powershell', 'cmd.exe': 'cmd' };

/** `/jit shell` says which one is chosen; `/jit shell fish` chooses it, for every session from then on. */
export async function shellByWords({ actor, seen, words }: TypedCommand, { front }: Desk): Promise<Told> {
  const [first] = words;
  if (first === undefined) {
    const answer = await front.shell(actor);
    return 'refusal' in answer
      ? answer
      : told(`Credentials are shown to you for *${shellName(answer.ok)}*.`, answer.ok);
  }
  const typed = bare(first).toLowerCase();
  const shell = Object.hasOwn(ALSO, typed) ? ALSO[typed] : typed;
  if (!isShell(shell))
    return say(`"${first.slice(0, 64)}" is no shell that jit knows. Choose one: ${NAMES}.`);
  const answer = await front.useShell(actor, shell, seen);
  if ('refusal' in answer) return answer;
  return told(`From now on credentials are shown to you for *${shellName(answer.ok)}*.`, answer.ok);
}

const NAMES = SHELL_CHOICES.map(({ shell, name }) => (shell === name ? name : `${shell} (${name})`)).join(
  ', ',
);

function told(text: string, chosen: Shell): Message {
  const others = SHELL_CHOICES.filter(({ shell }) => shell !== chosen);
  const ways = others.map(({ shell }) => code(`${COMMAND} shell ${shell}`));
  return { text, blocks: [section(`${text} To change that: ${list(ways, 'or')}.`)] };
}
