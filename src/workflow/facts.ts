import type { Chain } from '../domain/chain.js';
import type { Person } from '../domain/directory.js';
import { pin, type PinnedGrant } from '../domain/entitlement.js';
import type { Asked, State } from '../domain/request.js';
import type { Bundle, Candidate, Directory, GrantKind, RequestFacts, Who } from '../ports.js';

import { inForce } from './in-force.js';

/** What both halves of the workflow ask about people and policy. */
export interface Facts {
  directory: Directory;
  bundle: () => Bundle;
  kinds: readonly GrantKind[];
}

/** What people are cannot be known now. Unknown means no: whoever catches this refuses, or waits. */
export class Unknowable extends Error {}

export async function who({ directory }: Facts, person: Person): Promise<Who> {
  return { email: person.email, groups: await known(directory.groups(person)) };
}

async function known<T>(fact: Promise<T>): Promise<T> {
  try {
    return await fact;
  } catch (cause) {
    throw new Unknowable('the directory does not answer', { cause });
  }
}

/** Who may fill each stage of the chain now. A stage that policy no longer knows has nobody. */
export async function candidatesFor(
  { directory, bundle }: Facts,
  chain: Chain,
  requester: string,
  owners: string[],
): Promise<Record<string, Candidate[]>> {
  const stages = new Set(bundle().directory.stages.map((stage) => stage.name));
  const people = chain.map(async ({ name }) => {
    const candidates = stages.has(name) ? await known(directory.candidates(name, requester, owners)) : [];
    return [name, candidates] as const;
  });
  return Object.fromEntries(await Promise.all(people));
}

/**
 * As `decide` wants them.
 * @param seen people as Slack shows them now: whoever has another's address by now does not take that one's place
 */
export function emails(candidates: Record<string, Candidate[]>, seen: Person[]): Record<string, string[]> {
  const holds = ({ email, slackId }: Candidate) =>
    !slackId || seen.every((person) => person.email !== email || person.slackId === slackId);
  return Object.fromEntries(
    Object.entries(candidates).map(([stage, people]) => [
      stage,
      people.filter(holds).map(({ email }) => email),
    ]),
  );
}

/** The grant as the catalog makes it for this person now, or why there is none. */
export function pinFor(
  { bundle, kinds, directory }: Facts,
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
export async function requestFacts(facts: Facts, state: State): Promise<RequestFacts> {
  return {
    id: state.id,
    requester: await who(facts, state.requester),
    entitlement: state.entitlement.id,
    duration: state.duration,
    approvedBy: approvers(state),
    ...('lease' in state && state.lease && { endsAt: state.lease.endsAt }),
    pinned: { ...inForce(state, facts.bundle()).entitlement, grant: state.grant },
  };
}

export function approvers({ votes }: Pick<Asked, 'votes'>): string[] {
  return votes.map((vote) => vote.by.email);
}
