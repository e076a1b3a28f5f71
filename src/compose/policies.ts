import type { Logger } from 'pino';
import type { Instant } from '../domain/entitlement.js';
import { grantKinds } from '../grants/kinds.js';
import { livePolicies, type LivePolicies, type PolicyStatus } from '../policy/live.js';
import { withDecisionLog } from '../workflow/decision-log.js';
import { stopwatch } from './clock.js';
import { asLine, StartFault } from './faults.js';

/** The policies of a folder, each decision in the log. @throws StartFault with everything that is wrong */
export async function openPolicies(
  dir: string,
  { log, now, ownAccount }: { log: Logger; now: () => Instant; ownAccount?: string | undefined },
): Promise<LivePolicies> {
  const policies = await livePolicies(
    dir,
    { kinds: grantKinds, ...(ownAccount !== undefined && { ownAccount }) },
    {
      now,
      dress: (loaded) => withDecisionLog(loaded, log, stopwatch),
      told: (status) => say(status, log),
    },
  );
  if ('problems' in policies) throw new StartFault(policies.problems.map(asLine));
  say(policies.status(), log);
  return policies;
}

/** One line for whoever looks after the program: an alarm where a change was not taken. */
function say({ hash, problems, warnings }: PolicyStatus, log: Logger): void {
  if (problems.length > 0)
    log.error(
      { bundle: hash, problems: problems.map(asLine) },
      'the policy folder has changed and is refused; the last good one stays in force',
    );
  else log.info({ bundle: hash }, 'policies in force');
  for (const warning of warnings) log.warn({}, asLine(warning));
}
