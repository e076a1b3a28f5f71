import { grantDue } from '../../src/domain/grant.js';
import type { Instant, Millis } from '../../src/domain/entitlement.js';
import { grantKinds, provisioners } from '../../src/grants/index.js';
import type { Clock } from '../../src/ports/clock.js';
import type { EngineChange, EngineStore } from '../../src/ports/record.js';
import type { Front } from '../../src/ports/front.js';
import { engine, type Engine } from '../../src/workflow/engine/loop.js';
import { front } from '../../src/workflow/front/index.js';
import { periodicJobs } from '../../src/workflow/jobs/index.js';
import { sideBySide } from '../../src/kit/side-by-side.js';
import { rotaUnknown } from '../support/people.js';
import { NO_PROCESS } from '../support/world.js';
import type { Cloud } from './aws.js';
import type { Company } from './company.js';
import type { Judge } from './judge.js';
import type { Patience, Process, Scheduler, Timer } from './scheduler.js';
import type { Mistake } from './seams.js';
import type { Slack } from './slack.js';
import type { Trouble } from './trouble.js';

const SWEEP: Millis = 60_000;
/** The client's three tries of 0.8 s; a write that nobody waits for any more may still land. */
const TABLE: Patience = {
  timeout: 2_400,
  lag: 2_000,
  again: 4_400,
  fault: () => Object.assign(new Error('the table does not answer'), { name: 'TimeoutError' }),
};

export interface Surroundings {
  time: Scheduler;
  store: EngineStore;
  company: Company;
  cloud: Cloud;
  slack: Slack;
  judge: Judge;
  newId: () => string;
  log: (about: object) => void;
  mistake?: Mistake;
  /** HEAD has changed: the stream's business. */
  changed: (id: string) => void;
  /** What is due has changed, and no stream says so. */
  replanned: () => void;
  /** The same, for whoever watches what is written. */
  wrote?: (change: EngineChange) => void;
  /** A lease item has been written, which TTL will remove. */
  leased: (id: string, endsAt: Instant) => void;
  /** Whether anything looks for due work by itself. */
  sweeps: boolean;
  trouble: Trouble;
}

export interface Running {
  process: Process;
  front: Front;
  /** What the stream calls. */
  wake: (id: string) => void;
  /** Sweeps when something is due, and no more often than each minute. */
  plan: () => void;
}

/** The program, started once more: workflow, grants and SDK clients of its own, the world shared with the others. */
export function start(around: Surroundings, process: Process): Running {
  const { time, company, cloud, slack, judge, mistake } = around;
  const now = () => time.now() + process.skew;
  const store = storeFor(around, process);
  const real = cloud.connect(process, company.bundle);
  const aws = mistake?.aws?.(real) ?? real;
  const clock: Clock = { now, skew: aws.skew };
  const log = Object.fromEntries(
    ['info', 'warn', 'error'].map((level) => [
      level,
      (about: object, message: string) => around.log({ level, message, ...about }),
    ]),
  ) as Record<'info' | 'warn' | 'error', (about: object, message: string) => void>;
  const shared = { bundle: company.bundle, kinds: grantKinds, clock, log, onCall: rotaUnknown };
  const directory = company.directoryFor(process);
  const made = provisioners({ aws, signinUrl: 'http://signin.internal', now });
  const notifier = slack.notifierFor(process);
  const parts = {
    ...shared,
    store: mistake?.store?.(store) ?? store,
    directory,
    provisioners: Object.fromEntries(
      Object.entries(made).map(([kind, one]) => [kind, mistake?.provisioner?.(one, around.log) ?? one]),
    ),
    notifier: mistake?.notifier?.(notifier) ?? notifier,
  };
  const work = engine(parts);
  // On Lambda the sweep is a function of its own, and shares nothing with what the stream wakes.
  const sweeper = around.trouble.hosting === 'lambda' ? engine(parts) : work;
  const runJobs = periodicJobs(parts, NO_PROCESS);
  const people = front({
    ...shared,
    store: mistake?.frontStore?.(store) ?? mistake?.store?.(store) ?? store,
    directory,
    newId: around.newId,
    wake: around.trouble.hosting === 'lambda' ? () => undefined : wake,
  });

  const timers = new Map<string, Timer>();
  function wake(id: string): void {
    if (!process.alive) return;
    void advance(id).catch(() => undefined);
  }

  const shard = batches(work, time.now, (ms, run) => time.after(ms, run, process));

  async function advance(id: string): Promise<void> {
    const { dueAt } = await work.advance(id);
    time.cancel(timers.get(id));
    if (dueAt === undefined || !(dueAt - now() <= SWEEP)) return;
    timers.set(
      id,
      time.after(Math.max(1_000, dueAt - now()), () => wake(id), process),
    );
  }

  let sweptAt: Instant = time.now() - SWEEP;
  let sweeping = false;
  let next: Timer | undefined;

  async function sweep(): Promise<void> {
    next = undefined;
    sweeping = true;
    sweptAt = time.now();
    if (around.trouble.jobs) void runJobs();
    try {
      await sweeper.sweep();
    } catch {
      // The next one tries again.
    }
    sweeping = false;
    plan();
  }

  function plan(): void {
    if (!process.alive || sweeping || !around.sweeps) return;
    const due = [
      ...[...judge.heads.values()].map(({ dueAt }) => dueAt),
      ...[...judge.grants.values()].map(grantDue),
      ...judge.ordersDue(),
      ...judge.delegating.due(),
    ].filter((at) => Number.isFinite(at)) as Instant[];
    const at = Math.max(time.now(), sweptAt + SWEEP, Math.min(...due) - process.skew);
    if (next && next.at <= at) return;
    time.cancel(next);
    next = at === Infinity ? undefined : time.after(at - time.now(), sweep, process);
  }

  plan();
  return { process, front: people, wake: around.trouble.hosting === 'lambda' ? shard : wake, plan };
}

/** As the handler of the stream has it: a batch begins nothing after this. */
const LONG: Millis = 5_000;
/** So often a record is delivered that could not be handled. */
const DELIVERIES = 3;

/** The table's stream as Lambda brings it: one batch after the other, each ended for all before any of it is advanced. */
function batches(
  work: Engine,
  now: () => Instant,
  after: (ms: Millis, run: () => unknown) => unknown,
): (id: string) => void {
  const waiting = new Map<string, number>();
  let busy = false;

  async function handle(): Promise<void> {
    if (busy) return;
    busy = true;
    while (waiting.size > 0) {
      const batch = [...waiting];
      waiting.clear();
      const begun = now();
      const again = ([id, deliveries]: [string, number]) => {
        if (deliveries < DELIVERIES) after(1_000, () => deliver(id, deliveries + 1));
      };
      if (batch.length > 1) await sideBySide(batch, ([id]) => work.end(id).catch(() => undefined));
      const left = await sideBySide(
        batch,
        (one) =>
          work.advance(one[0]).then(
            () => undefined,
            () => again(one),
          ),
        () => now() - begun < LONG,
      );
      left.forEach(again);
    }
    busy = false;
  }

  function deliver(id: string, deliveries: number): void {
    waiting.set(id, Math.max(deliveries, waiting.get(id) ?? 0));
    void handle();
  }

  return (id) => deliver(id, 1);
}

/** The store over the network: each call may be refused, repeated, delayed, or have its answer lost. */
function storeFor(around: Surroundings, process: Process): EngineStore {
  const { time, store, judge, changed, leased } = around;
  const call = <T>(effect: (again: boolean) => Promise<T>) => time.call(process, TABLE, effect);
  return {
    ...store,
    head: (id) => call(() => store.head(id)),
    records: (id) => call(() => store.records(id)),
    byRequester: (person, limit) => call(() => store.byRequester(person, limit)),
    openByRequester: (person, until) => call(() => store.openByRequester(person, until)),
    listedByRequester: (person, limit, after) => call(() => store.listedByRequester(person, limit, after)),
    note: (name) => call(() => store.note(name)),
    undecided: () => call(() => store.undecided()),
    ledger: (name) => call(() => store.ledger(name)),
    dueLedgers: (until, limit) => call(() => store.dueLedgers(until, limit)),
    grant: (id) => call(() => store.grant(id)),
    due: (until, limit, after) => call(() => store.due(until, limit, after)),
    end: (id) => call(() => store.end(id)),
    settleEnd: (id) => call(() => store.settleEnd(id)),
    putEnd: (id, end) =>
      call(async () => {
        const put = await store.putEnd(id, end);
        judge.ordered(id);
        around.log({ message: 'END', request: id, put });
        changed(id);
        return put;
      }),
    remember: (seen) => call(() => store.remember(seen)),
    saveNote: (name, note) => call(() => store.saveNote(name, note)),
    lock: (name, owner, at, duration) => call(() => store.lock(name, owner, at, duration)),
    write: (change) =>
      call(async (again) => {
        const written = await store.write(change);
        if (written !== 'written') return written;
        if (again) judge.wroteTwice();
        for (const { event } of change.records)
          if (event.by !== 'jit')
            around.log({ message: 'by a person', request: change.head.id, event: event.type });
        judge.wrote(change, process);
        around.wrote?.(change);
        changed(change.head.id);
        if (change.lease === 'put' && change.grant) leased(change.head.id, change.grant.lease.endsAt);
        return written;
      }),
    append: (change) =>
      call(async (again) => {
        const written = await store.append(change);
        if (written !== 'written') return written;
        if (again) judge.wroteTwice();
        for (const { event } of change.records)
          around.log({ message: 'in a ledger', ledger: change.head.ledger, event: event.type });
        judge.delegating.wrote(change);
        around.replanned();
        return written;
      }),
    saveGrant: (grant) =>
      call(async () => {
        await store.saveGrant(grant);
        judge.saved(grant);
      }),
  };
}
