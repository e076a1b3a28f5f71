import type { Logger } from 'pino';
import type { Config } from '../../config.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { grantKinds } from '../../grants/kinds.js';
import { explainer } from '../../policy/explain/index.js';
import type { Held } from '../../policy/live/lost-rules.js';
import type { PolicyStatus } from '../../policy/live/status.js';
import { livePolicies, type Counting, type LivePolicies } from '../../policy/live/live.js';
import { folderSource, type After, type PolicySource } from '../../policy/live/source.js';
import { Unknowable, type Bundle } from '../../ports/policy.js';
import { within } from '../../kit/deadline.js';
import { withDecisionLog } from '../../workflow/decision-log.js';
import { stopwatch } from './clock.js';
import { asLine, StartFault } from './faults.js';
import { heldBefore, keeper, keptSource, saveHeld } from './kept-policies.js';
import { saveLastGood, type Notes } from './last-good.js';
import type { Lack } from './part.js';

/** What lasts longer than this will not pass by itself. */
const TOO_LONG: Millis = 10 * 60_000;
/** Nobody waits for it while the self-hosted process runs. */
const PATIENCE: Millis = 10_000;
/** Begins the sentence about a look that took longer. */
const LATE = 'no answer';

interface Around {
  log: Logger;
  now: () => Instant;
  ownAccount?: string | undefined;
  notes: Notes;
  /** Goes on where nothing loads: what ends access needs no policies. */
  evenNone?: boolean | undefined;
  /** For one look at S3, or at a note. */
  patience?: Millis;
  /** How far apart two looks at the folder are that must find the same; 0 where nobody can be writing it. */
  apart?: Millis | undefined;
  after?: After;
}

/**
 * The policies of an object in S3 or of a folder, each decision in the log. While there is nothing good in S3 at the
 * start, its last good version counts, or the engine's copy of it for a day; after that those of the folder stand in.
 * @throws StartFault with everything that is wrong, unless there may be none
 */
export async function openPolicies(
  config: Pick<Config, 'policyDir' | 'policyObject'>,
  around: Around,
): Promise<LivePolicies> {
  const { log, now, ownAccount, notes } = around;
  const sources = await sourcesOf(config, around);
  const [{ name }] = sources;
  const write = notesOf(around, { source: name, inObject: config.policyObject !== undefined });
  const policies = await livePolicies(
    sources,
    { kinds: grantKinds, explain: explainer, ...(ownAccount !== undefined && { ownAccount }) },
    {
      now,
      evenNone: around.evenNone,
      before: await within(around.patience ?? PATIENCE, () => heldBefore(notes), LATE).catch(
        (error: unknown) => {
          log.warn({ err: error }, 'which policies counted last cannot be read');
          return undefined;
        },
      ),
      ...(around.after && { after: around.after }),
      dress: (loaded) => withDecisionLog(loaded, log, stopwatch),
      told: (status) => say(status, { log, now, live: name }),
      counts: write,
    },
  );
  if ('problems' in policies) throw new StartFault(policies.problems.map(asLine));
  say(policies.status(), { log, now, live: name });
  return policies;
}

async function sourcesOf(
  { policyDir, policyObject }: Pick<Config, 'policyDir' | 'policyObject'>,
  { ownAccount, notes, patience = PATIENCE, apart }: Around,
): Promise<[PolicySource, ...PolicySource[]]> {
  const folder = folderSource(policyDir, apart === undefined ? {} : { apart });
  if (!policyObject) return [folder];
  // Who keeps policies in a folder does not wait for S3's client to load.
  const { objectSource } = await import('./object-source.js');
  const { live, lastGood } = objectSource(policyObject, { owner: ownAccount, limit: patience });
  const kept = keptSource(notes, live.name);
  return [
    live,
    lastGood(notes),
    { ...kept, read: () => within(patience, () => kept.read(), LATE) },
    { ...folder, standsIn: true },
  ];
}

/** Lines for whoever looks after the program; alarms listen for the first two. */
function say(
  { hash, source, version, problems, unreachable, warnings, waiting, standIn, none }: PolicyStatus,
  { log, now, live }: { log: Logger; now: () => Instant; live: string },
): void {
  // Whoever does without them says so.
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

/**
 * What the engine writes down of policies that count: for a process that begins while the next ones are half written,
 * broken or out of reach. Nobody waits for it.
 */
function notesOf(
  { notes, now, log }: Around,
  { source, inObject }: { source: string; inObject: boolean },
): (counting: Counting) => void {
  if (!notes.saveNote) return () => undefined;
  const copy = keeper(notes, source, now);
  let good: string | undefined;
  let held: Held | undefined;
  let writing = Promise.resolve();

  async function write(counting: Counting): Promise<void> {
    const { version, files } = counting;
    if (inObject && version !== good) await saveLastGood(notes, { source, version });
    good = version;
    if (counting.held !== held) await saveHeld(notes, counting.held);
    held = counting.held;
    if (inObject) await copy({ version, ...(files && { files }) });
  }

  return (counting) => {
    writing = writing
      .then(() => write(counting))
      .catch((error: unknown) => {
        log.warn({ err: error }, 'which policies were good could not be written down');
      });
  };
}

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

/** The policies in force; undefined while none have loaded. */
export function ifKnown(bundle: () => Bundle): Bundle | undefined {
  try {
    return bundle();
  } catch (error) {
    if (error instanceof Unknowable) return undefined;
    throw error;
  }
}
