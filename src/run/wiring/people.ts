import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { directory } from '../../people/index.js';
import type { Instant } from '../../domain/entitlement.js';
import type { Bundle } from '../../ports/policy.js';
import type { Directory } from '../../ports/people.js';
import { slackPeople } from '../../slack/people.js';

/** Who is who, as Slack and directory.yml say. */
export function peopleOf(
  client: WebClient,
  store: Parameters<typeof directory>[0]['store'],
  { bundle, team, now, log }: { bundle: () => Bundle; team: string; now: () => Instant; log: Logger },
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
