import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Millis } from '../domain/entitlement.js';
import { idOf, isOfRequest } from './dynamodb/keys.js';
import type { Log } from '../kit/log.js';

/** What wakes the engine: a new HEAD, an order to end, or a LEASE that is gone (its cause proves nothing). */
export interface Wake {
  requestId: string;
  kind: 'head' | 'end' | 'lease-removed';
}
/** Called at least once for each; the same request may wake twice, late, or beside itself. */
export type OnChange = (requestId: string, kind: Wake['kind']) => Promise<void>;

interface FeedStatus {
  running: boolean;
  /** How far behind the table, in ms; absent while another process reads all of it. */
  lagMs?: Millis;
  /** What went wrong last, until it goes right again. */
  problem?: string;
}

/** Changes of the record, as they happen. The sweep is the guarantee; this is only sooner. */
export interface ChangeFeed {
  /** Throws when there is nothing to listen to. */
  start(onChange: OnChange): Promise<void>;
  /** Waits for what is being handled. What was not comes again after the next start. */
  stop(): Promise<void>;
  status(): FeedStatus;
}

/** Resolves after `ms`, or at once when the signal says so. */
export type Sleep = (ms: Millis, signal: AbortSignal) => Promise<void>;

/** A stream record, as both the Streams API and a Lambda event spell it. */
export interface StreamRecord {
  eventName?: string | undefined;
  dynamodb?: { Keys?: Record<string, { S?: string | undefined }> | undefined } | undefined;
}

/** @returns whom this record wakes; undefined for everything else that is written into the table */
export function wakeOf({ eventName, dynamodb }: StreamRecord): Wake | undefined {
  const { pk, sk } = dynamodb?.Keys ?? {};
  if (!pk?.S) return undefined;
  const written = eventName !== 'REMOVE' && isOfRequest(pk.S);
  if (sk?.S === 'HEAD' && written) return { requestId: idOf(pk.S), kind: 'head' };
  // Written over as well: what it says has changed, and that it stands has not.
  if (sk?.S === 'END' && written) return { requestId: idOf(pk.S), kind: 'end' };
  // Not only TTL's removals: what an operator deletes by hand ends a lease just as well.
  if (sk?.S === 'LEASE' && eventName === 'REMOVE') return { requestId: idOf(pk.S), kind: 'lease-removed' };
  return undefined;
}

const TRIES = 5;
const FIRST_PAUSE: Millis = 200;

export const sleep: Sleep = async (ms, signal) => {
  await pause(ms, undefined, { signal }).catch(() => undefined);
};

/** What stops a feed. Many sleep on one signal, and Node would warn of a leak from the eleventh on. */
export function stopper(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/**
 * Hands over what woke, each request once, several side by side. One that fails is tried again a few times and then
 * left to the sweep, so that it holds up no request for long.
 * @returns false when told to stop before each was either handled or given up
 */
export async function deliver(
  wakes: Wake[],
  onChange: OnChange,
  { signal, log, wait }: { signal: AbortSignal; log: Pick<Log, 'warn'>; wait: Sleep },
): Promise<boolean> {
  const distinct = new Map(wakes.map((wake) => [`${wake.kind} ${wake.requestId}`, wake]));
  const handled = await Promise.all([...distinct.values()].map((wake) => handOver(wake)));
  return handled.every(Boolean);

  async function handOver({ requestId, kind }: Wake): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await onChange(requestId, kind);
        return true;
      } catch (error) {
        if (attempt === TRIES) {
          log.warn(
            { requestId, kind, error: messageOf(error) },
            'A change was not handled: it is left to the sweep.',
          );
          return true;
        }
      }
      if (signal.aborted) return false;
      await wait(FIRST_PAUSE * 2 ** attempt, signal);
    }
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
