import { grantDue } from '../../src/domain/grant.js';
import type { Head } from '../../src/domain/request/head.js';
import { memoryStore } from '../../src/store/memory/store.js';
import type { Store } from '../../src/store/change.js';
import { cloud as makeCloud, FOREIGN } from './aws.js';
import { company as makeCompany, HOUR, MINUTE } from './company.js';
import { judge as makeJudge } from './judge.js';
import { isOnlyReviewed } from './emergency/judge.js';
import { inEmergencies } from './emergency/people.js';
import { longer } from './longer.js';
import { people } from './people.js';
import { start, type Running, type Surroundings } from './process.js';
import { seeded } from './random.js';
import { scheduler, type Silence, type Weather } from './scheduler.js';
import { use, virtualGlobals, type Mistake } from './seams.js';
import { slack as makeSlack } from './slack.js';
import { hostileWriter } from './hostile.js';
import { tampering } from './tampering.js';
import { NO_TROUBLE, paceOf, troubleOf, type Hosting, type Trouble } from './trouble.js';

const FRIDAY = Date.parse('2026-11-20T10:00:00Z');
const NO_SILENCE: Silence = { from: Infinity, until: Infinity };
const CALM: Weather = { refused: 0, lost: 0, slow: 0, repeated: 0 };

export interface Outcome {
  problems: string[];
  /** How the requests ended. */
  outcomes: string[];
  /** What was written to the log, for whoever replays a seed. */
  log: object[];
  /** The policies of ours that AWS still holds. */
  standing: string[];
  /**
   * How long after an order AWS was asked, in ms, where that was measured; the largest HEAD, in bytes; votes in the place of
   * somebody who is away; which stories met in one request.
   */
  measured: {
    hosting: Hosting;
    delays: number[];
    largestHead: number;
    votesInstead: number;
    met: string[];
  };
}

interface Circumstances {
  mistake?: Mistake;
  openStore?: (now: () => number) => Promise<Store>;
  /** False: no sweep ever runs, and to make up for it nothing else goes wrong. */
  sweeps?: boolean;
  /** What is not left to chance. */
  trouble?: Partial<Trouble>;
  /** False: TTL removes nothing. */
  ttl?: boolean;
}

/** One history of the company, from first request to last clean-up; the seed says what goes wrong, and when. */
export async function history(
  seed: number,
  { mistake, openStore, sweeps = true, ttl = true, trouble: given = {} }: Circumstances = {},
): Promise<Outcome> {
  const random = seeded(seed);
  const chance = seeded(~seed);
  // By chances of their own, so that whoever does not talk, and where nobody goes away, does what they ever did.
  const leave = seeded(seed ^ 0xaba7);
  const trouble = { ...(sweeps ? troubleOf(chance, leave) : NO_TROUBLE), ...mistake?.trouble, ...given };
  const calm = !sweeps || trouble.fair;
  const rough = random.pick(calm ? [0] : [0, 0.02, 0.06, 0.12]);
  const weather: Weather = {
    refused: rough * random.next(),
    lost: rough,
    slow: rough * random.next() * 2,
    repeated: rough,
  };
  const time = scheduler(random, FRIDAY, weather);
  const silence: Silence = { from: Infinity, until: Infinity };
  if (trouble.silence !== false) {
    // Those of a company that is never told anything have had their access before.
    silence.from = FRIDAY + chance.between(5, 40) * MINUTE;
    if (trouble.silence === 'a-while') silence.until = silence.from + chance.between(1, 30) * MINUTE;
  }
  const company = makeCompany(time, trouble.nobodyKnown ? silence : NO_SILENCE, trouble.delegations);
  const judge = makeJudge(time, company, paceOf(trouble), { cloud: () => cloud, slack: () => slack });
  // By a chance of its own, as with who talks.
  const cloud = makeCloud(time, judge, seeded(seed ^ 0x5c09).chance(0.7));
  const slack = makeSlack(time, random, silence, judge, seeded(seed ^ 0x7e11).chance(0.4));
  slack.limited.chance = random.pick(calm ? [0] : [0, 0.1, 0.4]);
  const table = tampering(await (openStore?.(time.now) ?? memoryStore({ now: time.now })));
  const { store } = table;
  const log: object[] = [];
  let ids = 0;
  let names = 0;
  let troubled = true;
  const running: Running[] = [];
  const stream = random.pick(calm ? (['good'] as const) : (['good', 'good', 'poor', 'gone'] as const));
  const hostile = trouble.hostile
    ? hostileWriter(
        { time, judge, table, log: (about) => around.log(about), changed: (id) => around.changed(id) },
        chance,
      )
    : undefined;
  const alive = () => running.filter(({ process }) => process.alive);

  const around: Surroundings = {
    time,
    store,
    company,
    cloud,
    slack,
    judge,
    newId: () => `01SIM${String(seed).padStart(10, '0')}R${++ids}`,
    log: (about) => void log.push({ at: new Date(time.now()).toISOString(), ...about }),
    ...(mistake && { mistake }),
    replanned: () => running.forEach(({ plan }) => plan()),
    changed(id) {
      around.replanned();
      if (stream === 'gone') return;
      if (stream === 'poor' && random.chance(0.3)) return;
      const copies = stream === 'poor' && random.chance(0.3) ? 2 : 1;
      for (let copy = 0; copy < copies; copy++)
        deliver(id, random.between(50, stream === 'poor' ? 90_000 : 2_000));
    },
    leased(id, endsAt) {
      if (stream === 'gone' || !ttl) return;
      // TTL is minutes late, at times days; and anybody who may write the table can remove an item before its time.
      const late = random.chance(0.05) ? 26 * HOUR : random.between(0, 28 * MINUTE);
      deliver(id, endsAt - time.now() + late);
      if (random.chance(0.05)) deliver(id, random.between(0, endsAt - time.now()));
    },
    sweeps,
    trouble,
    ...(hostile && { wrote: hostile.saw }),
  };

  function deliver(id: string, delay: number): void {
    time.after(delay, () => {
      const there = alive();
      if (there.length > 0) {
        // A shard is read in one place.
        const { process, wake } = trouble.hosting === 'lambda' ? there[0]! : random.pick(there);
        time.as(process, () => wake(id));
      }
    });
  }

  function begin(skew = 0): void {
    const process = { name: `P${++names}`, alive: true, skew };
    time.as(process, () => void running.push(start(around, process)));
  }

  const skewed = () => {
    const most = random.pick(calm ? [0] : [0, 0, 4_000, 4_000, 60_000]);
    const skew = random.between(-most, most);
    // Between the two it depends on when in a second one asks.
    return most > 5_000 && Math.abs(skew) < 8_000 ? 0 : skew;
  };

  time.whenStopped((process) => {
    around.log({ message: 'stopped', process: process.name });
    // Whoever mends the rest also sets the clock.
    if (troubled) time.after(random.between(0, 90_000), () => begin(troubled ? skewed() : 0));
  });

  const restore = virtualGlobals(time, random.next);
  use(time, mistake);
  try {
    begin(skewed());
    if (random.chance(0.5)) begin(skewed());
    const stops = random.pick(calm ? [0] : [0, 1, 2, 4]);
    for (let i = 0; i < stops; i++) time.stopAt(random.between(1, 500));
    const talk = seeded(seed ^ 0x7a1c);
    const later = seeded(seed ^ 0x57a7);
    const until = people(around, random, alive, {
      talk: talk.chance(0.3) ? talk : undefined,
      leave: trouble.delegations ? leave : undefined,
      later: sweeps && later.chance(trouble.delegations ? 0.7 : 0.4) ? later : undefined,
    });
    if (mistake?.emergencies || seeded(seed ^ 0x911).chance(0.25))
      inEmergencies(around, seeded(seed ^ 0x912), alive);
    const more = seeded(seed ^ 0x10f6);
    if (more.chance(trouble.extends ? 1 : 0.3)) longer(around, more, alive);
    for (let i = hostile ? chance.between(3, 30) : 0; i > 0; i--)
      time.after(chance.between(0, until), () => hostile?.strike());
    await time.run(FRIDAY + until);

    // Trouble ends: one healthy process, and time.
    troubled = false;
    judge.calmFromNow();
    time.noMoreStops();
    Object.assign(weather, CALM);
    slack.limited.chance = 0;
    silence.until = Math.min(silence.until, time.now());
    cloud.refuseUntil(0);
    company.change({ away: false });
    for (const { process } of alive()) time.stop(process);
    begin();
    const done = ({ state, outbox, dueAt }: Head) =>
      state.status === 'closed' &&
      (isOnlyReviewed(state, outbox) || (outbox.length === 0 && dueAt === undefined));
    await time.run(
      time.now() + 30 * HOUR,
      () =>
        judge.delegating.isQuiet() &&
        [...judge.heads.values()].every((head) => judge.forged.has(head.id) || done(head)) &&
        [...judge.grants.values()].every((grant) => grantDue(grant) === undefined),
    );
    judge.lookAtAws();
    const secrets = [...cloud.world.sessions.values()].flatMap(({ keys }) => [
      keys.secretAccessKey,
      keys.sessionToken,
    ]);
    await judge.closing(store, secrets, JSON.stringify(log));
  } finally {
    restore();
    use(undefined, undefined);
  }
  const outcomes = [...judge.heads.values()].map(({ state }) =>
    state.status === 'closed' ? state.outcome : state.status,
  );
  const standing = [...cloud.world.identities.values()].flatMap(({ inline }) =>
    [...inline.keys()].filter((name) => name.startsWith('jit-') && name !== FOREIGN),
  );
  const measured = { hosting: trouble.hosting, ...judge.measured() };
  return { problems: [...judge.problems], outcomes, log, standing, measured };
}
