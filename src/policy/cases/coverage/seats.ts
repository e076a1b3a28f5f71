import { groupsOfStage } from '../../../domain/directory.js';
import type { Parts } from '../../policy.js';
import type { ActSubject } from '../../expressions/acts.js';

/** How somebody comes to be asked about a subject; nothing stands here where anybody is. */
export interface VoterSeat {
  /** Whoever is in this group. */
  group?: string;
  /** Of people: only these. */
  among?: readonly string[];
  /** On whose requests; absent: on anybody's. */
  requesters?: readonly string[];
}

/** @returns each way in which people are entitled to the stage of a subject, or to stand in there; of one that is no vote: one, for anybody */
export function seatsFor({ stage, entitlement, inPlace }: ActSubject, { directory }: Parts): VoterSeat[] {
  if (stage === undefined) return [{}];
  const def = directory.stages.find(({ name }) => name === stage);
  if (def?.kind === 'manager' && !inPlace) return managersIn(directory.people);
  const names = inPlace ? [def?.delegates ?? []].flat() : def ? groupsOfStage(def, entitlement.owners) : [];
  return names.map((group) => {
    const found = directory.groups[group];
    return { group, ...(found && 'members' in found && { among: found.members }) };
  });
}

/** Each manager, for those whom they manage. */
function managersIn(people: Parts['directory']['people']): VoterSeat[] {
  const reports = new Map<string, string[]>();
  for (const [email, { manager }] of Object.entries(people))
    if (manager !== undefined) reports.set(manager, [...(reports.get(manager) ?? []), email]);
  return [...reports].map(([manager, requesters]) => ({ among: [manager], requesters }));
}
