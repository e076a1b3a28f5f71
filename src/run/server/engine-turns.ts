import { oneEachRound } from '../../kit/loop-rounds.js';
import type { EngineStore } from '../../ports/record.js';

/**
 * The record as the engine of a process sees it that also answers people: each of its steps begins in a round of the event
 * loop of its own. When a thousand leases end at once, what people ask comes in between any two steps, and is not put in
 * front of any: what ends goes on in the order in which it is due.
 */
export function inTurns<S extends EngineStore>(store: S, turn = oneEachRound()): S {
  const step =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await turn();
      return call(...args);
    };
  const { head, write, grant, saveGrant, end, settleEnd } = store;
  return {
    ...store,
    head: step(head),
    write: step(write),
    grant: step(grant),
    saveGrant: step(saveGrant),
    end: step(end),
    settleEnd: step(settleEnd),
  };
}
