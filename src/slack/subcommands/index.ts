import type { Actor } from '../../ports/people.js';
import type { Desk } from '../acts/handler-context.js';
import type { Message } from '../messages/blocks.js';
import { bare } from '../ids.js';
import { cancel } from './cancel.js';
import { explain } from './explain.js';
import { help } from './help.js';
import { list } from './list.js';
import { request } from './request.js';
import { revoke } from './revoke.js';
import { status } from './status.js';
import type { Subcommand } from './typed/subcommand.js';
import { typed } from './typed/split-words.js';

const ROWS: Subcommand[] = [list, status, explain, cancel, revoke];
const ASK = request([...ROWS.map(({ name }) => name), 'help']);
/** Help writes itself from the others. No entitlement may have the name of one of these. */
const NAMED: Subcommand[] = [...ROWS, help([ASK, ...ROWS])];
const ENDING: Subcommand[] = [cancel, revoke];

/** `/jit`: the first word names the subcommand; anything else asks for access. */
export function runCommand(
  { text, ...ask }: { actor: Actor; text: string; triggerId: string; seen: string },
  desk: Desk,
): Promise<Message | undefined> {
  const words = typed(text);
  const named = namedBy(words);
  return named ? named.run({ ...ask, words: words.slice(1) }, desk) : ASK.run({ ...ask, words }, desk);
}

/** Whether this cancels a request or ends access. */
export function endsAccess(text: string): boolean {
  const named = namedBy(typed(text));
  return named !== undefined && ENDING.includes(named);
}

function namedBy([first = '']: string[]): Subcommand | undefined {
  const name = bare(first).toLowerCase();
  return NAMED.find((row) => row.name === name);
}
