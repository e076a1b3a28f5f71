import type { State, Vote } from '../../../domain/request/state.js';
import { list } from '../../../words/english.js';
import { mention } from '../mrkdwn.js';

/** Who approved: `@kim, standing in for @bob`, or `@kim (standing in for @bob) and @sam`. */
export function voters(votes: readonly Pick<Vote, 'by' | 'delegatedBy'>[]): string {
  const isOne = votes.length === 1;
  return list(
    votes.map(({ by, delegatedBy }) => {
      if (!delegatedBy) return mention(by);
      const seat = `standing in for ${mention(delegatedBy)}`;
      return isOne ? `${mention(by)}, ${seat}` : `${mention(by)} (${seat})`;
    }),
  );
}

/** Who has no vote left in this chain: the requester, who has voted, and in whose place somebody has. */
export function usedUp({ requester, votes }: Pick<State, 'requester' | 'votes'>): { email: string }[] {
  return [requester, ...votes.flatMap(({ by, delegatedBy }) => (delegatedBy ? [by, delegatedBy] : [by]))];
}
