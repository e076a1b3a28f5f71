import { setTimeout as pause } from 'node:timers/promises';
import { SocketModeReceiver, type App, type Receiver, type ReceiverEvent } from '@slack/bolt';
import type { Logger } from 'pino';
import { canonical, sha256, type Millis } from '../../domain/entitlement.js';
import type { Ailing } from '../../ports/health.js';
import { isObject } from '../../domain/is-object.js';
import { outboundDispatcher, outboundFetch } from '../../kit/outbound/index.js';
import { slackLogger } from './clients.js';
import { tokenFault } from './faults.js';
import { at, textAt } from './payload.js';
import { recognise } from './recognise-body.js';

const SOCKET = 'slack-socket';
/** Slack closes each socket now and then, and mostly the next try succeeds. */
const SOON: Millis = 500;
const SELDOM: Millis = 60_000;
/** Until Slack says hello. */
const PATIENCE: Millis = 15_000;
/** After so many failed tries the log has an error, and again after as many more. */
const REMIND = 4;

/**
 * Socket Mode: no public address needed. Made by hand, since only so can it be told how to mark what has been seen.
 * `start` tries once; a socket that was open is opened again for as long as it takes. Its client would do that too, but
 * what it gives up on (a refused token, HTTP 5xx) is an unhandled rejection, which ends the process (socket-mode 3.1).
 */
export async function socketMode(options: {
  appToken: string;
  slackApiUrl: string;
  log: Logger;
  /** Hears whether the socket is open. */
  ailing?: Ailing | undefined;
}): Promise<Receiver> {
  const { appToken, slackApiUrl, log, ailing } = options;
  const dispatcher = await outboundDispatcher();
  const socket = new SocketModeReceiver({
    appToken,
    ...(dispatcher && { dispatcher }),
    // Slack closes each socket now and then, and mostly the next try succeeds; `ailing` reports what lasts.
    logger: { ...slackLogger(log), error: slackLogger(log).warn },
    autoReconnectEnabled: false,
    installerOptions: {
      clientOptions: { slackApiUrl, fetch: outboundFetch, timeout: 10_000, retryConfig: { retries: 0 } },
    },
    customPropertiesExtractor: (envelope: unknown) => ({ seen: markOf(envelope) }),
  });
  ailing?.fails(SOCKET, 'connecting');
  socket.client.on('connected', () => ailing?.works(SOCKET));
  for (const event of ['close', 'disconnected'])
    socket.client.on(event, () => ailing?.fails(SOCKET, 'disconnected'));
  return { init: (app) => socket.init(recognising(app, log)), ...keepOpen(socket, log) };
}

/** Opens a socket, and once it was open, opens it again for as long as it takes. A failure ends one try only. */
function keepOpen(socket: SocketModeReceiver, log: Logger): Pick<Receiver, 'start' | 'stop'> {
  let open = false;
  let stopped = false;
  socket.client.on('disconnected', () => {
    if (open && !stopped) void again();
    open = false;
  });

  async function start(): Promise<void> {
    const hello = socket.start();
    // A failure after the time limit must not become an unhandled rejection.
    hello.catch(() => undefined);
    const late = new AbortController();
    try {
      await Promise.race([
        hello,
        pause(PATIENCE, undefined, { ref: false, signal: late.signal }).then(giveUp),
      ]);
      open = true;
    } finally {
      late.abort();
    }
  }

  async function giveUp(): Promise<never> {
    await socket.stop();
    throw new Error('no hello');
  }

  async function again(): Promise<void> {
    for (let tries = 0; ; tries++) {
      await pause(Math.min(SELDOM, SOON * 2 ** Math.min(tries, 10)), undefined, { ref: false });
      if (stopped) return;
      try {
        return await start();
      } catch (error) {
        const lasting = tries > 0 && tries % REMIND === 0;
        log[lasting ? 'error' : 'warn'](
          { ...tokenFault(error) },
          'the socket to Slack cannot be opened again yet',
        );
      }
    }
  }

  return {
    start,
    async stop() {
      stopped = true;
      await socket.stop();
    },
  };
}

/** The app, given only what was recognised of a body. The rest is acknowledged, since Slack would send it again. */
export function recognising<A extends Pick<App, 'processEvent'>>(app: A, log: Logger): A {
  const processEvent = async (event: ReceiverEvent): Promise<void> => {
    const recognised = isObject(event.body) ? recognise(event.body) : undefined;
    if (recognised) return app.processEvent({ ...event, body: recognised.body });
    log.warn({}, 'what came over the socket is nothing that is answered here');
    await event.ack();
  };
  return Object.assign(Object.create(app) as A, { processEvent });
}

/**
 * What `seen` is where nothing is signed: Slack may deliver again in a new envelope,
 * but a trigger id (or an event's id) belongs to one thing that one person did.
 */
export function markOf(envelope: unknown): string {
  const mark =
    textAt(envelope, 'body', 'trigger_id') ??
    textAt(envelope, 'body', 'event_id') ??
    textAt(envelope, 'envelope_id') ??
    canonical(at(envelope, 'body'));
  return sha256(`socket:${mark}`);
}
