import { setTimeout as pause } from 'node:timers/promises';
import type { Instant } from '../../src/domain/entitlement.js';
import { javaAvailable } from '../support/dynamodb-local.js';
import { asked, row } from './acts.js';
import { until } from './load.js';
import { place, type Place } from './place.js';
import { activeLeases } from './seed.js';
import { spread, type Measure } from './row.js';

/** How late access is cleared away on a usual day: a few leases end each second, and IAM has room. */
export const lag: Measure = {
  name: 'lag',
  async run(size) {
    if (!javaAvailable()) return [];
    const count = { quick: 10, usual: 200, full: 1_000 }[size];
    const there = await place({ askers: 1 });
    const bot = await there.startBot();
    try {
      const first = nextSecond() + 3_000 + count * 5;
      const ends = Array.from({ length: count }, (_, i) => first + Math.floor(i / 5) * 1000);
      const ids = await activeLeases(there, ends);
      const gone = await proofs(there, ids, 60_000 + count * 200);
      const { p50, p99, max } = spread(gone.map(({ at, endsAt }) => at - endsAt));
      return [
        {
          name: 'lag',
          what: `from the end to "gone, checked" (${count} leases, 5 end a second)`,
          values: { p50, p99, max },
          unit: 'ms',
        },
      ];
    } finally {
      await bot.stop();
      await there.close();
    }
  },
};

/**
 * A rush: 10,000 leases end within a minute, and IAM takes 20 writes a second. Unless `full`, all of it is a tenth:
 * as many ends a second and writes a second, for six seconds, with a sweep every six.
 */
export const rush: Measure = {
  name: 'rush',
  async run(size) {
    if (!javaAvailable()) return [];
    const seconds = { quick: 1, usual: 6, full: 60 }[size];
    const count = size === 'quick' ? 40 : Math.round(seconds * (10_000 / 60));
    const aSecond = 20;
    const asking = 5;
    const bound = count / aSecond;
    const there = await place({ askers: Math.ceil((bound * asking) / 3), iamWrites: aSecond });
    // Far enough away that the first sweep, and not the table's stream, is what learns of them.
    const first = nextSecond() + 5_000 + count * 6 + seconds * 1000;
    const ends = Array.from({ length: count }, (_, i) => first + Math.floor((i * seconds) / count) * 1000);
    const ids = await activeLeases(there, ends);
    const bot = await there.startBot({ JIT_SWEEP_SECONDS: String(seconds) });
    const before = bot.memory();
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, bot.memory())), 1_000);
    try {
      await pause(first - Date.now());
      const { commands, changes, submits } = await asked(there, there.askers, asking);
      const gone = await proofs(there, ids, 3 * bound * 1000 + 60_000);
      const spent = (Math.max(...gone.map(({ at }) => at)) - first) / 1000;
      const ratio = spent / bound;
      const { refused } = there.iam.counts();
      return [
        {
          name: 'rush-time',
          what: `${count} leases end in ${seconds} s, IAM takes ${aSecond} writes a second`,
          values: { spent, bound, refused },
          unit: 's',
        },
        {
          name: 'rush-ratio',
          what: 'time to the last clean-up, to the bound of the limit',
          values: { ratio },
          unit: '×',
          aim: '< 1.1',
          met: ratio < 1.1,
        },
        { name: 'rush-memory', what: 'memory of the bot', values: { before, peak }, unit: 'MB' },
        row('rush-command', `meanwhile, ${asking} a second: /jit, with its form opened`, commands),
        row('rush-change', `meanwhile, ${asking} a second: another choice, to the form drawn anew`, changes),
        row('rush-submit', `meanwhile, ${asking} a second: a form sent, with the request recorded`, submits),
      ];
    } finally {
      clearInterval(watch);
      await bot.stop();
      await there.close();
    }
  },
};

/** When each was recorded to be gone, once all are. */
async function proofs({ store }: Place, ids: string[], within: number) {
  const gone: { at: Instant; endsAt: Instant }[] = [];
  const waiting = new Set(ids);
  await until('everything is cleared away', within, async () => {
    // One at a time from the oldest, so that looking costs next to nothing.
    for (const id of waiting) {
      const state = (await store.head(id))?.state;
      if (state?.status !== 'closed' || !state.lease) break;
      gone.push({ at: state.closedAt, endsAt: state.lease.endsAt });
      waiting.delete(id);
    }
    return waiting.size === 0;
  });
  return gone;
}

function nextSecond(): Instant {
  return Math.ceil(Date.now() / 1000) * 1000;
}
