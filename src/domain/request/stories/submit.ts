import { knownStages, unfillable } from '../../chain.js';
import type { Decided } from './decide.js';
import type { Command } from '../command.js';
import type { Format, Reason, State } from '../state.js';

/** Of the records that are begun now. */
const FORMAT: Format = 2;

type Submit = Extract<Command, { type: 'Submit' }>;

/** A request is made, or refused at once: either way it is on record. */
export function submit(command: Submit, state: State | undefined): Decided {
  const { at, asked, decision, candidates, unknown } = command;
  if (state) return { refusal: { code: 'replayed' } };
  const { policies, advice, bundle } = decision;
  const chain = decision.outcome === 'denied' ? [] : decision.chain;
  const request = { ...asked, requestedAt: at, chain, ruling: { policies, advice, bundle } };
  const reason = refused();
  const by = asked.requester;
  return {
    events: [
      reason
        ? { type: 'RequestRefused', at, by, format: FORMAT, asked: request, reason }
        : { type: 'RequestSubmitted', at, by, format: FORMAT, asked: request },
    ],
  };

  function refused(): Reason | undefined {
    if (decision.outcome === 'denied') return { code: 'policy', policies, advice, errors: decision.errors };
    const gap = unfillable(knownStages(chain, unknown), candidates, [], [asked.requester.email]);
    return gap && { code: 'unfillable', ...gap };
  }
}
