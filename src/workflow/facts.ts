import type { Chain } from '../domain/chain.js';
import { sameAccount, samePerson, type Person } from '../domain/person.js';
import { escalatedTo } from '../domain/request/stories/escalating.js';
import { pin, type Entitlement, type Instant, type PinnedGrant } from '../domain/entitlement.js';
import type { Asked, State } from '../domain/request/state.js';
import type { UnknownStages } from '../domain/request/decision.js';
import { Unknowable, type Bundle, type RequestFacts, type Who } from '../ports/policy.js';
import type { Candidate, Directory } from '../ports/people.js';
import type { GrantKind } from '../ports/access.js';

/** What both halves of the workflow ask about people and policy. */
export interface FactSources {
  directory: Directory;
  /** @throws Unknowable while there are no policies yet */
  bundle: () => Bundle;
  kinds: readonly GrantKind[];
}

/** The person with their groups, and of those that are not known the ones on which something depends. */
export async function who(facts: FactSources, person: Person): Promise<Who> {
  return (await sighted(facts, person)).who;
}

/** The same, with the names of all groups that are not known. */
export async function sighted(
  { directory, bundle }: FactSources,
  person: Person,
): Promise<{ who: Who; lost: string[] }> {
  const { groups, unknown: lost } = await known(directory.groups(person));
  const { usesGroup } = bundle();
  const unknown = lost.filter(({ name }) => usesGroup(name));
  return {
    who: { email: person.email, groups, ...(unknown.length > 0 && { unknownGroups: unknown }) },
    lost: lost.map(({ name }) => name),
  };
}

/** @throws Unknowable where it cannot be looked up */
export async function known<T>(fact: Promise<T>): Promise<T> {
  try {
    return await fact;
  } catch (cause) {
    throw new Unknowable('the directory does not answer', { cause });
  }
}

/**
 * Why this person, who acted earlier, could not act now.
 * @throws Unknowable while the directory does not answer
 */
export async function problemWith(directory: Directory, person: Person): Promise<string | undefined> {
  const found = await directory.person(person.account);
  if ('person' in found) return samePerson(found.person, person) === 'same' ? undefined : 'identity-changed';
  if (found.refusal.code === 'directory-unavailable')
    throw new Unknowable(`${directory.name} does not answer`);
  return found.refusal.code;
}

/**
 * Who may fill each stage of the chain now, as far as it is known, and which stages there may be more people for.
 * A stage that policy no longer knows has nobody of its own.
 * @param more.escalated the groups that fill a stage besides its own people
 * @param more.asOf what was learned before does not count
 */
export async function candidatesFor(
  { directory, bundle }: FactSources,
  chain: Chain,
  requester: string,
  owners: string[],
  { escalated, asOf }: Pick<State, 'escalated'> & { asOf?: Instant | undefined } = {},
): Promise<{ asked: Record<string, Candidate[]>; unknown: UnknownStages }> {
  const stages = new Set(bundle().directory.stages.map((stage) => stage.name));
  const found = await Promise.all(
    chain.map(async ({ name }) => {
      const to = escalatedTo({ ...(escalated && { escalated }) }, name);
      const nobody = { people: [], unknown: [] };
      const [own, others] = await Promise.all([
        stages.has(name) ? known(directory.candidates(name, requester, owners, asOf)) : nobody,
        to.length > 0 ? known(directory.members(to, asOf)) : nobody,
      ]);
      const people = eachOnce([...own.people, ...others.people]);
      return { name, people, unknown: [...own.unknown, ...others.unknown] };
    }),
  );
  const lost = found.filter(({ unknown }) => unknown.length > 0);
  return {
    asked: Object.fromEntries(found.map(({ name, people }) => [name, people])),
    unknown: Object.fromEntries(lost.map(({ name, unknown }) => [name, unknown])),
  };
}

/** Who may fill each stage of a request's chain now: its owners are those of today. */
export async function candidatesOf(facts: FactSources, state: State): ReturnType<typeof candidatesFor> {
  const { owners } = inForce(state, facts.bundle()).entitlement;
  return candidatesFor(facts, state.chain, state.requester.email, owners, state);
}

/** One entry for each address; one with an account goes before one without. */
function eachOnce(candidates: Candidate[]): Candidate[] {
  const byEmail = new Map<string, Candidate>();
  for (const one of candidates) if (!byEmail.get(one.email)?.account) byEmail.set(one.email, one);
  return [...byEmail.values()];
}

/**
 * As `decide` wants them.
 * @param seen people as they are known now: whoever has another's address by now does not take that one's place
 */
export function emails(candidates: Record<string, Candidate[]>, seen: Person[]): Record<string, string[]> {
  const holds = ({ email, account }: Candidate) =>
    !account || seen.every((person) => person.email !== email || sameAccount(person.account, account));
  return Object.fromEntries(
    Object.entries(candidates).map(([stage, people]) => [
      stage,
      people.filter(holds).map(({ email }) => email),
    ]),
  );
}

/** The grant as the catalog makes it for this person now, or why there is none. */
export function pinFor(
  { bundle, kinds, directory }: FactSources,
  entitlementId: string,
  email: string,
): { grant: PinnedGrant } | { why: string } {
  const entitlement = bundle().entitlements.get(entitlementId);
  if (!entitlement) return { why: `${entitlementId} is no longer in the catalog` };
  const kind = kinds.find(({ name }) => name === entitlement.grant.kind);
  if (!kind) return { why: `the grant kind ${entitlement.grant.kind} is not known` };
  if (!kind.needsPrincipal) return { grant: pin(entitlement) };
  const principal = directory.principal(email);
  return typeof principal === 'string' ? { why: principal } : { grant: pin(entitlement, principal) };
}

/** The request as policy sees it: no free text. */
export async function requestFacts(facts: FactSources, state: State): Promise<RequestFacts> {
  return {
    id: state.id,
    requester: await who(facts, state.requester),
    entitlement: state.entitlement.id,
    duration: state.duration,
    ...(state.emergency && { emergency: true }),
    approvedBy: state.votes.map(({ by }) => by.email),
    ...('lease' in state && state.lease && { endsAt: state.lease.endsAt }),
    ...(state.extended && { extensions: state.extended.length }),
    pinned: { ...inForce(state, facts.bundle()).entitlement, grant: state.grant },
  };
}

/**
 * The request with what the catalog says of its entitlement now: owners decide who may approve, and people read the
 * name, the description and the channel of today. What has left the catalog stays as it was asked for.
 */
export function inForce<S extends State>(state: S, { entitlements }: Bundle): S {
  const { id, environment, account, risk } = state.entitlement;
  const now = entitlements.get(id);
  if (!now) return state;
  const { extensions } = now;
  const shown = { ...asAskedFor(now), id, environment, account, risk, ...(extensions && { extensions }) };
  return { ...state, entitlement: shown };
}

/** What a request keeps of the entitlement that it asks for. */
export function asAskedFor(entitlement: Entitlement): Asked['entitlement'] {
  const { id, name, description, environment, account, risk, owners, channel } = entitlement;
  return { id, name, description, environment, account, risk, owners, ...(channel && { channel }) };
}
