import { randomUUID } from 'node:crypto';
import type { Instant, Millis } from '../../../domain/entitlement.js';
import type { EngineStore } from '../../../ports/record.js';
import { messageOf, sleep, stopper, type ChangeFeed, type OnChange } from '../../changes.js';
import type { Shard } from './api.js';
import { readShard, type StreamTools } from './shard.js';

/** How often new shards, and shards that another process has let go, are looked for. */
const LOOK: Millis = 5_000;
/** How long the right to a shard outlives a process that died; renewed well before. */
const LEASE: Millis = 60_000;

/**
 * The change feed of the table's stream, for a process that runs for long. Several processes share the shards by
 * leases in the table; a child is read only after its parent, so each item's changes come in order.
 */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function streamReader(parts: StreamTools & Pick<EngineStore, 'lock'>): ChangeFeed {
  const { stream, checkpoints, lock, now, log, poll = 500, wait = sleep } = parts;
  const owner = randomUUID();
  const reading = new Map<string, Promise<void>>();
  const upTo = new Map<string, Instant>();
  const finished = new Set<string>();
  const problems = new Map<string, string>();
  let stopping: AbortController | undefined;
  let lookout: Promise<void> = Promise.resolve();
  let lookAgain: (() => void) | undefined;

  const hold = (shard: string, duration: Millis) => lock(`shard:${shard}`, owner, now(), duration);
  const renew = (shard: string) => hold(shard, LEASE);

  async function isFinished(shard: string): Promise<boolean> {
    if (!finished.has(shard) && (await checkpoints.load(shard))?.finished) finished.add(shard);
    return finished.has(shard);
  }

  function report(source: string, message: string | undefined): void {
    if (message === undefined) problems.delete(source);
    else problems.set(source, message);
  }

  async function follow(shard: string, onChange: OnChange, signal: AbortSignal): Promise<void> {
    try {
      const progress = (id: string, at: Instant): void => void upTo.set(id, at);
      const tools = { ...parts, wait, poll, renew, onChange, progress, problem: report, signal };
      if (await readShard(shard, tools)) finished.add(shard);
    } catch (error) {
      log.warn({ shard, error: messageOf(error) }, 'A shard of the stream was left: it is taken up again.');
    }
    // If this fails, the right runs out by itself.
    await hold(shard, 0).catch(() => undefined);
    reading.delete(shard);
    upTo.delete(shard);
    report(shard, undefined);
    if (finished.has(shard)) lookAgain?.(); // its children can begin
  }

  async function look(shards: Shard[], onChange: OnChange, signal: AbortSignal): Promise<void> {
    const listed = new Set(shards.map(({ id }) => id));
    for (const id of finished) if (!listed.has(id)) finished.delete(id);
    for (const { id, parent } of shards) {
      if (signal.aborted) return;
      if (reading.has(id) || (await isFinished(id))) continue;
      if (parent && listed.has(parent) && !(await isFinished(parent))) continue;
      if (await renew(id)) reading.set(id, follow(id, onChange, signal));
    }
  }

  async function keepLooking(first: Shard[], onChange: OnChange, signal: AbortSignal): Promise<void> {
    for (let shards: Shard[] | undefined = first; !signal.aborted; shards = undefined) {
      try {
        const again = new Promise<void>((resolve) => (lookAgain = resolve));
        await look(shards ?? (await stream.shards()), onChange, signal);
        report('table', undefined);
        await Promise.race([wait(LOOK, signal), again]);
      } catch (error) {
        log.warn(
          { error: messageOf(error) },
          'The shards of the stream could not be shared out: tried again.',
        );
        report('table', messageOf(error));
        await wait(LOOK, signal);
      }
    }
  }

  return {
    async start(onChange) {
      if (stopping) throw new Error('The change feed is running already.');
      const shards = await stream.shards();
      stopping = stopper();
      lookout = keepLooking(shards, onChange, stopping.signal);
    },
    async stop() {
      stopping?.abort();
      await lookout;
      await Promise.all(reading.values());
      stopping = undefined;
    },
    status() {
      const [problem] = problems.values();
      const lagMs = Math.max(...[...upTo.values()].map((at) => Math.max(0, now() - at)));
      return {
        running: stopping !== undefined,
        ...(upTo.size > 0 && { lagMs }),
        ...(problem && { problem }),
      };
    },
  };
}
