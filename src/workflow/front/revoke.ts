import { decide, evolve } from '../../domain/request/stories/index.js';
import type { Person } from '../../domain/person.js';
import type { End } from '../../domain/request/end.js';
import type { Head } from '../../domain/request/head.js';
import type { Command } from '../../domain/request/command.js';
import type { State } from '../../domain/request/state.js';
import { samePerson } from '../../domain/person.js';
import { RecordFault } from '../../ports/record.js';
import type { Answer } from '../../ports/front.js';
import type { Who } from '../../ports/policy.js';
import { UNKNOWN, type disclosure } from './disclosure.js';
import { requestFacts, who } from '../facts.js';
import type { FrontDeps } from './index.js';
import { inForce } from '../in-force.js';
import { recordForPerson } from '../record-command.js';

type Revoke = Extract<Command, { type: 'Revoke' }>;

/** Whoever takes access back loses no more races than this against a flood. */
const RACES = 3;

/**
 * Ends access early for a person who may. What is asked of policy and groups is asked once, whatever others write
 * meanwhile; and what cannot be recorded in the ordinary way is ordered (END): nobody who may end access hears that it
 * did not work because too much happened, or because somebody has spoilt the record.
 */
export async function revoke(
  deps: FrontDeps,
  by: Person,
  { id, text, seen }: { id: string; text: string; seen: string },
  told: ReturnType<typeof disclosure>,
): Promise<Answer<State>> {
  const { store, wake, log, bundle } = deps;
  const head = await readHead(store, id, 'unreadable' as const);
  // Whose it is cannot be known here: this part may not read the grant's own record (invariant 13).
  if (head === 'unreadable') return { refusal: { code: 'unreadable-request', request: id } };
  const command = await commandOf(deps, by, (head ?? told.nobodys(id)).state, text);
  const decided = head ? decide(command, head.state) : UNKNOWN;
  if (!head || 'refusal' in decided)
    return told.why(by, id, { met: head, made: command, refused: 'refusal' in decided ? decided : UNKNOWN });
  const recorded = await recordForPerson(store, id, seen, async () => command, RACES).catch(
    (error: unknown) => ({ error }),
  );
  if ('head' in recorded) {
    // That it is ending already may be what somebody has written over it, a moment ago even: what a person is told must
    // not rest on that.
    if (recorded.events.length === 0) await store.putEnd(id, orderOf(command));
    wake(id);
    return { ok: inForce(recorded.head.state, bundle()) };
  }
  if ('refusal' in recorded && recorded.refusal.code !== 'busy')
    return told.why(by, id, { met: head, made: command, refused: recorded });
  const why = 'error' in recorded ? { err: recorded.error } : { races: RACES };
  log.warn({ request: id, ...why }, 'a revocation could not be recorded: its end is ordered');
  await store.putEnd(id, orderOf(command));
  wake(id);
  return { ok: inForce(decided.events.reduce(evolve, head.state), bundle()) };
}

/** The order that could not be put into the record in the ordinary way. */
function orderOf({ at, by, text, verdict, unknownGroups = [] }: Revoke): End {
  return {
    at,
    by,
    ...(text !== '' && { text }),
    ...(verdict && { policies: verdict.policies }),
    ...(unknownGroups.length > 0 && { unknownGroups }),
  };
}

/** HEAD, or what stands for one that somebody has spoilt. */
export async function readHead<T = undefined>(
  store: FrontDeps['store'],
  id: string,
  spoilt?: T,
): Promise<Head | undefined | T> {
  try {
    return await store.head(id);
  } catch (error) {
    if (error instanceof RecordFault) return spoilt;
    throw error;
  }
}

async function commandOf(deps: FrontDeps, by: Person, state: State, text: string): Promise<Revoke> {
  const at = deps.clock.now();
  const command = { type: 'Revoke', at, by, text } as const;
  // What is one's own can be handed back even while nobody's groups can be known.
  if (samePerson(by, state.requester) === 'same') return command;
  const [asker, request] = await Promise.all([who(deps, by), requestFacts(deps, state)]);
  const verdict = deps.bundle().pdp.may('revoke', { who: asker, request, at });
  return { ...command, verdict, unknownGroups: unknownNames(asker, request.requester) };
}

/** The groups in which none of these people was taken to be, sorted. */
function unknownNames(...people: Who[]): string[] {
  const names = people.flatMap(({ unknownGroups = [] }) => unknownGroups.map(({ name }) => name));
  return [...new Set(names)].sort();
}
