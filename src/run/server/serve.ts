import { createApp } from './app.js';
import { healthOf, lookAround, shared, type Vitals } from './health.js';
import { realTimers, requestTimers, sweeps } from './sweeps.js';
import type { Config } from '../../config.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { listen } from '../../http/server.js';
import { useProxies } from '../../kit/outbound/index.js';
import type { Outside } from '../outside.js';
import { StartFault } from '../wiring/late-part.js';

/** The self-hosted process, running. */
export type Serving = Awaited<ReturnType<typeof serve>>;

/**
 * Runs everything in one process: Slack over HTTP or Socket Mode, the table's stream, and the sweep.
 * The stream and the timers only make it sooner; the sweep is the guarantee.
 */
export async function serve(config: Config, outside: Outside) {
  useProxies(config.proxies);
  const { log, now, timers = realTimers } = outside;
  const interval: Millis = config.sweepSeconds * 1000;
  const inHand = new Set<Promise<unknown>>();
  let stopping = false;

  const app = await createApp(config, outside, (id) => void (stopping || advanceOrSay(id)));
  const { engine, feed, door, policies } = app;
  const dueSoon = requestTimers({ advance: advanceOrSay, timers, interval, now });

  /** A process that is told to stop waits for what has been begun and is not done. */
  function track<T>(work: Promise<T>): Promise<T> {
    inHand.add(work);
    void work.catch(() => undefined).finally(() => inHand.delete(work));
    return work;
  }
  async function advance(id: string): Promise<void> {
    const { dueAt } = await track(engine.advance(id));
    dueSoon.set(id, dueAt);
  }
  async function advanceOrSay(id: string): Promise<void> {
    await advance(id).catch((error: unknown) => {
      log.warn({ request: id, err: error }, 'could not be advanced now; the sweep tries again');
    });
  }

  function found(looked: { id: string; dueAt?: Instant }[]): void {
    for (const { id, dueAt } of looked) dueSoon.set(id, dueAt);
    lookAround(vitals);
    for (const ailment of app.ailments.overdue()) log.error(ailment, 'this has not worked for minutes');
  }
  function mayGoOn(): boolean {
    const fault = app.fault();
    if (fault === undefined) return true;
    log.fatal({ fault }, 'everything is denied until this process is started anew');
    outside.end();
    return false;
  }

  const { runJobs } = app;
  const sweeping = sweeps({ engine, runJobs, track, timers, interval, log, now, found, mayGoOn });
  const vitals: Vitals = { ...app, sweep: sweeping.status };
  const health = shared(() => healthOf(vitals, config), now);

  await feed.start(advance);
  await app.connect();
  // In Socket Mode nothing of Slack's comes in here, but health is still asked for.
  const nobody = { answer: async () => ({ status: 404, headers: {}, body: 'Socket Mode' }) };
  const server = await listen({ port: config.port, door: door ?? nobody, health, log }).catch(portFault);
  const stopWatching = policies.watch();
  sweeping.start();
  log.info({ port: server.port, bundle: policies.status().hash, store: config.store }, 'jit is running');

  /** Lets requests and effects in hand finish; what cannot is owed in the table and is done after the next start. */
  async function stop(): Promise<void> {
    if (stopping) return;
    stopping = true;
    stopWatching();
    sweeping.stop();
    dueSoon.stop();
    await server.close();
    await app.disconnect();
    await feed.stop();
    await Promise.allSettled(inHand);
    log.info({}, 'jit has stopped');
  }

  return { port: server.port, app, stop };
}

function portFault(error: NodeJS.ErrnoException & { port?: number }): never {
  if (error.code === 'EADDRINUSE')
    throw new StartFault([`PORT: port ${error.port} is taken by another program; set PORT to a free one`]);
  if (error.code === 'EACCES')
    throw new StartFault([
      `PORT: port ${error.port} may not be used by this user; set PORT to one above 1023`,
    ]);
  throw error;
}
