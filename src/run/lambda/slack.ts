import type { Logger } from 'pino';
import { composeFront } from '../wiring/front.js';
import { StartFault } from '../wiring/faults.js';
import { whoWeAre } from '../wiring/identity.js';
import { openPolicies } from '../wiring/policies.js';
import { openTable } from '../wiring/table.js';
import { readLambdaConfig, type LambdaConfig } from '../../config.js';
import type { Millis } from '../../domain/entitlement.js';
import { sharedAnswers } from '../../kit/shared-answers.js';
import { frontDoor, type FrontDoor } from '../../slack/wire/front-door.js';
import { outOfService } from '../../slack/wire/out-of-service.js';
import { incomingOf, resultOf, type HttpResult } from './http-event.js';
import {
  accountOf,
  cannotStart,
  endIfTrapped,
  logOf,
  PATIENCE,
  type Context,
  type Given,
} from './runtime.js';
import { freshSecrets } from './secrets.js';

type Keys = Record<'botToken' | 'signingSecret', string>;

/** A signature may be refused because the secret has just been changed: then it is read anew, this often at most. */
const ROTATED: Millis = 30_000;
/** A signing secret that leaked and was changed must not be good for long, even if the new one cannot be read. */
const GRACE: Millis = 15 * 60_000;

const NOT_FOUND = { status: 404, headers: {}, body: '' };
/** Without the signing secret nobody can be told apart. */
const UNABLE = { status: 503, headers: {}, body: 'jit cannot start' };

/**
 * What faces the internet: `POST /slack/events`. It can write requests and nothing else (invariant 13); what it has
 * written wakes the engine through the table's stream.
 */
export function slackHandler(given: Given): (event: unknown, context?: Context) => Promise<HttpResult> {
  const config = readLambdaConfig('slack', given);
  const log = logOf('problems' in config ? 'info' : config.logLevel, given);
  const doors = 'problems' in config ? undefined : doorsOf(config, given, log);
  return async (event, context = {}) => {
    const incoming = incomingOf(event);
    if (!incoming) return resultOf(NOT_FOUND);
    try {
      if (!doors) throw new StartFault('problems' in config ? config.problems : []);
      const keys = await doors.keys();
      const reply = await (await doors.behind(keys, context)).answer(incoming);
      if (reply.status !== 401) return resultOf(reply);
      const newer = await doors.keys(ROTATED);
      if (newer === keys) return resultOf(reply);
      return resultOf(await (await doors.behind(newer, context)).answer(incoming));
    } catch (error) {
      cannotStart(log, error);
      return resultOf(UNABLE);
    } finally {
      endIfTrapped(log, given);
    }
  };
}

function doorsOf(config: LambdaConfig, { now }: Given, log: Logger) {
  const { botToken, signingSecret, apiUrl: slackApiUrl } = config.slack;
  const store = openTable(config.table, now);
  const policies = sharedAnswers(
    (ownAccount: string | undefined) =>
      // Which version was the last good one, only the engine writes down.
      openPolicies(config, {
        log,
        now,
        ownAccount,
        notes: { note: store.note },
        patience: PATIENCE,
        apart: 0,
      }),
    { now },
  );
  const closed = (keys: Keys) =>
    frontDoor({ signingSecret: keys.signingSecret, mode: 'when-done', now, log });

  let account: string | undefined;
  const opened = sharedAnswers(
    async (keys: Keys): Promise<FrontDoor> => {
      const { bundle } = await policies(account);
      const us = await whoWeAre(config, keys.botToken, { timeout: 1_500, retries: 0 });
      const receiver = closed(keys);
      composeFront({
        bundle,
        store,
        receiver,
        botToken: keys.botToken,
        us,
        slackApiUrl,
        // The table's stream does.
        wake: () => undefined,
        log,
        now,
      });
      return receiver;
    },
    { now },
  );

  return {
    keys: freshSecrets({ botToken, signingSecret }, { grace: GRACE, now, log }),
    /** Where Slack's requests are answered; while that cannot be opened, where they are refused in Slack's shape. */
    async behind(keys: Keys, context: Context): Promise<FrontDoor> {
      account = accountOf(context);
      try {
        const live = await policies(account);
        if (config.policyObject || live.status().standIn) await live.refresh();
        return await opened(keys);
      } catch (error) {
        cannotStart(log, error);
        const door = closed(keys);
        outOfService({ receiver: door, slackApiUrl, log });
        return door;
      }
    },
  };
}
