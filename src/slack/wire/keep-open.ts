import { setTimeout as pause } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import type { Millis } from '../../domain/entitlement.js';
import { tokenFault } from './faults.js';

/** Slack closes each socket now and then, and mostly the next try succeeds. */
const SOON: Millis = 500;
const SELDOM: Millis = 60_000;
/** Until Slack says hello. */
const PATIENCE: Millis = 15_000;
/** After so many failed tries the log has an error, and again after as many more. */
const REMIND = 4;

/** Opens a socket, and once it was open, opens it again for as long as it takes. A failure ends one try only. */
export function keepOpen({
  socket,
  log,
}: {
  socket: Pick<SocketModeReceiver, 'client' | 'start' | 'stop'>;
  log: Logger;
}): { start(): Promise<void>; stop(): Promise<void> } {
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
