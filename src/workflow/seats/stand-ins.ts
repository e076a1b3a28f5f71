import { openStage } from '../../domain/chain.js';
import { peopleOf, stands, type Delegation } from '../../domain/delegation.js';
import { groupsOfStage, type StageDef, type UnknownGroup } from '../../domain/directory.js';
import { sameAddress } from '../../domain/email.js';
import { samePerson, type Person } from '../../domain/person.js';
import type { UnknownStages } from '../../domain/request/decision.js';
import type { State } from '../../domain/request/state.js';
import { allOf } from '../../kit/side-by-side.js';
import type { Log } from '../../kit/log.js';
import type { Clock } from '../../ports/clock.js';
import type { RequestView } from '../../ports/messages.js';
import type { Candidate } from '../../ports/people.js';
import type { RequestStore } from '../../ports/record.js';
import { emails, known, problemWith, type FactSources } from '../facts.js';

/** What it takes to know who stands in for whom. */
export interface StandInDeps extends Pick<FactSources, 'directory' | 'bundle'> {
  store: Pick<RequestStore, 'ledger' | 'dueLedgers'>;
  clock: Pick<Clock, 'now'>;
  log: Pick<Log, 'warn'>;
}

/** A stage for which somebody may stand in. */
type Delegable = StageDef & { delegates: string };

/** So many people are away at once; of more, the rest could not be stood in for. */
const MOST_AWAY = 1_000;

function delegableIn({ bundle }: Pick<FactSources, 'bundle'>): Delegable[] {
  return bundle().directory.stages.filter((stage): stage is Delegable => stage.delegates !== undefined);
}

/** Whether somebody may stand in for those of a stage, by its name. */
export function isDelegable(deps: Pick<FactSources, 'bundle'>): (stage: string) => boolean {
  const names = new Set(delegableIn(deps).map(({ name }) => name));
  return (stage) => names.has(stage);
}

/**
 * The delegations that stand now. Which ledgers have one is from an index: one that has just been begun may be missing.
 * What each of them says is read from the ledger itself. Where no stage knows of stand-ins, nobody is asked.
 */
export async function standing(deps: StandInDeps): Promise<Delegation[]> {
  const { store, clock, log } = deps;
  if (delegableIn(deps).length === 0) return [];
  const found = await allOf(await store.dueLedgers(Infinity, MOST_AWAY), async (name) => {
    try {
      return (await store.ledger(name))?.delegation;
    } catch (error) {
      // One that cannot be read keeps nobody from standing in for somebody else (invariant 16).
      log.warn({ ledger: name, err: error }, 'who stands in for somebody cannot be read');
      return undefined;
    }
  });
  return found.filter((delegation) => stands(delegation, clock.now()));
}

/** By a request's state as this process has read or written it last. */
const shownWith = new WeakMap<State, Promise<Delegation[]>>();

/**
 * The same, asked once for all that is drawn of one state: the cards and the requester's message say the same. Whoever has
 * something drawn again, since somebody began or ended to stand in, has HEAD read anew.
 */
function standingAt(deps: StandInDeps, state: State): Promise<Delegation[]> {
  const found = shownWith.get(state) ?? standing(deps);
  shownWith.set(state, found);
  void found.catch(() => shownWith.delete(state));
  return found;
}

/** The stages that a person fills now, by any request, for which somebody may stand in; and the groups that hide others. */
export async function delegableFor(
  deps: Pick<StandInDeps, 'directory' | 'bundle'>,
  person: Person,
): Promise<{ stages: Delegable[]; unknown: UnknownGroup[] }> {
  const all = delegableIn(deps);
  if (all.length === 0) return { stages: [], unknown: [] };
  const { directory, entitlements } = deps.bundle();
  const owners = [...new Set([...entitlements.values()].flatMap((entitlement) => entitlement.owners))];
  const { groups, unknown } = await known(deps.directory.groups(person));
  const managers = Object.values(directory.people).flatMap(({ manager }) => manager ?? []);
  const fills = (stage: Delegable) =>
    stage.kind === 'manager'
      ? managers.some((manager) => sameAddress(manager, person.email))
      : groupsOfStage(stage, owners).some((name) => groups.includes(name));
  const stages = all.filter(fills);
  const feeding = all
    .filter((stage) => !stages.includes(stage))
    .flatMap((stage) => groupsOfStage(stage, owners));
  return { stages, unknown: unknown.filter(({ name }) => feeding.includes(name)) };
}

/** For whom a person may fill a seat, by stage; and the groups of which it is not known whether they may. */
interface Seats {
  seats: Record<string, Person[]>;
  unknown: UnknownStages;
}

/**
 * Whose seats this person may fill now, in stages in which they have none of their own: of people who hold them, who are
 * away, and for whom they stand in. They must be one of the stage's delegates.
 * @param asked who may fill each stage
 * @throws Unknowable while the directory does not answer
 */
export async function seatsFor(
  deps: StandInDeps,
  by: Person,
  asked: Record<string, Candidate[]>,
  delegations: () => Promise<Delegation[]> = () => standing(deps),
): Promise<Seats> {
  const none: Seats = { seats: {}, unknown: {} };
  const own = emails(asked, [by]);
  const stages = delegableIn(deps).filter(
    ({ name }) => Object.hasOwn(asked, name) && !own[name]?.includes(by.email),
  );
  if (stages.length === 0) return none;
  const forThem = (await delegations()).filter(({ to }) => samePerson(to, by) === 'same');
  const held = stages
    .map((stage) => ({ stage, people: forThem.map(({ from }) => from).filter(holds(asked, stage.name)) }))
    .filter(({ people }) => people.length > 0);
  if (held.length === 0) return none;
  const { groups, unknown } = await known(deps.directory.groups(by));
  const here = new Map<Person, boolean>();
  for (const person of new Set(held.flatMap(({ people }) => people)))
    here.set(person, (await problemWith(deps.directory, person)) === undefined);
  const found = none;
  for (const { stage, people } of held) {
    const lost = unknown.filter(({ name }) => name === stage.delegates);
    if (groups.includes(stage.delegates)) found.seats[stage.name] = people.filter((one) => here.get(one));
    else if (lost.length > 0) found.unknown[stage.name] = lost;
  }
  return found;
}

/** Whether somebody holds a seat of this stage now. */
const holds = (asked: Record<string, Candidate[]>, stage: string) => (person: Person) =>
  emails(asked, [person])[stage]?.includes(person.email) ?? false;

/**
 * Who may fill a seat of the open stage for somebody who is away, to be told and shown: whoever presses is asked again.
 * @param state as HEAD has it
 * @param asked who may fill each stage
 */
export async function standInsOf(
  deps: StandInDeps,
  state: State,
  asked: Record<string, Candidate[]>,
): Promise<NonNullable<RequestView['standIns']>> {
  const open = state.status === 'pending' ? openStage(state) : undefined;
  const stage = delegableIn(deps).find(({ name }) => name === open?.name);
  if (!stage) return {};
  const counted = [state.requester, ...state.votes.flatMap(peopleOf)];
  const isFree = (person: Person) => counted.every((one) => samePerson(one, person) === 'other');
  const here = (await standingAt(deps, state)).filter(
    ({ from, to }) => isFree(from) && isFree(to) && holds(asked, stage.name)(from),
  );
  const found = await allOf(here, async ({ from, to }) => {
    const { seats } = await seatsFor(deps, to, { [stage.name]: asked[stage.name] ?? [] }, async () => here);
    const isOne = seats[stage.name]?.includes(from) && !(await problemWith(deps.directory, to));
    return isOne ? [{ candidate: { email: to.email, account: to.account }, for: from }] : [];
  });
  return found.flat().length > 0 ? { [stage.name]: found.flat() } : {};
}
