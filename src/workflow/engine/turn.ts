import { isLive } from '../../domain/request/state.js';
import type { Grant } from '../../domain/grant.js';
import type { Head } from '../../domain/request/head.js';
import { decide } from '../../domain/request/stories/index.js';
import { recordForEngine } from '../record-command.js';
import type { EngineDeps } from './deps.js';
import { grantUnderOrder } from './grant-look.js';

/** What a turn found, and wrote: HEAD, or why it cannot be read or written, and the grant's own record. */
export interface Turned {
  head?: Head | undefined;
  grant?: Grant | undefined;
  failed?: { error: unknown };
}

export async function orFailed(work: () => Promise<Turned>): Promise<Turned> {
  try {
    return await work();
  } catch (error) {
    return { failed: { error } };
  }
}

/** Tells the state what the time is, and whether its end was ordered. */
export async function turn(deps: EngineDeps, id: string): Promise<Turned> {
  const [read, grant] = await Promise.all([
    orFailed(async () => ({ head: await deps.store.head(id) })),
    grantUnderOrder(deps, id),
  ]);
  if (read.failed || !read.head) return { ...read, grant };
  const { head } = read;
  return { ...(await orFailed(async () => ({ head: await told(deps, head, grant) }))), grant };
}

async function told({ store, clock, log }: EngineDeps, head: Head, grant: Grant | undefined): Promise<Head> {
  const { id, state } = head;
  const at = clock.now();
  // Gone already or not: what people read must say that it ends.
  const start = grant?.ending;
  if (start && grant?.gone && isLive(state))
    log.error(
      { request: id, status: state.status },
      'the access is gone, and its request says that it is not',
    );
  const commands = [...(start ? [{ type: 'End', at, start } as const] : []), { type: 'Tick', at } as const];
  for (const command of commands) {
    const decided = decide(command, state);
    if (!('events' in decided) || decided.events.length === 0) continue;
    const { head: after, events } = await recordForEngine(store, id, command);
    for (const { type } of events) log.info({ request: id, event: type }, 'recorded');
    return after;
  }
  return head;
}
