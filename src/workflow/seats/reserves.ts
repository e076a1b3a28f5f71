import type { Chain } from '../../domain/chain.js';
import type { Instant } from '../../domain/entitlement.js';
import type { Person } from '../../domain/person.js';
import type { Reserve, Reserves } from '../../domain/request/decision.js';
import { emails, type FactSources } from '../facts.js';

/**
 * By stage, the groups of directory.yml that come in where it lacks people: that of its escalation, then the fallback.
 * @param seen people as they are known now
 * @param asOf what was learned before does not count
 */
export async function reservesFor(
  { directory, bundle }: FactSources,
  chain: Chain,
  seen: Person[],
  asOf?: Instant,
): Promise<Reserves> {
  const { stages, fallback } = bundle().directory;
  const looked = new Map<string, Promise<Reserve['people']>>();

  async function peopleOf(to: string): Promise<Reserve['people']> {
    try {
      const { people, unknown } = await directory.members([to], asOf);
      return unknown.length > 0 ? undefined : emails({ [to]: people }, seen)[to];
    } catch {
      return undefined;
    }
  }

  async function reserve(to: string, channel?: string): Promise<Reserve> {
    const people = looked.get(to) ?? peopleOf(to);
    looked.set(to, people);
    return { to, ...(channel !== undefined && { channel }), people: await people };
  }

  const found = chain.map(async ({ name }) => {
    const to = stages.find((stage) => stage.name === name)?.escalate?.to;
    const all = [
      ...(to === undefined ? [] : [reserve(to)]),
      ...(fallback && fallback.group !== to ? [reserve(fallback.group, fallback.channel)] : []),
    ];
    return [name, await Promise.all(all)] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}
