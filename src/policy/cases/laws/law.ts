import type { Chain, Stage } from '../../../domain/chain.js';

/** What must never be, whoever asks, however and whenever: proven of every request that could be made. */
export interface Law {
  name: string;
  /** Ids of the entitlements that it speaks of: at least one. */
  entitlements: readonly string[];
  /** Of which requests for these it speaks: conditions in Cedar, all of which hold; none: of each. */
  when: readonly string[];
  answer: ForbiddenAnswer;
}

/** An answer that permits something, and of which all this is true. Where nothing stands here: any. */
export interface ForbiddenAnswer {
  outcome?: 'auto' | 'needs-approval' | undefined;
  /** Fewer people than so many have to agree. One person counts once in a whole chain. */
  fewerThan?: number | undefined;
  /** So many people of this stage are not asked. */
  without?: Stage | undefined;
}

/** Whether a request must not be permitted with this chain. */
export function isForbidden({ outcome, fewerThan, without }: ForbiddenAnswer, chain: Chain): boolean {
  const is = chain.length === 0 ? 'auto' : 'needs-approval';
  const people = chain.reduce((sum, { quorum }) => sum + quorum, 0);
  const isAsked = ({ name, quorum }: Stage) =>
    chain.some((stage) => stage.name === name && stage.quorum >= quorum);
  return (
    (outcome === undefined || outcome === is) &&
    (fewerThan === undefined || people < fewerThan) &&
    (without === undefined || !isAsked(without))
  );
}
