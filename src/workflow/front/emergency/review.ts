import type { Front, Review } from '../../../ports/front.js';
import { verdictOn } from '../../ask-policy.js';
import { known } from '../../facts.js';
import { reasonText } from '../ask/form.js';
import { acting } from '../change.js';
import type { FrontDeps } from '../deps.js';
import type { Ask } from '../vote.js';

/** Signing off an emergency that is over, or contesting it. */
export function reviewing(deps: FrontDeps): Pick<Front, 'mayReview' | 'review'> {
  const { acted, opened } = acting(deps);
  return {
    mayReview: (actor, id, seen) => opened(actor, id, seen, reviewOf(deps, { contests: false, text: '' })),
    review: (actor, id, { contests, text }, seen) =>
      acted(actor, id, seen, reviewOf(deps, { contests, text: reasonText(text) })),
  };
}

/** What policy and groups say of it are looked up for whoever asks, so that the answer is as late for everybody. */
function reviewOf(deps: FrontDeps, review: Review): Ask {
  const { clock, directory, bundle } = deps;
  return async (by, state) => {
    const at = clock.now();
    const group = bundle().directory.emergency?.review.by ?? '';
    const [{ groups, unknown }, { verdict }] = await Promise.all([
      known(directory.groups(by)),
      verdictOn(deps, 'review', { by, state, at }),
    ]);
    const lost = unknown.filter(({ name }) => name === group);
    const unsure = lost.length > 0 && ({ outcome: 'denied', unknownGroups: lost } as const);
    const about = { group, reviews: groups.includes(group), verdict: { ...verdict, ...unsure } };
    return { type: 'Review', at, by, ...review, ...about };
  };
}
