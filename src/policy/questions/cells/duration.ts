import type { Entitlement, Millis } from '../../../domain/entitlement.js';
import type { Cell } from './cell.js';

export interface DurationCell extends Cell {
  duration: Millis;
}

/** Each duration that something is offered for, the shortest first. */
export function durationCells(entitlements: Iterable<Entitlement>): DurationCell[] {
  const offered = new Set([...entitlements].flatMap(({ durations }) => durations));
  return [...offered]
    .sort((a, b) => a - b)
    .map((duration) => ({
      duration,
      values: {
        'context.duration': { duration: BigInt(duration) },
        'resource.requested': { duration: BigInt(duration) },
      },
    }));
}
