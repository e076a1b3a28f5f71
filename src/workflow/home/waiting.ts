import { openStage } from '../../domain/chain.js';
import { peopleOf, type Delegation } from '../../domain/delegation.js';
import type { Instant } from '../../domain/entitlement.js';
import { samePerson, type Person } from '../../domain/person.js';
import type { Pending, State } from '../../domain/request/state.js';
import { looks } from '../../kit/looks.js';
import type { Log } from '../../kit/log.js';
import { sharedAnswers } from '../../kit/shared-answers.js';
import { allOf, sideBySide } from '../../kit/side-by-side.js';
import type { Clock } from '../../ports/clock.js';
import type { Who } from '../../ports/policy.js';
import type { RequestStore } from '../../ports/record.js';
import type { Home } from '../../ports/front.js';
import { candidatesFor, emails, inForce, requestFacts, who, type FactSources } from '../facts.js';
import { seatsFor, standing } from '../seats/stand-ins.js';
import { LEAST } from './drawn.js';

export interface WaitingDeps extends FactSources {
  store: Pick<RequestStore, 'head' | 'undecided' | 'ledger' | 'dueLedgers'>;
  clock: Pick<Clock, 'now'>;
  log: Pick<Log, 'warn'>;
}

/** So many are looked at; a house that has more is told that there may be others. */
const MOST = 1_000;
const AT_ONCE = 32;
/** A store may read as many in one call as it is asked for at once. */
const READ_AT_ONCE = 100;

/** What waits for a decision, whoever may give it. People who look within the same second share it. */
interface Undecided {
  open: Map<string, Pending>;
  unseen: boolean;
  delegations: Delegation[];
  sources: FactSources;
}

/** What is found for one person; `at`: it is no older. */
type Found = Pick<Home, 'waiting' | 'unseen' | 'delegated' | 'at'> & Pick<Home['delegations'], 'forMe'>;

/**
 * What waits for a decision: one query of what is due, keys alone, and one read of each HEAD that may be pending.
 * @returns finds what waits for one person, oldest first; and when the last look began that somebody may share
 */
export function waitingIn(deps: WaitingDeps) {
  const { store, log, clock } = deps;

  const all = looks(
    async (): Promise<Undecided> => {
      const [ids, delegations] = await Promise.all([store.undecided(), standing(deps)]);
      const open = new Map<string, Pending>();
      await sideBySide(
        ids.slice(0, MOST),
        async (id) => {
          const state = await stateOf(id);
          if (state && isOpen(state)) open.set(id, state);
        },
        undefined,
        READ_AT_ONCE,
      );
      return { open, unseen: ids.length > MOST, delegations, sources: askedOnce(deps) };
    },
    { now: clock.now, lasts: LEAST },
  );

  /** One that cannot be read keeps nobody from seeing the others. */
  async function stateOf(id: string): Promise<State | undefined> {
    try {
      return (await store.head(id))?.state;
    } catch (error) {
      log.warn({ request: id, err: error }, 'a request could not be read for an App Home');
      return undefined;
    }
  }

  /** @param of.since what is shown is no older; absent: than the call @param of.also ids that the index may not have yet */
  async function waitingFor(
    person: Person,
    { since, also }: { since: Instant | undefined; also: readonly string[] },
  ): Promise<Found> {
    const { at, found } = await all.since(since);
    const forMe = found.delegations.filter(({ to }) => samePerson(to, person) === 'same');
    const missing = await allOf(
      also.filter((id) => !found.open.has(id)),
      stateOf,
    );
    const open = [...found.open.values(), ...missing.filter((state) => state !== undefined).filter(isOpen)];
    let known: Promise<Who> | undefined;
    const voter = () => (known ??= who(deps, person));
    const from = { ...deps, ...found.sources };
    const mine = await allOf(open, (state) => waitsFor(from, { person, voter, forMe }, state), AT_ONCE);
    const through = open.flatMap(({ id }, n) => {
      const seat = mine[n];
      return seat && seat !== 'own' ? [[id, seat] as const] : [];
    });
    return {
      at,
      delegated: Object.fromEntries(through),
      forMe,
      waiting: open
        .filter((_, n) => mine[n])
        .map((state) => inForce(state, deps.bundle()))
        .sort((a, b) => a.requestedAt - b.requestedAt),
      unseen: found.unseen,
    };
  }

  return { recent: all.recent, waitingFor };
}

/** Who may decide many requests, and who asked for them, each looked up once. */
function askedOnce({ directory, ...others }: FactSources): FactSources {
  const how = { now: () => 0, most: Infinity };
  const candidates = sharedAnswers(
    (asked: Parameters<typeof directory.candidates>) => directory.candidates(...asked),
    { ...how, key: (asked) => JSON.stringify(asked) },
  );
  const groups = sharedAnswers((person: Person) => directory.groups(person), {
    ...how,
    key: (person) => JSON.stringify(person),
  });
  return {
    ...others,
    directory: { ...directory, candidates: (...asked) => candidates(asked), groups },
  };
}

function isOpen(state: State): state is Pending {
  return state.status === 'pending' && state.checked && openStage(state) !== undefined;
}

/**
 * Whether this person may fill the stage that is open, and has not voted: what a click of theirs would meet.
 * @param of.voter who they are to policy, looked up where it is needed
 * @returns whose seat it would be: their own, or that of somebody for whom they stand in
 */
async function waitsFor(
  deps: WaitingDeps,
  { person, voter, forMe }: { person: Person; voter: () => Promise<Who>; forMe: Delegation[] },
  state: Pending,
): Promise<'own' | Person | undefined> {
  const stage = openStage(state);
  if (!stage || samePerson(person, state.requester) !== 'other') return undefined;
  if (state.lapsesAt <= deps.clock.now()) return undefined;
  const counted = [state.requester, ...state.votes.flatMap(peopleOf)];
  const isFree = (one: Person) => counted.every((other) => samePerson(one, other) === 'other');
  if (!isFree(person)) return undefined;
  const { owners } = inForce(state, deps.bundle()).entitlement;
  const { asked } = await candidatesFor(deps, [stage], state.requester.email, owners, state);
  const isTheirs = emails(asked, [person])[stage.name]?.includes(person.email);
  const seats = isTheirs ? [] : (await seatsFor(deps, person, asked, async () => forMe)).seats[stage.name];
  const places = isTheirs ? (['own'] as const) : (seats ?? []).filter(isFree);
  if (places.length === 0) return undefined;
  const [asker, request] = await Promise.all([voter(), requestFacts(deps, state)]);
  const at = deps.clock.now();
  const ask = { who: asker, request, stage: stage.name, member: true, at, probe: true as const };
  for (const place of places) {
    const seat = place === 'own' ? {} : { delegatedBy: await who(deps, place) };
    if (deps.bundle().pdp.approve({ ...ask, ...seat }).outcome === 'allowed') return place;
  }
  return undefined;
}
