import type { Person } from '../../domain/person.js';
import type { Head } from '../../domain/request/head.js';
import type { Refusal } from '../../domain/refusal.js';
import type { Command } from '../../domain/request/command.js';
import type { State } from '../../domain/request/state.js';
import { samePerson } from '../../domain/person.js';
import type { Candidate } from '../../ports/people.js';
import type { Clock } from '../../ports/clock.js';
import { candidatesFor, who, type Facts } from '../facts.js';
import { inForce } from '../in-force.js';
import { nobodysRequest } from './placeholder-request.js';

/** What a person's act is worked out on. */
export interface About {
  state: State;
}

export type Refused = { refusal: Refusal };
export const UNKNOWN: Refused = { refusal: { code: 'unknown-request' } };
/**
 * Told to everybody: the first two are said only of what was permitted, and whoever may be in a group that cannot be
 * known now must hear that it is, not that there is no such request.
 */
const TOLD = new Set<Refusal['code']>(['replayed', 'busy', 'group-unknown']);

/** Who learns why an act on a request was refused. To everybody else it is as if there were no such request. */
export function disclosure(
  deps: Facts & { clock: Pick<Clock, 'now'> },
  mayRead: (person: Person, state: State, asked: Record<string, Candidate[]>) => Promise<boolean>,
) {
  const nobodys = (id: string): About => ({ state: nobodysRequest(id, deps.bundle(), deps.clock.now()) });

  async function hasToDoWith(person: Person, state: State): Promise<boolean> {
    const { requester, votes, chain } = state;
    if ([requester, ...votes.map(({ by }) => by)].some((one) => samePerson(person, one) !== 'other'))
      return true;
    const { owners } = inForce(state, deps.bundle()).entitlement;
    const { asked } = await candidatesFor(deps, chain, requester.email, owners);
    return mayRead(person, state, asked);
  }

  /** There is none; or the person may be in a group that cannot be known now, and so have to do with it after all. */
  async function unknownTo(person: Person): Promise<Refused> {
    const { unknownGroups: groups } = await who(deps, person);
    return { refusal: { code: 'unknown-request', ...(groups && { groups }) } };
  }

  return {
    unknownTo,

    /** What stands in for a request that does not exist, so that the same questions are asked about both. */
    nobodys,

    /**
     * @param of.met the request, if there is one
     * @param of.made the command that was refused
     */
    async why(
      by: Person,
      id: string,
      { met, made, refused }: { met: Head | undefined; made: Command | undefined; refused: Refused },
    ): Promise<Refused> {
      if (met && (TOLD.has(refused.refusal.code) || mayAct(made))) return refused;
      const { state } = met ?? nobodys(id);
      return (await hasToDoWith(by, state)) && met ? refused : unknownTo(by);
    },
  };
}

function mayAct(made: Command | undefined): boolean {
  return made?.type === 'Revoke' && made.verdict?.outcome === 'allowed';
}
