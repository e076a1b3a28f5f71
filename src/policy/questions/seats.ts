import { groupsOfStage } from '../../domain/directory.js';
import { unfillable, type Chain, type Stage } from '../../domain/chain.js';
import type { PolicyFacts } from '../cedar/entities.js';

export interface Seats extends Stage {
  /** E-mails; absent where some are known in Slack only. */
  people?: string[];
  /** Who they are, in words. */
  who: string;
}

/** Who sits in each stage of a chain for this requester, as far as directory.yml says. */
export function seatsOf(chain: Chain, requester: string, entitlement: string, facts: PolicyFacts): Seats[] {
  const { directory, entitlements } = facts;
  return chain.map((stage) => {
    const def = directory.stages.find(({ name }) => name === stage.name);
    if (def?.kind === 'manager') {
      const manager = directory.people[requester]?.manager;
      if (manager !== undefined) return { ...stage, people: [manager], who: `${manager}, their manager` };
      return { ...stage, people: [], who: `nobody: directory.yml names no manager of ${requester}` };
    }
    const groups = def ? groupsOfStage(def, entitlements.get(entitlement)?.owners ?? []) : [];
    const known: string[] = [];
    let inSlack = false;
    const parts = groups.map((name) => {
      const group = directory.groups[name];
      if (!group) return `${name}: nobody`;
      if ('source' in group) {
        inSlack = true;
        return `${name}: Slack user group ${group.id} (members known in Slack)`;
      }
      known.push(...group.members);
      return `${name}: ${group.members.map((one) => marked(one, requester)).join(', ') || 'nobody'}`;
    });
    const who = parts.join('; ') || 'nobody: it has no owners';
    return inSlack ? { ...stage, who } : { ...stage, people: [...new Set(known)], who };
  });
}

const marked = (email: string, requester: string) =>
  email === requester ? `${email} (the requester, who does not count)` : email;

/** The stage that distinct people other than the requester cannot fill, judged by the stages whose people are known. */
export function gapIn(seats: readonly Seats[], requester: string): ReturnType<typeof unfillable> {
  const known = seats.filter(({ people }) => people !== undefined);
  const candidates = Object.fromEntries(known.map(({ name, people }) => [name, people ?? []]));
  return unfillable(known, candidates, [], [requester]);
}

/** The groups in which directory.yml lists a person; what Slack's user groups hold is not in the files. */
export function listedGroups(email: string, { directory }: Pick<PolicyFacts, 'directory'>): string[] {
  return Object.entries(directory.groups)
    .filter(([, group]) => 'members' in group && group.members.includes(email))
    .map(([name]) => name);
}
