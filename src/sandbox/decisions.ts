import type { JsonObject } from '../domain/entitlement.js';
import type { Head } from '../domain/head.js';

const KEPT = 5_000;

/** Keeps the lines of the decision log, as a log that can be searched would. */
export function decisionKeeper(): { hear(line: JsonObject): void; of(head: Head): JsonObject[] } {
  const lines: JsonObject[] = [];
  return {
    hear(line) {
      if (line['msg'] !== 'decision') return;
      lines.push(line);
      if (lines.length > KEPT) lines.shift();
    },
    /** What was decided about a request, the answers to its asking included, which come before it has an id. */
    of({ id, state }) {
      const first = state.requestedAt - 1_000;
      return lines.filter((line) => {
        if (line['request'] === id) return true;
        if (line['action'] !== 'request' || line['who'] !== state.requester.email) return false;
        const { at } = line;
        return (
          line['entitlement'] === state.entitlement.id && typeof at === 'string' && Date.parse(at) >= first
        );
      });
    },
  };
}
