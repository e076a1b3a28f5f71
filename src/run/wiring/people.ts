import type { WebClient } from '@slack/web-api';
import type { Secret } from '../../config.js';
import type { Instant } from '../../domain/entitlement.js';
import { directory } from '../../people/index.js';
import { onCallFrom } from '../../people/on-call/index.js';
import type { Bundle, OnCall } from '../../ports/policy.js';
import type { Directory } from '../../ports/people.js';
import type { Notes } from '../../ports/record.js';
import { slackPeople } from '../../slack/people.js';
import type { LogAndClock } from '../outside.js';
import { reveal } from './slack-identity.js';

/** Who is who, as Slack and directory.yml say. */
export function peopleOf(
  client: WebClient,
  store: Notes,
  { bundle, team, now, log }: LogAndClock & { bundle: () => Bundle; team: string },
): Directory {
  return directory({
    source: slackPeople(client, team),
    store,
    config: () => bundle().directory,
    tenant: team,
    now,
    report: (what, error) => log.warn({ err: error }, what),
  });
}

/** Who is on call, as the sources of directory.yml say. A key that has been changed is read anew with the next answer. */
export function onCallOf(now: () => Instant, pagerDutyToken: Secret | undefined): OnCall {
  return onCallFrom({ now, pagerDutyToken: async () => pagerDutyToken && (await reveal(pagerDutyToken)) });
}
