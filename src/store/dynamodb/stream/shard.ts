import type { Instant, Millis } from '../../../domain/entitlement.js';
import { deliver, messageOf, wakeOf, type OnChange, type Sleep } from '../../changes.js';
import type { Checkpoints, StreamApi } from './api.js';
import type { Log } from '../../../kit/log.js';

/** What every reader of the stream has. */
export interface StreamTools {
  stream: StreamApi;
  checkpoints: Checkpoints;
  now: () => Instant;
  log: Pick<Log, 'warn'>;
  /** Between two looks into a shard, in ms (500). */
  poll?: Millis;
  wait?: Sleep;
}

interface ShardTools extends Required<StreamTools> {
  /** Takes or renews the right to read this shard. */
  renew(shard: string): Promise<boolean>;
  onChange: OnChange;
  /** How far the table is known to have been read. */
  progress(shard: string, upTo: Instant): void;
  /** What went wrong, or undefined when it goes right again. */
  problem(shard: string, message: string | undefined): void;
  signal: AbortSignal;
}

/** How often the right to a shard is renewed. */
const RENEW: Millis = 15_000;
/**
 * How often to keep a position after records that wake no engine. Checkpoints are such records themselves: one for
 * each of them would go on for ever.
 */
const IDLE_CHECKPOINT: Millis = 60_000;
const LONGEST_PAUSE: Millis = 10_000;

/**
 * Reads one shard, from its checkpoint on, until it ends, another takes it over, or the signal stops it.
 * What was read is kept as done only after it was handled: every record is handed over at least once.
 * @returns whether the shard was read to its end
 */
export async function readShard(shard: string, tools: ShardTools): Promise<boolean> {
  const { stream, checkpoints, onChange, now, log, wait, poll, signal } = tools;
  let position = (await checkpoints.load(shard))?.sequence;
  let kept = position;
  let keptAt = now();
  let renewedAt = now();
  let iterator: string | undefined;
  let failures = 0;

  const keep = async (finished: boolean): Promise<void> => {
    await checkpoints.save(shard, { ...(position && { sequence: position }), finished });
    kept = position;
    keptAt = now();
  };

  while (!signal.aborted) {
    try {
      if (now() - renewedAt >= RENEW) {
        if (!(await tools.renew(shard))) return false;
        renewedAt = now();
      }
      iterator ??= await stream.iterator(shard, position);
      const asked = now();
      const { records, next } = await stream.read(iterator);
      const wakes = records.flatMap((record) => wakeOf(record) ?? []);
      if (!(await deliver(wakes, onChange, { signal, log, wait }))) break;
      position = records.at(-1)?.sequence ?? position;
      iterator = next;
      tools.progress(shard, records.at(-1)?.at ?? asked);
      if (!next) {
        await keep(true);
        return true;
      }
      const stale = position !== kept && now() - keptAt >= IDLE_CHECKPOINT;
      if (wakes.length > 0 || stale) await keep(false);
      failures = 0;
      tools.problem(shard, undefined);
      await wait(poll, signal);
    } catch (error) {
      iterator = undefined;
      const name = error instanceof Error ? error.name : '';
      if (name === 'ResourceNotFoundException') return false; // all of it is older than a day
      if (name !== 'ExpiredIteratorException') {
        log.warn(
          { shard, error: messageOf(error) },
          'A shard of the stream could not be read: it is tried again.',
        );
        tools.problem(shard, messageOf(error));
      }
      // What is gone is gone (the sweep does its work): on with the oldest record that is left.
      if (name === 'TrimmedDataAccessException') position = undefined;
      await wait(Math.min(LONGEST_PAUSE, poll * 2 ** ++failures), signal);
    }
  }
  if (position && position !== kept) await keep(false);
  return false;
}
