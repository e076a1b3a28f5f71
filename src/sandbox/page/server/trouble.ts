import type { SlackFault, SlackDouble } from '../../slack/index.js';
import type { Trouble } from '../model/model.js';

const FAULTS: Record<Exclude<Trouble, 'none'>, SlackFault> = {
  slow: { kind: 'slow', ms: 1_500 },
  'rate-limited': { kind: 'rate-limited', seconds: 5 },
  'error-500': { kind: 'status', status: 500 },
  'answers-lost': { kind: 'lost', effect: true },
  unreachable: { kind: 'lost', effect: false },
};

export interface Troubles {
  present(): Trouble;
  make(trouble: Trouble): void;
}

/** One way at a time in which all of Slack's Web API misbehaves, until another is chosen, or none. */
export function troubles(slack: Pick<SlackDouble, 'misbehave' | 'behave'>): Troubles {
  let present: Trouble = 'none';
  return {
    present: () => present,
    make(trouble) {
      slack.behave();
      if (trouble !== 'none') slack.misbehave('*', FAULTS[trouble], Infinity);
      present = trouble;
    },
  };
}
