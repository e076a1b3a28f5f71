import { setTimeout as pause } from 'node:timers/promises';
import { slackAccount } from '../support/accounts.js';
import { javaAvailable } from '../support/dynamodb-local.js';
import { A_SECOND, drawn, row, warm } from './acts.js';
import { costFrom, secondsUsed } from './cost.js';
import { live, past, put, waiting } from './histories.js';
import { paced } from './load.js';
import { place, TEAM, type Place } from './place.js';
import type { Measure } from './row.js';

const DAY = 86_400_000;
/** A process that uses no more of a second than this has nothing to do. */
const RESTS = 0.1;
/** So many seconds in a row it is to rest. */
const CALM = 3;
/** The same App Home is drawn no more often, in ms. */
const APART = 1_100;

/** App Home of people who have very much in it: twenty open it a second, each at most once a second. */
export const home: Measure = {
  name: 'home',
  async run(size) {
    if (!javaAvailable()) return [];
    const [people, rounds] = { quick: [10, 1], usual: [25, 6], full: [25, 40] }[size] as [number, number];
    const has = size === 'quick' ? { live: 5, past: 20, waiting: 4 } : { live: 50, past: 200, waiting: 40 };
    const there = await place({ askers: people });
    await fill(there, has);
    const bot = await there.startBot();
    try {
      await warm(there, there.askers.slice(0, 2));
      await hasCaughtUp(bot);
      await opened(there, there.askers);
      await pause(APART);
      const openings = Array.from({ length: rounds }, () => there.askers).flat();
      const cost = costFrom({ bot: bot.pid, dynamoDb: there.dynamoDbPid });
      const waits = await opened(there, openings);
      const what = `${has.live} live, ${has.past} past, ${has.waiting} waiting`;
      return [
        row('home', `App Home with ${what}: signed event to the tab drawn`, waits),
        cost('home-cost', 'opening it', openings.length),
      ];
    } finally {
      await bot.stop();
      await there.close();
    }
  },
};

/** What each of them has; all may decide what waits. */
async function fill({ askers, client, table }: Place, has: Record<'live' | 'past' | 'waiting', number>) {
  const now = Date.now();
  const person = ({ id, email }: { id: string; email: string }) => ({
    email,
    account: slackAccount(id, TEAM),
  });
  const times = <T>(count: number, make: (n: number) => T[]) =>
    Array.from({ length: count }, (_, n) => make(n)).flat();
  const manager = person({ id: 'U0MAN0', email: 'man0@corp.example' });
  await put(client, table, [
    ...askers
      .map(person)
      .flatMap((one) => [
        ...times(has.live, () => live(one, now)),
        ...times(has.past, (n) => past(one, now - (n + 1) * DAY)),
      ]),
    ...times(has.waiting, () => waiting(manager, now)),
  ]);
}

async function opened({ slack }: Place, people: Place['askers']) {
  return paced(
    A_SECOND,
    people.map(({ id }) => async () => {
      const before = slack.homeHash(id);
      const begun = performance.now();
      await slack.as(id).openHome();
      return drawn(slack, begun, () => slack.homeHash(id) !== before);
    }),
  );
}

/** A process that starts looks at all that was written before. Waits until it rests. */
async function hasCaughtUp({ pid }: { pid: number }): Promise<void> {
  // On a busy machine it may get little of a second, and rest in none.
  for (let [before, rested] = [secondsUsed(pid), 0]; rested < CALM;) {
    await pause(1_000);
    const now = secondsUsed(pid);
    rested = now - before > RESTS ? 0 : rested + 1;
    before = now;
  }
}
