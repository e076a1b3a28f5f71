import type { Instant } from '../../src/domain/entitlement.js';
import type { OnChange } from '../../src/store/changes.js';
import type { Checkpoint, ReadRecord, StreamApi } from '../../src/store/dynamodb/stream/api.js';
import { headKey, lockKey, type Key } from '../../src/store/dynamodb/keys.js';
import { memoryStore } from '../../src/store/memory/store.js';
import { streamReader } from '../../src/store/dynamodb/stream/reader.js';
import { TEN } from '../support/heads.js';

interface FakeShard {
  parent?: string;
  records: ReadRecord[];
  closed: boolean;
}

/** A stream, a clock that moves only in `until`, and the table that readers share. */
function world() {
  const clock = { now: TEN };
  const shards = new Map<string, FakeShard>();
  const saved = new Map<string, Checkpoint>();
  const saves: string[] = [];
  const warnings: string[] = [];
  const failures: { call: string; error: Error }[] = [];
  const calls: string[] = [];
  const sleepers = new Set<{ at: Instant; wake: () => void }>();
  let sequence = 0;

  /** Lets time pass, from one sleeper's end to the next, until this is so. */
  const until = async (isSo: () => boolean) => {
    for (let turn = 0; turn < 5_000; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isSo()) return;
      const [first] = [...sleepers].sort((a, b) => a.at - b.at);
      clock.now = Math.max(clock.now, first?.at ?? 0);
      first?.wake();
    }
    throw new Error('It never came true.');
  };
  const meet = (call: string) => {
    calls.push(call);
    const next = failures.findIndex((failure) => call.startsWith(failure.call));
    if (next >= 0) throw failures.splice(next, 1)[0]!.error;
  };
  const stream: StreamApi = {
    async shards() {
      meet('shards');
      return [...shards].map(([id, { parent }]) => ({ id, ...(parent && { parent }) }));
    },
    async iterator(id, after) {
      meet(`iterator ${id} ${after ?? 'oldest'}`);
      const { records } = shards.get(id)!;
      const at = after ? records.findIndex((record) => Number(record.sequence) > Number(after)) : 0;
      return `${id} ${at < 0 ? records.length : at}`;
    },
    async read(iterator) {
      meet(`read ${iterator}`);
      const [id = '', from] = iterator.split(' ');
      const { records, closed } = shards.get(id)!;
      const batch = records.slice(Number(from));
      return { records: batch, ...(!closed && { next: `${id} ${records.length}` }) };
    },
  };
  const locks = memoryStore({ now: () => clock.now });
  const checkpoints = {
    load: async (id: string) => saved.get(id),
    save: async (id: string, checkpoint: Checkpoint) => {
      meet(`save ${id}`);
      saves.push(id);
      saved.set(id, checkpoint);
    },
  };
  const reader = () =>
    streamReader({
      stream,
      checkpoints,
      lock: (...ask) => locks.lock(...ask),
      now: () => clock.now,
      log: { warn: (_details, message) => void warnings.push(message) },
      wait: (ms, signal) =>
        new Promise((resolve) => {
          const sleeper = { at: clock.now + ms, wake: () => resolve(void sleepers.delete(sleeper)) };
          sleepers.add(sleeper);
          if (signal.aborted) sleeper.wake();
          else signal.addEventListener('abort', sleeper.wake);
        }),
    });
  const write = (id: string, key: Key, at: Instant = clock.now) => {
    const Keys = { pk: { S: key.pk }, sk: { S: key.sk } };
    const record = { eventName: 'MODIFY', dynamodb: { Keys }, sequence: String(++sequence), at };
    shards.get(id)!.records.push(record);
  };
  const shard = (id: string, parent?: string) =>
    shards.set(id, { ...(parent && { parent }), records: [], closed: false });
  const fail = (call: string, name: string) => {
    failures.push({ call, error: Object.assign(new Error('made up'), { name }) });
  };
  return { clock, until, shards, shard, write, fail, reader, saved, saves, warnings, calls };
}

/** @returns what was heard, and a listener that writes it down */
function ear(): { heard: string[]; onChange: OnChange } {
  const heard: string[] = [];
  return { heard, onChange: async (id) => void heard.push(id) };
}

describe('the stream reader', () => {
  test('it reads a new shard from its oldest record on', async () => {
    const { until, shard, write, reader, calls } = world();
    shard('a');
    write('a', headKey('before the start'));
    const feed = reader();
    const { heard, onChange } = ear();
    await feed.start(onChange);
    await until(() => heard.length === 1);
    write('a', headKey('after'));
    await until(() => heard.length === 2);
    expect(heard).toEqual(['before the start', 'after']);
    expect(calls.filter((call) => call.startsWith('iterator'))).toEqual(['iterator a oldest']);
    await feed.stop();
  });

  test('a table without a stream is an error at the start', async () => {
    const { reader, fail } = world();
    fail('shards', 'Error');
    await expect(reader().start(async () => undefined)).rejects.toThrow('made up');
  });

  test('one request that changes often wakes once for each batch', async () => {
    const { until, shard, write, reader, saved } = world();
    shard('a');
    for (let n = 0; n < 5; n++) write('a', headKey('busy'));
    const feed = reader();
    const { heard, onChange } = ear();
    await feed.start(onChange);
    await until(() => saved.has('a'));
    expect(heard).toEqual(['busy']);
    await feed.stop();
  });

  test('a child is read only after its parent', async () => {
    const { clock, until, shard, shards, write, reader, saved } = world();
    shard('child', 'parent');
    shard('parent');
    write('child', headKey('second'));
    write('parent', headKey('first'));
    const feed = reader();
    const { heard, onChange } = ear();
    await feed.start(onChange);
    await until(() => heard.includes('first'));
    const later = clock.now + 60_000;
    await until(() => clock.now > later);
    expect(heard).toEqual(['first']);
    write('parent', headKey('still the parent'));
    shards.get('parent')!.closed = true;
    await until(() => heard.length === 3);
    expect(heard).toEqual(['first', 'still the parent', 'second']);
    expect(saved.get('parent')?.finished).toBe(true);
    await feed.stop();
  });

  test('a child whose parent is forgotten already is read', async () => {
    const { until, shard, write, reader } = world();
    shard('child', 'long gone');
    write('child', headKey('orphan'));
    const feed = reader();
    const { heard, onChange } = ear();
    await feed.start(onChange);
    await until(() => heard.length === 1);
    await feed.stop();
  });

  test('a shard that appears later is found', async () => {
    const { until, shard, write, reader } = world();
    shard('a');
    const feed = reader();
    const { heard, onChange } = ear();
    await feed.start(onChange);
    shard('b');
    write('b', headKey('late'));
    await until(() => heard.includes('late'));
    await feed.stop();
  });

  test('after a restart it goes on where it was: nothing is lost, nothing handled comes again', async () => {
    const { until, shard, write, reader } = world();
    shard('a');
    write('a', headKey('one'));
    const first = reader();
    const { heard, onChange } = ear();
    await first.start(onChange);
    await until(() => heard.length === 1);
    await first.stop();
    write('a', headKey('two'));
    const second = reader();
    await second.start(onChange);
    await until(() => heard.length === 2);
    expect(heard).toEqual(['one', 'two']);
    await second.stop();
  });

  test('what was being handled when it was stopped, and failed, comes again after the restart', async () => {
    const { until, shard, write, reader } = world();
    shard('a');
    write('a', headKey('one'));
    const first = reader();
    let stopping: Promise<void> | undefined;
    await first.start(async () => {
      stopping ??= first.stop();
      throw new Error('interrupted');
    });
    await until(() => stopping !== undefined);
    await stopping;
    const { heard, onChange } = ear();
    const second = reader();
    await second.start(onChange);
    await until(() => heard.length === 1);
    await second.stop();
  });

  test('one that fails is tried again, and holds up neither its own batch nor other shards for ever', async () => {
    const { until, shard, write, reader, warnings, saved } = world();
    shard('a');
    shard('b');
    write('a', headKey('poison'));
    write('a', headKey('good'));
    write('b', headKey('elsewhere'));
    const feed = reader();
    const heard: string[] = [];
    await feed.start(async (id) => {
      heard.push(id);
      if (id === 'poison') throw new Error('never');
    });
    await until(() => saved.has('a'));
    write('a', headKey('after the poison'));
    await until(() => heard.includes('after the poison'));
    expect(heard.filter((id) => id === 'poison')).toHaveLength(5);
    expect(heard).toEqual(expect.arrayContaining(['good', 'elsewhere']));
    expect(warnings).toEqual(['A change was not handled: it is left to the sweep.']);
    await feed.stop();
  });

  test('two readers share the shards: each is read by one, and by the other when the first stops', async () => {
    const { until, shard, write, reader } = world();
    const [first, second] = [reader(), reader()];
    const [one, two] = [ear(), ear()];
    shard('a');
    await first.start(one.onChange);
    write('a', headKey('r1'));
    await until(() => one.heard.length === 1);
    await second.start(two.onChange);
    write('a', headKey('r2'));
    await until(() => one.heard.length === 2);
    expect(two.heard).toEqual([]);
    expect(second.status()).toEqual({ running: true });
    await first.stop();
    write('a', headKey('r3'));
    await until(() => two.heard.length === 1);
    expect([...one.heard, ...two.heard]).toEqual(['r1', 'r2', 'r3']);
    await second.stop();
  });

  test('a reader that was too slow to renew gives way to the one that took over', async () => {
    const { clock, until, shard, write, reader } = world();
    shard('a');
    const [slow, quick] = [reader(), reader()];
    let wakeUp: (() => void) | undefined;
    await slow.start(() => new Promise<void>((resolve) => (wakeUp = resolve)));
    write('a', headKey('r1'));
    await until(() => wakeUp !== undefined);
    clock.now += 61_000;
    const { heard, onChange } = ear();
    await quick.start(onChange);
    await until(() => heard.includes('r1'));
    wakeUp?.();
    write('a', headKey('r2'));
    await until(() => heard.includes('r2'));
    await until(() => slow.status().lagMs === undefined);
    await Promise.all([slow.stop(), quick.stop()]);
  });

  test('its own checkpoints and locks in the stream make no further ones', async () => {
    const { clock, until, shard, write, reader, saves } = world();
    shard('a');
    write('a', headKey('r1'));
    const feed = reader();
    const { heard, onChange } = ear();
    await feed.start(onChange);
    await until(() => saves.length === 1);
    for (const end = clock.now + 600_000; clock.now < end;) {
      write('a', { pk: 'SHARD#a', sk: 'SHARD' });
      write('a', lockKey('shard:a'));
      const { now } = clock;
      await until(() => clock.now > now);
    }
    // One a minute, so that a restart need not pass them all again.
    expect(saves.length).toBeLessThanOrEqual(11);
    expect(heard).toEqual(['r1']);
    await feed.stop();
  });

  test.each(['ExpiredIteratorException', 'LimitExceededException', 'InternalServerError', 'TimeoutError'])(
    'after %s it goes on behind the last record that it handled',
    async (name) => {
      const { until, shard, write, reader, fail, calls } = world();
      shard('a');
      write('a', headKey('one'));
      const feed = reader();
      const { heard, onChange } = ear();
      await feed.start(onChange);
      await until(() => heard.length === 1);
      fail('read', name);
      write('a', headKey('two'));
      await until(() => heard.length === 2);
      expect(heard).toEqual(['one', 'two']);
      expect(calls).toContain('iterator a 1');
      await feed.stop();
    },
  );

  test('what was trimmed is passed over: it goes on with the oldest record that is left', async () => {
    const { until, shard, write, reader, fail, saved, calls } = world();
    shard('a');
    saved.set('a', { sequence: '1', finished: false });
    write('a', headKey('left'));
    write('a', headKey('over'));
    fail('iterator a 1', 'TrimmedDataAccessException');
    const feed = reader();
    const { heard, onChange } = ear();
    await feed.start(onChange);
    await until(() => heard.length === 2);
    expect(calls).toContain('iterator a oldest');
    await feed.stop();
  });

  test('a checkpoint that cannot be saved is no loss: it is saved with the next', async () => {
    const { until, shard, write, reader, fail, saves } = world();
    shard('a');
    write('a', headKey('one'));
    fail('save a', 'TimeoutError');
    const feed = reader();
    const { heard, onChange } = ear();
    await feed.start(onChange);
    await until(() => heard.length === 1);
    write('a', headKey('two'));
    await until(() => saves.length > 0 && heard.includes('two'));
    await feed.stop();
  });

  test('its status says how far behind it is, and what is wrong while it is wrong', async () => {
    const { clock, until, shard, write, reader, fail } = world();
    shard('a');
    const feed = reader();
    expect(feed.status()).toEqual({ running: false });
    let finish: (() => void) | undefined;
    await feed.start(() => new Promise<void>((resolve) => (finish = resolve)));
    await until(() => feed.status().lagMs !== undefined);
    write('a', headKey('slow'));
    await until(() => finish !== undefined);
    clock.now += 30_000;
    expect(feed.status().lagMs).toBeGreaterThanOrEqual(30_000);
    finish?.();
    await until(() => (feed.status().lagMs ?? Infinity) < 5_000);
    for (let n = 0; n < 3; n++) fail('read', 'LimitExceededException');
    await until(() => feed.status().problem === 'LimitExceededException: made up');
    await until(() => feed.status().problem === undefined);
    fail('shards', 'AccessDeniedException');
    await until(() => feed.status().problem === 'AccessDeniedException: made up');
    await until(() => feed.status().problem === undefined);
    await feed.stop();
    expect(feed.status()).toEqual({ running: false });
  });
});
