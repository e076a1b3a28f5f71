import type { Logger } from 'pino';
import type { Secret } from '../../config.js';
import type { Instant } from '../../domain/entitlement.js';
import { grantKinds, provisioners, type Aws } from '../../grants/index.js';
import type { Ailing } from '../../ports/health.js';
import type { Bundle } from '../../ports/policy.js';
import type { Directory } from '../../ports/people.js';
import type { EngineStore } from '../../ports/record.js';
import type { Notifier } from '../../ports/messages.js';
import { engineClient } from '../../slack/wire/clients.js';
import { slackNotifier } from '../../slack/notifier.js';
import type { EngineDeps } from '../../workflow/engine/deps.js';
import type { Connected } from './slack-identity.js';
import { onCallOf, peopleOf } from './people.js';
import { nobodyKnown, silent } from './without-slack.js';

/** What the engine works with: all that makes and unmakes access, and tells people. */
export function engineParts(deps: {
  bundle: () => Bundle;
  store: EngineStore;
  aws: Aws;
  /** Undefined for as long as it is not there: access ends, and what there is to say stays owed. */
  slack: () => Connected | undefined;
  slackApiUrl: string;
  ailing?: Ailing | undefined;
  signinUrl: string;
  pagerDutyToken?: Secret | undefined;
  log: Logger;
  now: () => Instant;
}): EngineDeps {
  const { bundle, store, aws, slackApiUrl, ailing, signinUrl, log, now } = deps;

  /** Made once for each connection. */
  let made: { of?: Connected; directory: Directory; notifier: Notifier } = {
    directory: nobodyKnown(bundle),
    notifier: silent,
  };
  function inSlack(): Pick<EngineDeps, 'directory' | 'notifier'> {
    const slack = deps.slack();
    if (!slack || made.of === slack) return made;
    const { botToken: token, us } = slack;
    const client = engineClient({ token, slackApiUrl, log, ailing });
    const directory = peopleOf(client, store, { bundle, team: us.teamId, now, log });
    const notifier = slackNotifier({ client, bundle, kinds: grantKinds, botUserId: us.botUserId, ailing });
    made = { of: slack, directory, notifier };
    return made;
  }

  return {
    bundle,
    store,
    log,
    // Looked at each time: Slack may come later than the engine.
    get directory() {
      return inSlack().directory;
    },
    get notifier() {
      return inSlack().notifier;
    },
    onCall: onCallOf(now, deps.pagerDutyToken),
    kinds: grantKinds,
    clock: { now, skew: aws.skew },
    provisioners: provisioners({ aws, signinUrl, now }),
  };
}
