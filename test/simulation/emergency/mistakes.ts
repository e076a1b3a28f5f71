import type { review } from '../../../src/domain/request/stories/reviewing.js';
import type { carryOut } from '../../../src/workflow/engine/effects/index.js';
import type { Mistake } from '../seams.js';

/** Instead of one effect: it counts as done, and nobody has done it. */
const undone = (type: string) => ({
  'effects.carryOut':
    (actual: typeof carryOut) =>
    (...args: Parameters<typeof carryOut>): ReturnType<typeof carryOut> =>
      args[2].effect.type === type ? Promise.resolve({}) : actual(...args),
});

/** All are looked for in histories in which people ask in an emergency. */
export const EMERGENCIES: Mistake[] = (
  [
    {
      name: 'a contested emergency is forgotten when the next one is asked for',
      seams: { 'emergencies.emergenciesOf': () => () => Promise.resolve({}) },
    },
    {
      name: 'a contested emergency is forgotten when another one is made longer',
      seams: { 'extensions.contestedBeside': () => () => Promise.resolve({}) },
    },
    {
      name: 'an emergency is reviewed by whoever presses the button',
      seams: {
        'reviewing.review':
          () => (command: Parameters<typeof review>[0], state: Parameters<typeof review>[1]) => {
            const { at, by, verdict } = command;
            if (state.status !== 'closed' || !state.owesReview) return { events: [] };
            const { policies } = verdict;
            return { events: [{ type: 'EmergencyReviewed', at, by, verdict: 'signed-off', policies }] };
          },
      },
    },
    { name: 'the incident channel is not told', seams: undone('incident') },
    { name: 'an overdue review is told to nobody, and forgotten', seams: undone('review-due') },
    { name: 'no review is owed', seams: { 'reviewing.reviewOwed': () => () => [] } },
  ] satisfies Mistake[]
).map((mistake) => ({ ...mistake, emergencies: true }));
