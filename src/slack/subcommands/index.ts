import { againByWords } from '../acts/again.js';
import type { Desk, SignedAct, Told, TypedCommand } from '../acts/handler-context.js';
import { awayByWords, backByWords } from '../acts/away.js';
import { extendByWords } from '../acts/extend/act.js';
import { showPending } from '../acts/home.js';
import { byWords, DEEDS, type Deed } from '../acts/own-requests.js';
import { shellByWords } from '../acts/sessions/shell.js';
import { SHELLS } from '../../ports/shell.js';
import { bare, COMMAND } from '../ids.js';
import { section } from '../messages/blocks.js';
import { code } from '../messages/mrkdwn.js';
import { listing } from '../messages/requests.js';
import { askFor } from './request.js';
import { mentionedIn, typed } from './words.js';

interface Subcommand extends Pick<Deed, 'usage' | 'summary' | 'ends'> {
  /** Empty for the one that runs without a name. */
  name: string;
  run(ask: TypedCommand, desk: Desk): Promise<Told>;
}

const HEAD = 'Temporary AWS access: ask for it and approve it here.';

/** As help lists them. They win over an entitlement of the same name. */
const ROWS: Subcommand[] = [
  {
    name: '',
    usage: '[entitlement] [duration] [at 18:00 | emergency] [what for]',
    summary: 'opens the form to ask for access, from a later time or in an emergency too',
    run(ask, desk) {
      const names = ROWS.map(({ name }) => name).filter((name) => name !== '');
      return askFor(ask, desk, names);
    },
  },
  {
    name: 'list',
    usage: '',
    summary: 'shows your requests, open ones first',
    async run({ actor }, { front, kinds }) {
      const answer = await front.mine(actor);
      return 'refusal' in answer ? answer : listing(answer.ok, kinds);
    },
  },
  ...Object.entries(DEEDS).map(([name, deed]): Subcommand => ({
    ...deed,
    name,
    run: (ask, desk) => byWords(deed, ask, desk),
  })),
  {
    name: 'extend',
    usage: '[request id] [30m]',
    summary: 'makes access that you have last longer, where that is offered',
    run: extendByWords,
  },
  {
    name: 'again',
    usage: '[request id]',
    summary: 'opens the form as your last request was filled in, or the one that you name',
    run: againByWords,
  },
  {
    name: 'pending',
    usage: '',
    summary: 'shows what waits for you to decide',
    run: showPending,
  },
  {
    name: 'away',
    usage: '[3d | until 2026-12-05]',
    summary: 'lets somebody else decide in your place while you are away',
    run: awayByWords,
  },
  {
    name: 'back',
    usage: '[@person]',
    summary: 'says that you are back; or ends it for someone else, where policy permits that',
    run: backByWords,
  },
  {
    name: 'shell',
    usage: `[${SHELLS.join(' | ')}]`,
    summary: 'chooses the shell for which credentials are shown to you',
    run: shellByWords,
  },
  {
    name: 'help',
    usage: '',
    summary: 'shows this help',
    async run() {
      const lines = ROWS.map(({ name, usage, summary }) => {
        const written = [COMMAND, name, usage].filter((part) => part !== '').join(' ');
        return `${code(written)}: ${summary}`;
      });
      return { text: HEAD, blocks: [section([HEAD, ...lines].join('\n'))] };
    },
  },
];

/** `/jit`: the first word names the subcommand; anything else asks for access. */
export function runCommand(
  { text, ...act }: SignedAct & { text: string; triggerId: string },
  desk: Desk,
): Promise<Told> {
  const words = typed(text);
  const row = rowOf(words);
  return row.run(
    { ...act, words: row.name === '' ? words : words.slice(1), mentioned: mentionedIn(text) },
    desk,
  );
}

/** Whether this cancels a request or ends access. */
export function endsAccess(text: string): boolean {
  return rowOf(typed(text)).ends ?? false;
}

function rowOf([first = '']: string[]): Subcommand {
  const name = bare(first).toLowerCase();
  return ROWS.find((row) => row.name === name) ?? ROWS[0]!;
}
