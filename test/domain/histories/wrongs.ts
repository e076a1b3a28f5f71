import { decide, react } from '../../../src/domain/request/stories/index.js';
import { voteOf } from '../../../src/domain/request/stories/voting.js';
import type { Decided } from '../../../src/domain/request/stories/story.js';
import { isComplete } from '../../../src/domain/chain.js';
import type { Refusal } from '../../../src/domain/refusal.js';
import type { Command } from '../../../src/domain/request/command.js';
import type { Effect } from '../../../src/domain/request/effects.js';
import type { State } from '../../../src/domain/request/state.js';
import { coreWith, type Core } from './core.js';

type Of<T> = Extract<Command, { type: T }>;

/** Takes the votes for granted when the decision takes effect. */
export function trusting(command: Command, state: State | undefined): Decided {
  if (command.type !== 'Confirm' || state?.status !== 'pending' || !state.checked || !isComplete(state))
    return decide(command, state);
  const { at, lease } = command;
  return { events: [{ type: 'RequestApproved', at, by: 'jit', lease, ruling: state.ruling }] };
}

/** Lets a vote pass that is refused for this reason. */
export function lenient(code: Refusal['code']): Core {
  return coreWith({
    decide(command, state) {
      const decided = trusting(command, state);
      if (command.type !== 'Approve' || !('refusal' in decided) || decided.refusal.code !== code)
        return decided;
      const { at, by } = command;
      return { events: [{ type: 'Voted', at, by, vote: voteOf(command) }] };
    },
  });
}

/** Decides one type of command in its own way where `other` has one. */
export function deciding<T extends Command['type']>(
  type: T,
  other: (command: Of<T>, state: State) => Decided | undefined,
): typeof decide {
  return (command, state) =>
    (command.type === type && state ? other(command as Of<T>, state) : undefined) ?? decide(command, state);
}

/** Never owes effects of this type. */
export function forgetting(type: Effect['type']): Core {
  return coreWith({
    react: (event, state) => react(event, state).filter(({ effect }) => effect.type !== type),
  });
}

/** Decides as if it were still early, and records the time as it is. */
export function early(command: Of<'AttemptProvision' | 'AttemptMint'>, state: State): Decided {
  const decided = decide({ ...command, at: 0 }, state);
  if ('refusal' in decided) return decided;
  return { events: decided.events.map((event) => ({ ...event, at: command.at })) };
}
