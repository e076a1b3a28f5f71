import type { Logger } from 'pino';
import { composeFront } from '../wiring/front.js';
import { whoWeAre } from '../wiring/slack-identity.js';
import { readLambdaConfig, type LambdaConfig } from '../../config.js';
import { createLog } from '../../log.js';
import { StartFault } from '../wiring/late-part.js';
import type { Millis } from '../../domain/entitlement.js';
import { useProxies } from '../../kit/outbound/index.js';
import { sharedAnswers } from '../../kit/shared-answers.js';
import type { LivePolicies } from '../../policy/live/live.js';
import type { Bundle } from '../../ports/policy.js';
import { dynamodbClient } from '../../store/dynamodb/client.js';
import { dynamodbStore } from '../../store/dynamodb/store.js';
import { frontDoor, type FrontDoor } from '../../slack/wire/front-door.js';
import { outOfService } from '../../slack/wire/out-of-service.js';
import type { Incoming, Reply } from '../../ports/door.js';
import { containerPolicies, freshSecrets } from './kept.js';
import { accountOf, cannotStart, endIfTrapped, type Invocation, type Container } from './runtime.js';

type Keys = Record<'botToken' | 'signingSecret', string>;

/** A signature may be refused because the secret has just been changed: then it is read anew, this often at most. */
const ROTATED: Millis = 30_000;
/** A signing secret that leaked and was changed must not be good for long, even if the new one cannot be read. */
const GRACE: Millis = 15 * 60_000;

const NOT_FOUND = { status: 404, headers: {}, body: '' };
/** Without the signing secret jit cannot tell Slack from a stranger. */
const UNABLE = { status: 503, headers: {}, body: 'jit cannot start' };

/** What API Gateway's HTTP API takes for an answer (payload format 2.0). */
interface HttpResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * What faces the internet: `POST /slack/events`. It can write what people ask, decide and say, and nothing else
 * (invariant 13); what it has written about a request wakes the engine through the table's stream.
 */
export function slackHandler(
  container: Container,
): (event: unknown, invocation?: Invocation) => Promise<HttpResult> {
  const config = readLambdaConfig('slack', container);
  const log = createLog('problems' in config ? 'info' : config.logLevel, container.destination);
  const doors = 'problems' in config ? undefined : doorsOf(config, container, log);
  return async (event, invocation = {}) => {
    const incoming = incomingOf(event);
    if (!incoming) return resultOf(NOT_FOUND);
    try {
      if (!doors) throw new StartFault('problems' in config ? config.problems : []);
      const keys = await doors.keys();
      const reply = await (await doors.behind(keys, invocation)).answer(incoming);
      if (reply.status !== 401) return resultOf(reply);
      const newer = await doors.keys(ROTATED);
      if (newer === keys) return resultOf(reply);
      return resultOf(await (await doors.behind(newer, invocation)).answer(incoming));
    } catch (error) {
      cannotStart(log, error);
      return resultOf(UNABLE);
    } finally {
      endIfTrapped(log, container);
    }
  };
}

function doorsOf(config: LambdaConfig, { now, here }: Container, log: Logger) {
  useProxies(config.proxies);
  const { botToken, signingSecret, apiUrl: slackApiUrl } = config.slack;
  const store = dynamodbStore({ client: dynamodbClient(), table: config.table, now });
  // Which version was the last good one, only the engine writes down.
  const policies = containerPolicies(config, { here, log, now, notes: { note: store.note } });
  const closed = (keys: Keys) =>
    frontDoor({ signingSecret: keys.signingSecret, mode: 'when-done', now, log });

  let live: LivePolicies | undefined;
  const bundle = (): Bundle => live!.bundle();
  /** Once the policies are there. */
  const opened = sharedAnswers(
    async (keys: Keys): Promise<FrontDoor> => {
      const us = await whoWeAre(config, keys.botToken, { timeout: 1_500, retries: 0 });
      const receiver = closed(keys);
      // The table's stream wakes the engine.
      const wake = () => undefined;
      const { botToken } = keys;
      const { pagerDutyToken } = config;
      composeFront({ bundle, store, receiver, botToken, us, slackApiUrl, pagerDutyToken, wake, log, now });
      return receiver;
    },
    { now },
  );

  return {
    keys: freshSecrets({ botToken, signingSecret }, { grace: GRACE, now, log }),
    /** Where Slack's requests are answered; while that cannot be opened, where they are refused in Slack's shape. */
    async behind(keys: Keys, invocation: Invocation): Promise<FrontDoor> {
      try {
        live = await policies(accountOf(invocation));
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

/**
 * Reads an HTTP API event, payload format 2.0.
 * @returns the bytes as Slack sent them; undefined for all but `POST /slack/events`
 */
function incomingOf(event: unknown): Incoming | undefined {
  const { routeKey, rawPath, requestContext, headers, body, isBase64Encoded } = (event ?? {}) as {
    [part: string]: unknown;
    requestContext?: { http?: { method?: unknown } };
  };
  const direct = rawPath === '/slack/events' && requestContext?.http?.method === 'POST';
  // Behind a path mapping of a domain of one's own, only the route says it.
  if (!direct && routeKey !== 'POST /slack/events') return undefined;
  const text = typeof body === 'string' ? body : '';
  return { headers: textsOf(headers), body: Buffer.from(text, isBase64Encoded === true ? 'base64' : 'utf8') };
}

function resultOf({ status, headers, body }: Reply): HttpResult {
  return { statusCode: status, headers, body };
}

function textsOf(headers: unknown): Record<string, string> {
  const entries = Object.entries(headers instanceof Object ? headers : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
