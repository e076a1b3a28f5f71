import type { WebClient } from '@slack/web-api';
import type { Secret } from '../../config.js';
import type { Instant } from '../../domain/entitlement.js';
import { directory } from '../../people/index.js';
import { onCallFrom } from '../../people/on-call/index.js';
import type { Bundle, OnCall } from '../../ports/policy.js';
import type { Directory } from '../../ports/people.js';
import type { Notes } from '../../ports/record.js';
import { slackPeople, slackRest } from '../../slack/people.js';
import type { LogAndClock } from '../outside.js';
import { reveal } from './slack-identity.js';
import type { UnknownGroup } from '../../domain/directory.js';
import type { HomeScreen } from '../../ports/home.js';
import { NotifyFault, type Notifier } from '../../ports/messages.js';

/** Who is who, as Slack and directory.yml say. */
export function peopleOf(
  client: WebClient,
  store: Notes,
  { bundle, team, now, log }: LogAndClock & { bundle: () => Bundle; team: string },
): Directory {
  return directory({
    source: { ...slackPeople(client, team), rest: slackRest(client, team, now) },
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

/** Who is who while Slack cannot be asked: no person and no group is known. */
export function nobodyKnown(bundle: () => Bundle): Directory {
  const unknown = (): UnknownGroup[] =>
    Object.keys(bundle().directory.groups).map((name) => ({
      name,
      why: 'Slack cannot be asked now',
      lasting: false,
    }));
  return {
    name: 'Slack',
    person: async () => ({ refusal: { code: 'directory-unavailable' } }),
    personEnding: async () => ({ refusal: { code: 'directory-unavailable' } }),
    groups: async () => ({ groups: [], unknown: unknown() }),
    candidates: async () => ({ people: [], unknown: unknown() }),
    members: async () => ({ people: [], unknown: unknown() }),
    rest: async () => undefined,
    status: () => ({ lost: [] }),
    principal: () => 'jit cannot ask Slack at the moment who this is.',
    refresh: async () => undefined,
  };
}

const owed = async (): Promise<never> => {
  throw new NotifyFault('without_slack', false);
};

/** No App Home can be drawn: it is when somebody opens theirs again. */
export const undrawn: HomeScreen = { draw: owed };

/** Sends nothing: every message stays owed, and goes out once Slack is there. */
export const silent: Notifier = {
  cards: owed,
  living: owed,
  tell: owed,
  remind: owed,
  incident: owed,
  alert: owed,
  tellDelegation: owed,
  showCredentials: owed,
  showNoCredentials: owed,
};
