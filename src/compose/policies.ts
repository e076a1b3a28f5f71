import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { Instant, Millis } from '../domain/entitlement.js';
import { grantKinds } from '../grants/kinds.js';
import { livePolicies, type LivePolicies, type PolicyStatus } from '../policy/live.js';
import { folderSource, type PolicySource } from '../policy/source.js';
import { withDecisionLog } from '../workflow/decision-log.js';
import { stopwatch } from './clock.js';
import { asLine, StartFault } from './faults.js';
import { saveLastGood, type Notes } from './last-good.js';

/** What lasts longer than this will not pass by itself. */
const TOO_LONG: Millis = 10 * 60_000;
/** Nobody waits for it while the self-hosted process runs. */
const PATIENCE: Millis = 10_000;

interface Around {
  log: Logger;
  now: () => Instant;
  ownAccount?: string | undefined;
  notes: Notes;
  /** For one look at S3. */
  patience?: Millis;
}

/**
 * The policies of an object in S3 or of a folder, each decision in the log. Those of the folder stand in for the object
 * at the start while there is nothing good in S3.
 * @throws StartFault with everything that is wrong
 */
export async function openPolicies(
  config: Pick<Config, 'policyDir' | 'policyObject'>,
  around: Around,
): Promise<LivePolicies> {
  const { log, now, ownAccount } = around;
  const sources = await sourcesOf(config, around);
  const [{ name }] = sources;
  const told = (status: PolicyStatus) => {
    say(status, { log, now, live: name });
    if (config.policyObject) keep(status, name, around);
  };
  const policies = await livePolicies(
    sources,
    { kinds: grantKinds, ...(ownAccount !== undefined && { ownAccount }) },
    { now, dress: (loaded) => withDecisionLog(loaded, log, stopwatch), told },
  );
  if ('problems' in policies) throw new StartFault(policies.problems.map(asLine));
  told(policies.status());
  return policies;
}

async function sourcesOf(
  { policyDir, policyObject }: Pick<Config, 'policyDir' | 'policyObject'>,
  { ownAccount, notes, patience = PATIENCE }: Around,
): Promise<[PolicySource, ...PolicySource[]]> {
  const folder = folderSource(policyDir);
  if (!policyObject) return [folder];
  // Who keeps policies in a folder does not wait for S3's client to load.
  const { objectSource } = await import('./object-source.js');
  const { live, lastGood } = objectSource(policyObject, { owner: ownAccount, limit: patience });
  return [live, lastGood(notes), folder];
}

/** A line for whoever looks after the program; alarms listen for the first two. */
function say(
  { hash, source, version, problems, unreachable, warnings }: PolicyStatus,
  { log, now, live }: { log: Logger; now: () => Instant; live: string },
): void {
  const inForce = { bundle: hash, source, version };
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
  if (problems.length > 0 || unreachable) return;
  log.info(inForce, 'policies in force');
  for (const warning of warnings) log.warn({}, asLine(warning));
}

/** For a process that begins while something broken lies on top. */
function keep(
  { source, version, problems, unreachable }: PolicyStatus,
  live: string,
  { notes, log }: Around,
) {
  if (source !== live || problems.length > 0 || unreachable) return;
  saveLastGood(notes, { source, version }).catch((error: unknown) => {
    log.warn({ err: error }, 'which policies were good could not be written down');
  });
}
