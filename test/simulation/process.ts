import { grantDue } from '../../src/domain/grant.js';
import type { Instant, Millis } from '../../src/domain/entitlement.js';
import { grantKinds, provisioners } from '../../src/grants/index.js';
import type { Clock, EngineStore, Front } from '../../src/ports.js';
import { engine } from '../../src/workflow/engine.js';
import { front } from '../../src/workflow/front.js';
import type { Cloud } from './aws.js';
import type { Company } from './company.js';
import type { Judge } from './judge.js';
import type { Patience, Process, Scheduler, Timer } from './scheduler.js';
import type { Mistake } from './seams.js';
import type { Slack } from './slack.js';

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
  /** A lease item has been written, which TTL will remove. */
  leased: (id: string, endsAt: Instant) => void;
  /** Whether anything looks for due work by itself. */
  sweeps: boolean;
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
  const shared = { bundle: company.bundle, kinds: grantKinds, clock, log };
  const directory = company.directoryFor(process);
  const made = provisioners({ aws, signinUrl: 'http://signin.internal', now });
  const notifier = slack.notifierFor(process);
  const work = engine({
    ...shared,
    store: mistake?.store?.(store) ?? store,
    directory,
    provisioners: Object.fromEntries(
      Object.entries(made).map(([kind, one]) => [kind, mistake?.provisioner?.(one, around.log) ?? one]),
    ),
    notifier: mistake?.notifier?.(notifier) ?? notifier,
  });
  const people = front({
    ...shared,
    store: mistake?.frontStore?.(store) ?? mistake?.store?.(store) ?? store,
    directory,
    newId: around.newId,
    wake,
  });

  const timers = new Map<string, Timer>();
  function wake(id: string): void {
    if (!process.alive) return;
    void advance(id).catch(() => undefined);
  }

  async function advance(id: string): Promise<void> {
    const { dueAt } = await work.advance(id);
    time.cancel(timers.get(id));
    if (dueAt === undefined || dueAt - now() > SWEEP) return;
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
    try {
      await work.sweep();
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
    ].filter((at) => at !== undefined);
    const at = Math.max(time.now(), sweptAt + SWEEP, Math.min(...due) - process.skew);
    if (next && next.at <= at) return;
    time.cancel(next);
    next = at === Infinity ? undefined : time.after(at - time.now(), sweep, process);
  }

  plan();
  return { process, front: people, wake, plan };
}

/** The store over the network: each call may be refused, repeated, delayed, or have its answer lost. */
function storeFor({ time, store, judge, changed, leased }: Surroundings, process: Process): EngineStore {
  const call = <T>(effect: (again: boolean) => Promise<T>) => time.call(process, TABLE, effect);
  return {
    ...store,
    head: (id) => call(() => store.head(id)),
    records: (id) => call(() => store.records(id)),
    byRequester: (person, limit) => call(() => store.byRequester(person, limit)),
    openByRequester: (person) => call(() => store.openByRequester(person)),
    note: (name) => call(() => store.note(name)),
    grant: (id) => call(() => store.grant(id)),
    due: (at, limit) => call(() => store.due(at, limit)),
    saveNote: (name, note) => call(() => store.saveNote(name, note)),
    lock: (name, owner, at, duration) => call(() => store.lock(name, owner, at, duration)),
    write: (change) =>
      call(async (again) => {
        const written = await store.write(change);
        if (written !== 'written') return written;
        if (again) judge.wroteTwice();
        judge.wrote(change, process);
        changed(change.head.id);
        if (change.lease === 'put' && change.grant) leased(change.head.id, change.grant.lease.endsAt);
        return written;
      }),
    saveGrant: (grant) =>
      call(async () => {
        await store.saveGrant(grant);
        judge.grants.set(grant.requestId, grant);
      }),
  };
}
