import { openStage } from '../../domain/chain.js';
import { sameAddress } from '../../domain/email.js';
import { samePerson, type Person } from '../../domain/person.js';
import type { Pending, State } from '../../domain/request/state.js';
import { freshRun } from '../../kit/fresh-run.js';
import type { Log } from '../../kit/log.js';
import { allOf, sideBySide } from '../../kit/side-by-side.js';
import type { Clock } from '../../ports/clock.js';
import type { Who } from '../../ports/policy.js';
import type { RequestStore } from '../../ports/record.js';
import { candidatesFor, emails, inForce, requestFacts, who, type FactSources } from '../facts.js';

export interface WaitingDeps extends FactSources {
  store: Pick<RequestStore, 'head' | 'undecided'>;
  clock: Pick<Clock, 'now'>;
  log: Pick<Log, 'warn'>;
}

/** So many are looked at; a house that has more is told that there may be others. */
const MOST = 1_000;
const AT_ONCE = 32;

/**
 * What waits for a decision: one query of what is due, keys alone, and one read of each HEAD that may be pending. People
 * who look at the same time share them.
 * @returns finds what waits for one person, oldest first
 */
export function waitingIn(deps: WaitingDeps) {
  const { store, log } = deps;

  const heads = freshRun(async () => {
    const ids = await store.undecided();
    const found = new Map<string, State>();
    await sideBySide(
      ids.slice(0, MOST),
      async (id) => {
        const state = await stateOf(id);
        if (state) found.set(id, state);
      },
      undefined,
      AT_ONCE,
    );
    return { found, unseen: ids.length > MOST };
  });

  /** One that cannot be read keeps nobody from seeing the others. */
  async function stateOf(id: string): Promise<State | undefined> {
    try {
      return (await store.head(id))?.state;
    } catch (error) {
      log.warn({ request: id, err: error }, 'a request could not be read for an App Home');
      return undefined;
    }
  }

  /** @param also ids that the index may not have yet */
  return async (person: Person, also: readonly string[]): Promise<{ waiting: State[]; unseen: boolean }> => {
    const { found, unseen } = await heads();
    const missing = await allOf(
      also.filter((id) => !found.has(id)),
      stateOf,
    );
    const open = [...found.values(), ...missing.flatMap((state) => state ?? [])].filter(isOpen);
    let known: Promise<Who> | undefined;
    const voter = () => (known ??= who(deps, person));
    const mine = await allOf(open, (state) => waitsFor(deps, { person, voter }, state), AT_ONCE);
    return {
      waiting: open
        .filter((_, n) => mine[n])
        .map((state) => inForce(state, deps.bundle()))
        .sort((a, b) => a.requestedAt - b.requestedAt),
      unseen,
    };
  };
}

function isOpen(state: State): state is Pending {
  return state.status === 'pending' && state.checked && openStage(state) !== undefined;
}

/**
 * Whether this person may fill the stage that is open, and has not voted: what a click of theirs would meet.
 * @param of.voter who they are to policy, looked up where it is needed
 */
async function waitsFor(
  deps: WaitingDeps,
  { person, voter }: { person: Person; voter: () => Promise<Who> },
  state: Pending,
): Promise<boolean> {
  const stage = openStage(state);
  if (!stage || samePerson(person, state.requester) !== 'other') return false;
  if (state.lapsesAt <= deps.clock.now()) return false;
  if (state.votes.some(({ by }) => sameAddress(by.email, person.email))) return false;
  const { owners } = inForce(state, deps.bundle()).entitlement;
  const { asked } = await candidatesFor(deps, [stage], state.requester.email, owners, state);
  if (!emails(asked, [person])[stage.name]?.includes(person.email)) return false;
  const [asker, request] = await Promise.all([voter(), requestFacts(deps, state)]);
  const at = deps.clock.now();
  const ask = { who: asker, request, stage: stage.name, member: true, at, probe: true as const };
  return deps.bundle().pdp.approve(ask).outcome === 'allowed';
}
