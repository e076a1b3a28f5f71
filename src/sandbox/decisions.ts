import type { JsonObject } from '../domain/entitlement.js';

const KEPT = 5_000;

/** Keeps the lines of the decision log, as a log that can be searched would. */
export function decisionKeeper(): { hear(line: JsonObject): void; of(request: string): JsonObject[] } {
  const lines: JsonObject[] = [];
  return {
    hear(line) {
      if (line['msg'] !== 'decision') return;
      lines.push(line);
      if (lines.length > KEPT) lines.shift();
    },
    of: (request) => lines.filter((line) => line['request'] === request),
  };
}
