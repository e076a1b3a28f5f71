import type { Millis } from '../../domain/entitlement.js';
import { asLine } from '../../policy/load.js';
import type { PolicyStatus } from '../../policy/live/begin.js';
import type { LogAndClock } from '../outside.js';
import type { Lack } from '../wiring/late-part.js';

/** What lasts longer than this will not pass by itself. */
const TOO_LONG: Millis = 10 * 60_000;

/** Log lines for operators; alarms listen for the first two. */
export function logStatus(
  { hash, source, version, problems, unreachable, warnings, waiting, standIn, none }: PolicyStatus,
  { log, now, live }: LogAndClock & { live: string },
): void {
  // The bot reports what it lacks: see `lackOf`.
  if (none) return;
  const inForce = { bundle: hash, source, version, ...(standIn && { standIn }) };
  if (problems.length > 0) {
    log.error(
      { ...inForce, problems: problems.map(asLine) },
      'the policies that are there now are refused; the last good ones stay in force',
    );
  }
  if (unreachable) {
    const { why, since } = unreachable;
    const bad = source !== live || now() - since > TOO_LONG;
    log[bad ? 'error' : 'warn'](
      { ...inForce, live, why, since: new Date(since).toISOString() },
      'the policies cannot be looked at; the last good ones stay in force',
    );
  }
  if (waiting) {
    const { gone } = waiting;
    log.warn(
      { ...inForce, gone },
      `a forbid has gone: ${some(gone)}; if it is still so in ten seconds, it counts`,
    );
  }
  if (standIn)
    log.warn(
      inForce,
      'policies stand in: requests and votes are recorded, and nothing is given until others count',
    );
  if (problems.length > 0 || unreachable || waiting) return;
  log.info(inForce, 'policies in force');
  for (const warning of warnings) log.warn({}, asLine(warning));
}

const some = (ids: string[]) =>
  `${ids.slice(0, 20).join(', ')}${ids.length > 20 ? `, and ${ids.length - 20} more` : ''}`;

/** That there are none, if so. */
export function lackOf({ none, problems, unreachable, waiting }: PolicyStatus): Lack | undefined {
  if (!none) return undefined;
  const silent = unreachable ? [`the policies cannot be looked at: ${unreachable.why}`] : [];
  const doubted = waiting ? [`a forbid has gone: ${some(waiting.gone)}; they count in ten seconds`] : [];
  return {
    what: 'policies',
    code: unreachable ? 'unreachable' : 'refused',
    since: none.since,
    problems: [...silent, ...doubted, ...problems.map(asLine)],
  };
}
