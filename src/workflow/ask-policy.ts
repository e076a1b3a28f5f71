import type { Entitlement, Instant, Millis } from '../domain/entitlement.js';
import { defined } from '../domain/objects.js';
import type { Person } from '../domain/person.js';
import type { Basis, Verdict } from '../domain/request/decision.js';
import type { State } from '../domain/request/state.js';
import type { AskedAbout, Bundle, Pdp, Who } from '../ports/policy.js';
import { requestFacts, sighted, who, type FactSources } from './facts.js';
import { gatherInputs, type InputDeps, type LookedUp } from './gather-inputs.js';

type AccessQuestion = Parameters<Pdp['request']>[0];

/** A person as policy is asked about them: looked up once, for as many questions as need be. */
export interface Asker {
  who: Who;
  /** Names of all groups that are not known, also of those that no policy reads. */
  lost: string[];
  at: Instant;
  /** What policies read of this person and an entitlement. */
  inputs: (entitlement: Entitlement) => LookedUp;
}

/** Looks up who the person is to policy, and what policies read, side by side. */
export async function askerOf(
  deps: FactSources & InputDeps,
  person: Person,
  about: readonly Entitlement[],
  at: Instant,
): Promise<Asker> {
  const [seen, inputs] = await Promise.all([sighted(deps, person), gatherInputs(deps, person, about, at)]);
  return { ...seen, at, inputs };
}

export interface Wanted {
  entitlement: Entitlement;
  duration: Millis;
  ticket?: string | undefined;
  emergency?: true | undefined;
}

/** Whether this person may have this for so long, as the decision point is asked it. */
export function questionOf(
  { who: asker, at, inputs }: Omit<Asker, 'lost'>,
  { entitlement, duration, ticket, emergency }: Wanted,
): AccessQuestion {
  const what = { who: asker, entitlement: entitlement.id, duration, at };
  return { ...what, ...(ticket && { ticket }), ...defined({ emergency }), ...inputs(entitlement) };
}

/** More names of groups than a person has, and far fewer than would outgrow an item of DynamoDB (400 KB). */
const MOST_NAMES = 1_000;

/** What goes on record of what policy is told. @param lost names of all groups that are not known */
export function basisOf(
  { who: { groups }, given = {}, failed = {} }: Pick<AccessQuestion, 'who' | 'given' | 'failed'>,
  lost: readonly string[],
): Basis {
  const [unknownGroups, unknownInputs] = [distinct(lost), distinct(Object.keys(failed))];
  const isKept = groups.length + unknownGroups.length <= MOST_NAMES;
  return {
    ...(isKept && { groups: distinct(groups), ...(unknownGroups.length > 0 && { unknownGroups }) }),
    given,
    ...(unknownInputs.length > 0 && { unknownInputs }),
  };
}

const distinct = (names: readonly string[]) => [...new Set(names)].sort();

/** A request that is on record, or a grant, to be asked about once more. */
interface AskAgain {
  /** Of the request, for the log alone. */
  id?: string;
  person: Person;
  /** In place of a look-up: they cannot be vouched for. */
  as?: Who;
  entitlement: string;
  duration: Millis;
  ticket?: string | undefined;
  emergency?: true | undefined;
  at: Instant;
  /** Whose hour and weekday policies see, where that is not `at`. */
  clockAt?: Instant;
  about?: AskedAbout;
}

/**
 * The question about something that has been asked for before, which may have left the catalog since.
 * @param inputs looks up what policies read; by default as of `at`, and nothing of what has left the catalog: it is
 *   refused whatever its inputs would be
 * @returns also what goes on record of it
 */
export async function questionAgain(
  deps: FactSources & InputDeps,
  { entitlements }: Bundle,
  { person, as, ticket, emergency, ...asked }: AskAgain,
  inputs: (current: Entitlement | undefined) => Promise<LookedUp> = (current) =>
    inputsFor(deps, person, current, asked.at),
): Promise<{ question: AccessQuestion; basis: Basis }> {
  const [seen, lookedUp] = await Promise.all([
    as ? { who: as, lost: [] } : sighted(deps, person),
    inputs(entitlements.get(asked.entitlement)),
  ]);
  const more = { ...(ticket && { ticket }), ...defined({ emergency }) };
  const question = { ...asked, who: seen.who, ...more, ...lookedUp };
  return { question, basis: basisOf(question, seen.lost) };
}

/** What policies read of one entitlement; of none there is nothing to read. */
export async function inputsFor(
  deps: InputDeps,
  person: Person,
  entitlement: Entitlement | undefined,
  at: Instant,
): Promise<LookedUp> {
  return entitlement ? (await gatherInputs(deps, person, [entitlement], at))(entitlement) : {};
}

/** Whether policy lets somebody end, or read, a request, and the groups of them and of its requester that are not known. */
export async function verdictOn(
  deps: FactSources,
  action: 'revoke' | 'audit' | 'review',
  { by, state, at }: { by: Person; state: State; at: Instant },
): Promise<{ verdict: Verdict; unknownGroups: string[] }> {
  const [asker, request] = await Promise.all([who(deps, by), requestFacts(deps, state)]);
  const unknown = [asker, request.requester].flatMap(({ unknownGroups = [] }) => unknownGroups);
  return {
    verdict: deps.bundle().pdp.may(action, { who: asker, request, at }),
    unknownGroups: [...new Set(unknown.map(({ name }) => name))].sort(),
  };
}
