import type { Millis } from './entitlement.js';

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const;
const SHORTEST = UNITS.m;
const LONGEST = 7 * UNITS.d;

/**
 * Reads `15m`, `1h30m`, `8h`, `2d`: each unit once, largest first, from `1m` to `7d`, or to another longest.
 * @returns milliseconds, or undefined when the text is not such a duration.
 */
export function parseDuration(text: string, longest: Millis = LONGEST): Millis | undefined {
  const match = /^(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?$/.exec(text);
  if (!match || text === '') return undefined;
  const [, d = '0', h = '0', m = '0'] = match;
  const duration = Number(d) * UNITS.d + Number(h) * UNITS.h + Number(m) * UNITS.m;
  return duration >= SHORTEST && duration <= longest ? duration : undefined;
}

/** The shortest text that `parseDuration` reads back; whole minutes only. */
export function formatDuration(duration: Millis): string {
  const d = Math.floor(duration / UNITS.d);
  const h = Math.floor((duration % UNITS.d) / UNITS.h);
  const m = Math.floor((duration % UNITS.h) / UNITS.m);
  return `${d ? `${d}d` : ''}${h ? `${h}h` : ''}${m ? `${m}m` : ''}` || '0m';
}
