import type { Rule } from '../about.js';
import { listed, type LintFound } from '../finding.js';

type Code = 'stage-without-approvers';

/** Whether policy lets those who sit in a stage approve. */
export const votes: Rule<Code> = {
  codes: { 'stage-without-approvers': 'error' },

  find({ parts, space, mayVote, inDirectory }) {
    const found = new Map<string, string[]>();
    for (const entitlement of parts.entitlements.values()) {
      const stages = new Set(
        space.answers(entitlement).flatMap(({ chain = [] }) => chain.map(({ name }) => name)),
      );
      for (const stage of stages)
        if (!mayVote.any(entitlement, stage)) found.set(stage, [...(found.get(stage) ?? []), entitlement.id]);
    }
    return [...found].map(([stage, ids]): LintFound<Code> => ({
      code: 'stage-without-approvers',
      at: inDirectory(['stages', stage]),
      subject: stage,
      explanation: `no policy lets anybody in it approve a request for ${listed(ids)}: every such request lapses`,
      remedy:
        'write a permit for "approve", such as: when { principal in context.group }; or mend the forbids',
    }));
  },
};
