import { createApp, type App, type AppDeps } from './app.js';
import { StartFault } from './wiring/faults.js';
import { healthOf, lookAround, shared, type Vitals } from './wiring/health.js';
import type { Config } from '../config.js';
import { untilNextSweep } from '../domain/request/due.js';
import type { Instant, Millis } from '../domain/entitlement.js';
import { listen } from '../http/server.js';

/** The self-hosted process, running. */
export interface Serving {
  port: number;
  app: App;
  /** Lets requests and effects in hand finish; what cannot is owed in the table and is done after the next start. */
  stop(): Promise<void>;
}

/** What time is told by, where it is not the system's own. */
export interface Timers {
  after(ms: Millis, run: () => void): unknown;
  cancel(timer: unknown): void;
}
const realTimers: Timers = {
  after: (ms, run) => setTimeout(run, ms).unref(),
  cancel: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};

/** A timer for what is due already: not at once, or a fault would spin. */
const SOON: Millis = 200;
/** More at once only makes IAM refuse, and what is refused backs off further each time. */
const AT_ONCE = 8;

/**
 * Runs everything in one process: Slack over HTTP or Socket Mode, the table's stream, and the sweep.
 * The stream and the timers only make it sooner; the sweep is the guarantee.
 * @param giveUp called once when only a new process can go on; ends it, for whatever supervises it to start another
 */
export async function serve(
  config: Config,
  {
    giveUp,
    timers: { after, cancel } = realTimers,
    ...deps
  }: AppDeps & { giveUp: () => void; timers?: Timers },
): Promise<Serving> {
  const { log, now } = deps;
  const interval: Millis = config.sweepSeconds * 1000;
  const timers = new Map<string, unknown>();
  const ripe = new Set<string>();
  let ripening = 0;
  const inHand = new Set<Promise<unknown>>();
  const startedAt = now();
  let stopping = false;
  let sweptAt: Instant | undefined;
  let sweeper: unknown;
  let jobs: Promise<void> | undefined;

  const app = await createApp(config, { ...deps, wake });
  const { engine, feed, store, door, policies } = app;

  function track<T>(work: Promise<T>): Promise<T> {
    inHand.add(work);
    void work.catch(() => undefined).finally(() => inHand.delete(work));
    return work;
  }

  /** What is due before the next sweep is done on time; should this process die, another's sweep does it. */
  function setTimer(id: string, dueAt: Instant | undefined): void {
    cancel(timers.get(id));
    timers.delete(id);
    // What was due long ago has had its turn: whatever keeps it so, the next sweep looks again.
    if (dueAt === undefined || stopping || !(Math.abs(dueAt - now()) <= interval)) return;
    timers.set(
      id,
      after(Math.max(dueAt - now(), SOON), () => ripen(id)),
    );
  }

  /** What a timer brings waits for its turn; what people have just done does not wait behind it. */
  function ripen(id: string): void {
    ripe.add(id);
    if (ripening < AT_ONCE) void harvest();
  }

  async function harvest(): Promise<void> {
    ripening++;
    for (const id of ripe) {
      if (stopping) break;
      ripe.delete(id);
      await advanceOrSay(id);
    }
    ripening--;
  }

  async function advance(id: string): Promise<void> {
    const { dueAt } = await track(engine.advance(id));
    setTimer(id, dueAt);
  }

  function wake(id: string): void {
    if (!stopping) void advanceOrSay(id);
  }

  async function advanceOrSay(id: string): Promise<void> {
    await advance(id).catch((error: unknown) => {
      log.warn({ request: id, err: error }, 'could not be advanced now; the sweep tries again');
    });
  }

  async function sweep(): Promise<void> {
    let pause = interval;
    try {
      // Where the system does not say that a file has changed, it is found now. What is due does not wait for that:
      // a look takes a second, and S3 may be silent.
      void policies.refresh();
      // Nor for Slack, which may be silent, nor for what is done now and then, which may wait for it.
      void app.complete();
      jobs ??= track(app.runJobs()).finally(() => (jobs = undefined));
      // What falls due before the next sweep is looked at too, and gets a timer.
      const until = now() + interval;
      const { looked } = await engine.sweep({ until });
      for (const { id, dueAt } of looked) setTimer(id, dueAt);
      sweptAt = now();
      lookAround(vitals);
      for (const ailment of app.ailments.overdue()) log.error(ailment, 'this has not worked for minutes');
      pause = untilNextSweep(looked, { now: now(), until, interval });
    } catch (error) {
      log.error({ err: error }, 'a sweep failed; the next one tries again');
    }
    const fault = app.fault();
    if (fault !== undefined && !stopping) {
      log.fatal({ fault }, 'everything is denied until this process is started anew');
      return giveUp();
    }
    if (!stopping) sweeper = after(pause, () => void track(sweep()));
  }

  const vitals: Vitals = {
    ailments: app.ailments,
    policies: policies.status,
    bundle: policies.bundle,
    feed: feed.status,
    ping: () => store.ping(),
    sweep: () => {
      const since = sweptAt ?? startedAt;
      return { lastAt: sweptAt, since, fresh: now() - since < 3 * interval + 10_000 };
    },
    fault: app.fault,
    lostGroups: app.lostGroups,
  };
  const health = shared(() => healthOf(vitals, config), now);

  await feed.start(advance);
  await app.connect();
  // In Socket Mode nothing of Slack's comes in here, but health is still asked for.
  const nobody = { answer: async () => ({ status: 404, headers: {}, body: 'Socket Mode' }) };
  const server = await listen({ port: config.port, door: door ?? nobody, health, log }).catch(portFault);
  const stopWatching = policies.watch();
  void track(sweep());
  log.info({ port: server.port, bundle: policies.status().hash, store: config.store }, 'jit is running');

  async function stop(): Promise<void> {
    if (stopping) return;
    stopping = true;
    stopWatching();
    cancel(sweeper);
    for (const timer of timers.values()) cancel(timer);
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
