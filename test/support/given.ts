import { decide, evolve } from '../../src/domain/request/stories/index.js';
import type { Refusal } from '../../src/domain/refusal.js';
import type { Command } from '../../src/domain/request/command.js';
import type { Event } from '../../src/domain/request/event.js';
import type { State } from '../../src/domain/request/state.js';

/** The state that a history leads to. */
export function replay(history: Event[]): State | undefined {
  return history.reduce<State | undefined>(evolve, undefined);
}

/** given(history).when(command).then(events) or .thenRefused(code, evidence). */
export function given(history: Event[]) {
  const state = replay(history);
  return {
    when: (command: Command) => {
      const decided = decide(command, state);
      return {
        /** Exactly these events, which can follow the history. */
        // oxlint-disable-next-line unicorn/no-thenable -- given, when, then; nobody awaits it
        then(events: Event[]) {
          expect(decided).toStrictEqual({ events });
          if ('events' in decided) decided.events.reduce<State | undefined>(evolve, state);
        },
        thenNothing() {
          expect(decided).toStrictEqual({ events: [] });
        },
        thenRefused<C extends Refusal['code']>(
          code: C,
          evidence: Partial<Omit<Extract<Refusal, { code: C }>, 'code'>> = {},
        ) {
          expect(decided).toStrictEqual({ refusal: { code, ...evidence } });
        },
      };
    },
  };
}
