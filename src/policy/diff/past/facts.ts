import { canonical } from '../../../domain/entitlement.js';
import type { Group, UnknownGroup } from '../../../domain/directory.js';
import { gathered } from '../../inputs/index.js';
import { reads } from '../../unknown-inputs.js';
import type { DiffQuestion, Side, Sides } from '../change.js';
import type { RecordedDecision, RecordedRequest } from './recorded.js';

/** What is known of a decision on record, as one of the folders would be told it. */
export interface PastFacts {
  told: Required<Pick<DiffQuestion, 'who' | 'given' | 'failed'>>;
  /** Groups and inputs that policies of the folder may read, and of which nobody knows what was found then. */
  missing: { groups: string[]; inputs: string[] };
}

const THEN = 'it could not be looked up then';

/**
 * Who is listed in a group is what each folder itself says. Who was in a group of Slack's is on record, where that group
 * is what it was then: what the folder that decided it says, or else the old one.
 * @param written groups of the requester, in the place of all that is not on record
 */
export function factsOf(
  { requester: email, question }: Pick<RecordedRequest, 'requester' | 'question'>,
  { bundle, basis }: RecordedDecision,
  [before, after]: Sides,
  written: readonly string[] | undefined,
): (side: Side) => PastFacts {
  const then = bundle === after.parts.hash ? after : before;
  const failed = Object.fromEntries((basis?.unknownInputs ?? []).map((name) => [name, THEN]));
  const given = basis?.given ?? {};

  return (side) => {
    const inputs = inputsRead(side).filter(
      ({ name, attributes }) =>
        !Object.hasOwn(failed, name) && !Object.keys(attributes).every((one) => Object.hasOwn(given, one)),
    );
    const { groups, unknownGroups, missing } = groupsOn(side);
    const who = { email, groups, ...(unknownGroups.length > 0 && { unknownGroups }) };
    return {
      told: { who, given, failed },
      missing: { groups: missing, inputs: inputs.map(({ name }) => name) },
    };
  };

  function groupsOn(side: Side): { groups: string[]; unknownGroups: UnknownGroup[]; missing: string[] } {
    if (!basis && written) return { groups: [...written], unknownGroups: [], missing: [] };
    const names = Object.entries(side.parts.directory.groups);
    const at = (where: ReturnType<typeof placeOf>) =>
      names.filter(([name, group]) => placeOf(name, group) === where).map(([name]) => name);
    return {
      groups: at('in'),
      unknownGroups: at('unknown').map((name) => ({ name, why: THEN, lasting: false })),
      missing: at('missing').filter(groupsRead(side, question.entitlement)),
    };
  }

  function placeOf(name: string, group: Group): 'in' | 'out' | 'unknown' | 'missing' {
    if ('members' in group) return group.members.includes(email) ? 'in' : 'out';
    if (!basis || canonical(then.parts.directory.groups[name] ?? null) !== canonical(group)) return 'missing';
    if (basis.unknownGroups.includes(name)) return 'unknown';
    return basis.groups.includes(name) ? 'in' : 'out';
  }
}

/** The inputs that some policy of the folder reads. */
function inputsRead({ parts: { policies, declared } }: Side) {
  return gathered.filter(({ attributes }) =>
    Object.keys(attributes).some(
      (name) => declared?.has(name) && policies.some((policy) => reads(policy, name)),
    ),
  );
}

/** Whether some policy of the folder may ask who is in a group, of those that own an entitlement too. */
function groupsRead({ parts }: Side, entitlement: string): (name: string) => boolean {
  const owners = parts.entitlements.get(entitlement)?.owners ?? [];
  return (name) =>
    parts.policies.some(
      ({ groups = 'all' }) =>
        groups === 'all' || groups.names.has(name) || (groups.owners && owners.includes(name)),
    );
}
