import type { Person } from '../../domain/person.js';
import { isLedgerName } from '../../domain/record/ledger.js';
import type { Head } from '../../domain/request/head.js';
import type { Answer } from '../../ports/front.js';
import type { Actor } from '../../ports/people.js';
import { Unknowable } from '../../ports/policy.js';
import { RecordFault } from '../../ports/record.js';
import type { FrontDeps } from './deps.js';
import { placeholderRequest } from './disclosure.js';

type Act<T> = (person: Person) => Promise<Answer<T>>;

/** Runs `act` for a person whom the directory vouches for now; what cannot be known about people is a refusal. */
export function asPerson<T>(deps: FrontDeps, actor: Actor, act: Act<T>): Promise<Answer<T>> {
  return asFound(deps, actor, act, deps.directory.person(actor));
}

/** As `asPerson`, for what a signed request changes. */
export function asPersonOnce<T>(
  deps: FrontDeps,
  actor: Actor,
  seen: string,
  act: Act<T>,
): Promise<Answer<T>> {
  return once(deps, seen, asPerson(deps, actor, act));
}

/** As `asPersonOnce`, for acts that end access: a person hands back their own access without waiting for a look-up. */
export async function asOneWhoEnds<T>(
  deps: FrontDeps,
  actor: Actor,
  { id, seen }: { id: string; seen: string },
  act: Act<T>,
): Promise<Answer<T>> {
  const head = await readHead(deps, id);
  const { requester } = typeof head === 'object' ? head.state : placeholderRequest(deps, id);
  return once(deps, seen, asFound(deps, actor, act, deps.directory.personEnding(actor, requester)));
}

/** A signed request that was refused has no effect when it comes again, whatever has changed (invariant 14). */
async function once<T>({ store }: FrontDeps, seen: string, act: Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await act;
  if ('refusal' in answer && answer.refusal.code !== 'replayed') await store.remember(seen);
  return answer;
}

export async function readHead({ store }: FrontDeps, id: string): Promise<Head | 'unreadable' | undefined> {
  try {
    return await store.head(id);
  } catch (error) {
    if (error instanceof RecordFault) return 'unreadable';
    throw error;
  }
}

async function asFound<T>(
  { log }: FrontDeps,
  actor: Actor,
  act: Act<T>,
  look: ReturnType<FrontDeps['directory']['person']>,
): Promise<Answer<T>> {
  const found = await look;
  if ('refusal' in found) {
    log.warn({ actor, code: found.refusal.code }, 'not let in');
    return found;
  }
  try {
    return await act(found.person);
  } catch (error) {
    const spoilt = error instanceof RecordFault && error.code === 'unreadable' ? error.request : undefined;
    if (spoilt !== undefined && !isLedgerName(spoilt))
      return { refusal: { code: 'unreadable-request', request: spoilt } };
    if (!(error instanceof Unknowable)) throw error;
    log.warn({ actor, err: error }, 'refused: the directory does not answer');
    return { refusal: { code: 'directory-unavailable' } };
  }
}
