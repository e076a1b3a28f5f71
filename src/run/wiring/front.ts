import type { App as BoltApp, Receiver } from '@slack/bolt';
import { ulid } from 'ulid';
import type { Secret } from '../../config.js';
import { grantKinds } from '../../grants/kinds.js';
import type { Ailing } from '../../ports/health.js';
import type { Bundle } from '../../ports/policy.js';
import type { Front } from '../../ports/front.js';
import type { RequestStore } from '../../ports/record.js';
import { boltApp } from '../../slack/app.js';
import { requestClient } from '../../slack/wire/clients.js';
import { front } from '../../workflow/front/index.js';
import type { LogAndClock } from '../outside.js';
import { onCallOf, peopleOf } from './people.js';
import type { Connected } from './slack-identity.js';

interface FrontParts extends LogAndClock, Connected {
  bundle: () => Bundle;
  store: RequestStore;
  receiver: Receiver;
  slackApiUrl: string;
  ailing?: Ailing | undefined;
  wake: (id: string) => void;
  pagerDutyToken?: Secret | undefined;
}

/** What faces people: it reads the shared note of who is who, and writes only requests (invariant 13). */
export function composeFront(deps: FrontParts): { front: Front; bolt: BoltApp } {
  const { bundle, store, receiver, botToken, us, slackApiUrl, ailing, wake, log, now } = deps;
  const slack = requestClient({ token: botToken, slackApiUrl, log, ailing });
  const people = front({
    bundle,
    store,
    log,
    wake,
    onCall: onCallOf(now, deps.pagerDutyToken),
    kinds: grantKinds,
    // Only what gives access compares clocks.
    clock: { now, skew: async () => undefined },
    directory: peopleOf(slack, { note: store.note }, { bundle, team: us.teamId, now, log }),
    newId: () => ulid(now()),
  });
  const { botId, botUserId } = us;
  return {
    front: people,
    bolt: boltApp(
      { front: people, slack, bundle, kinds: grantKinds, log, now },
      { receiver, botToken, botId, botUserId },
    ),
  };
}
