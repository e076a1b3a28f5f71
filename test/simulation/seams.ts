import type { EngineStore, RequestStore } from '../../src/ports/record.js';
import type { Notifier } from '../../src/ports/messages.js';
import type { Provisioner } from '../../src/ports/access.js';
import type { Aws } from '../../src/grants/index.js';
import type { Scheduler } from './scheduler.js';
import type { Trouble } from './trouble.js';

type Fn = (...args: never[]) => unknown;

/** A mistake that somebody might make, in place of a part of the real program. */
export interface Mistake {
  name: string;
  /** By `file.function` (of an index, `folder.function`): what stands in its place. */
  seams?: Record<string, (actual: never) => Fn>;
  store?: (store: EngineStore) => EngineStore;
  frontStore?: (store: RequestStore) => RequestStore;
  provisioner?: (real: Provisioner, log: (about: object) => void) => Provisioner;
  notifier?: (real: Notifier) => Notifier;
  aws?: (real: Aws) => Aws;
  /** It takes people who ask in an emergency. */
  emergencies?: boolean;
  /** What the histories have that can show it; the rest is left to chance. */
  trouble?: Partial<Trouble>;
  /** The history that shows it, where that is none of the company's. */
  history?: (seed: number, mistake: Mistake) => Promise<{ problems: string[] }>;
}

const active: { mistake?: Mistake; time?: Scheduler } = {};

export function use(time: Scheduler | undefined, mistake: Mistake | undefined): void {
  delete active.mistake;
  delete active.time;
  if (time) active.time = time;
  if (mistake) active.mistake = mistake;
}

/** A module whose functions can be replaced one by one while a mistake is in use. */
export function withSeams(file: string, actual: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(actual).map(([name, value]) => {
      if (typeof value !== 'function') return [name, value];
      const key = `${file}.${name}`;
      const real = value as Fn;
      return [name, (...args: never[]) => (active.mistake?.seams?.[key]?.(real as never) ?? real)(...args)];
    }),
  );
}

/** `setTimeout` of `node:timers/promises` on the virtual clock; outside of it, as ever. */
export function virtualPause(actual: (...args: unknown[]) => Promise<unknown>) {
  return (ms: number, value?: unknown, options?: { signal?: AbortSignal }): Promise<unknown> => {
    const process = active.time?.current();
    if (!process || !active.time) return actual(ms, value, options);
    const { after } = active.time;
    return new Promise((resolve, reject) => {
      after(ms, () => resolve(value), process);
      options?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  };
}

/** Puts timers, chance and the web on the virtual clock. @returns what undoes it */
export function virtualGlobals(time: Scheduler, chance: () => number): () => void {
  const real = { setTimeout, clearTimeout, fetch, Date, random: Math.random };
  // The SDK compares AWS's `Date` with its own, and tries again if they differ much.
  const VirtualDate = new Proxy(Date, {
    construct: (date, args: [number]) =>
      new date(...(args.length > 0 ? args : ([time.now()] satisfies [number]))),
    get: (date, name) => (name === 'now' ? time.now : Reflect.get(date, name)),
  });
  const timers = new WeakSet();
  const later = (run: () => void, ms = 0) => {
    const process = time.current();
    if (!process) return real.setTimeout(run, ms);
    const item = time.after(ms, run, process);
    timers.add(item);
    return item;
  };
  const never = (timer: object | undefined) =>
    timer && timers.has(timer) ? time.cancel(timer as never) : real.clearTimeout(timer as never);
  const web = async () => ({ ok: true, json: async () => ({ SigninToken: 'token' }) });
  Object.assign(globalThis, { setTimeout: later, clearTimeout: never, fetch: web, Date: VirtualDate });
  Math.random = chance;
  return () => {
    const { random, ...globals } = real;
    Object.assign(globalThis, globals);
    Math.random = random;
  };
}
