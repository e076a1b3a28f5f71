import { unfillable } from './chain.js';
import type { Decided } from './decide.js';
import type { Command, Reason, State } from './request.js';

type Submit = Extract<Command, { type: 'Submit' }>;

/** A request is made, or refused at once: either way it is on record. */
export function submit({ at, asked, decision, candidates }: Submit, state: State | undefined): Decided {
  if (state) return { refusal: { code: 'replayed' } };
  const { policies, advice, bundle } = decision;
  const chain = decision.outcome === 'denied' ? [] : decision.chain;
  const request = { ...asked, requestedAt: at, chain, ruling: { policies, advice, bundle } };
  const reason = refused();
  const by = asked.requester;
  return {
    events: [
      reason
        ? { type: 'RequestRefused', at, by, asked: request, reason }
        : { type: 'RequestSubmitted', at, by, asked: request },
    ],
  };

  function refused(): Reason | undefined {
    if (decision.outcome === 'denied') return { code: 'policy', policies, advice, errors: decision.errors };
    const gap = unfillable(chain, candidates, [], [asked.requester.email]);
    return gap && { code: 'unfillable', ...gap };
  }
}
