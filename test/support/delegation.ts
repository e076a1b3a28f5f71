import type { Vote } from '../../src/domain/request/state.js';
import type { EngineDeps } from '../../src/workflow/engine/effect.js';
import { periodicJobs } from '../../src/workflow/jobs/index.js';
import { actor, HOUR, NO_PROCESS, person, world } from './world.js';

export const DAY = 24 * HOUR;

/**
 * A world in which `seniors` may stand in for the members of security, and nobody for managers: ana asks; sam, kim and lee
 * are security; val, wes and kim are seniors.
 */
export function awayWorld(chain = '2 of security') {
  const w = world();
  w.policy.chain = chain;
  Object.assign(w.people.groups, { security: ['sam', 'kim', 'lee'], seniors: ['val', 'wes', 'kim'] });
  w.config.stages.find(({ name }) => name === 'security')!.delegates = 'seniors';
  /** The periodic work of another process. */
  const process = (notifier = w.notifier, more: Pick<EngineDeps, 'concerns'> = {}) =>
    periodicJobs({ ...w.deps, provisioners: {}, notifier, ...more }, NO_PROCESS);
  return {
    ...w,
    process,
    runJobs: process(),
    async away(from: string, to: string, until = w.now() + DAY) {
      const answer = await w.front.away(actor(from), { to: `U-${to}`, until }, w.seen());
      return 'refusal' in answer ? answer.refusal.code : 'ok';
    },
    async back(who: string, whose?: string) {
      const answer = await w.front.back(actor(who), whose === undefined ? undefined : `U-${whose}`, w.seen());
      return 'refusal' in answer ? answer.refusal.code : 'ok';
    },
    /** Presses, and nothing follows yet. */
    async press(who: string, id: string, stage = 'security') {
      const { revision } = await w.state(id);
      const answer = await w.front.approve(actor(who), { id, stage, revision }, w.seen());
      return 'refusal' in answer ? answer.refusal.code : 'ok';
    },
    /** Who has voted, and for whom: `val for sam`. */
    async votes(id: string) {
      const { votes } = await w.state(id);
      return votes.map((vote) => countedBy(vote).join(' for '));
    },
    home: async (who: string) => {
      const answer = await w.front.home(actor(who));
      if ('refusal' in answer) throw new Error(answer.refusal.code);
      return answer.ok;
    },
    leave: (stage: string, who: string) => {
      w.people.stages[stage] = w.people.stages[stage]!.filter((one) => one !== who);
    },
  };
}

/** Whom a vote uses up, worked out here once more. */
export const countedBy = ({ by, delegatedBy }: Vote) =>
  [by, ...(delegatedBy ? [delegatedBy] : [])].map(nameOf);

export const nameOf = ({ email }: { email: string }) => email.split('@')[0]!;
export { actor, person };
