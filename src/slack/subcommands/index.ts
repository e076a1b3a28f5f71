import type { Desk, SignedAct, Told, TypedCommand } from '../acts/handler-context.js';
import { byWords, DEEDS } from '../acts/own-requests.js';
import { bare, COMMAND } from '../ids.js';
import { section } from '../messages/blocks.js';
import { code } from '../messages/mrkdwn.js';
import { listing } from '../messages/requests.js';
import { askFor } from './request.js';
import { typed } from './words.js';

interface Subcommand {
  /** Empty for the one that runs without a name. */
  name: string;
  /** What may follow the name. */
  usage: string;
  summary: string;
  /** It cancels a request or ends access. */
  ends?: true | undefined;
  run(ask: TypedCommand, desk: Desk): Promise<Told>;
}

const ASK: Subcommand = {
  name: '',
  usage: '[entitlement] [duration] [what for]',
  summary: 'opens the form to ask for access',
  run: (ask, desk) =>
    askFor(
      ask,
      desk,
      NAMED.map(({ name }) => name),
    ),
};
const LIST: Subcommand = {
  name: 'list',
  usage: '',
  summary: 'shows your requests, open ones first',
  async run({ actor }, { front, kinds }) {
    const answer = await front.mine(actor);
    return 'refusal' in answer ? answer : listing(answer.ok, kinds);
  },
};
/** Lists the rows there are, so that it can list only what works. */
const HELP: Subcommand = {
  name: 'help',
  usage: '',
  summary: 'shows this help',
  async run() {
    const lines = [ASK, ...NAMED].map(({ name, usage, summary }) => {
      const written = [COMMAND, name, usage].filter((part) => part !== '').join(' ');
      return `${code(written)}: ${summary}`;
    });
    const head = 'Temporary AWS access: ask for it and approve it here.';
    return { text: head, blocks: [section([head, ...lines].join('\n'))] };
  },
};
/** No entitlement may have the name of one of these. */
const NAMED: Subcommand[] = [
  LIST,
  ...Object.entries(DEEDS).map(([name, deed]): Subcommand => ({
    ...deed,
    name,
    run: (ask, desk) => byWords(deed, ask, desk),
  })),
  HELP,
];

/** `/jit`: the first word names the subcommand; anything else asks for access. */
export function runCommand(
  { text, ...ask }: SignedAct & { text: string; triggerId: string },
  desk: Desk,
): Promise<Told> {
  const words = typed(text);
  const named = namedBy(words);
  return named ? named.run({ ...ask, words: words.slice(1) }, desk) : ASK.run({ ...ask, words }, desk);
}

/** Whether this cancels a request or ends access. */
export function endsAccess(text: string): boolean {
  return namedBy(typed(text))?.ends ?? false;
}

function namedBy([first = '']: string[]): Subcommand | undefined {
  const name = bare(first).toLowerCase();
  return NAMED.find((row) => row.name === name);
}
