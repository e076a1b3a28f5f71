/** @project long */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { dynamodbClient } from '../../src/store/dynamodb/client.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';
import { history, type Outcome } from './history.js';
import { MEETINGS } from './met.js';
import { MISTAKES } from './mistakes.js';
import { stuck } from './stuck.js';
import { tries } from '../support/tries.js';

// Where a mistake can take the place of the real thing, and where time is.
jest.mock('../../src/domain/delegation.js', () => mockSeams('../../src/domain/delegation.js'));
jest.mock('../../src/domain/request/stories/confirming.js', () =>
  mockSeams('../../src/domain/request/stories/confirming.js'),
);
jest.mock('../../src/domain/request/stories/reviewing.js', () =>
  mockSeams('../../src/domain/request/stories/reviewing.js'),
);
jest.mock('../../src/workflow/emergencies.js', () => mockSeams('../../src/workflow/emergencies.js'));
jest.mock('../../src/domain/request/stories/questions.js', () =>
  mockSeams('../../src/domain/request/stories/questions.js'),
);
jest.mock('../../src/domain/lease.js', () => mockSeams('../../src/domain/lease.js'));
jest.mock('../../src/domain/request/due.js', () => mockSeams('../../src/domain/request/due.js'));
jest.mock('../../src/domain/request/effects.js', () => mockSeams('../../src/domain/request/effects.js'));
jest.mock('../../src/domain/request/outbox.js', () => mockSeams('../../src/domain/request/outbox.js'));
jest.mock('../../src/domain/request/stories/voting.js', () =>
  mockSeams('../../src/domain/request/stories/voting.js'),
);
jest.mock('../../src/grants/aws/inline.js', () => mockSeams('../../src/grants/aws/inline.js'));
jest.mock('../../src/grants/iam-policy/documents.js', () =>
  mockSeams('../../src/grants/iam-policy/documents.js'),
);
jest.mock('../../src/grants/sts-session/documents.js', () =>
  mockSeams('../../src/grants/sts-session/documents.js'),
);
jest.mock('../../src/grants/sts-session/scoped.js', () =>
  mockSeams('../../src/grants/sts-session/scoped.js'),
);
jest.mock('../../src/workflow/engine/effects/index.js', () =>
  mockSeams('../../src/workflow/engine/effects/index.js'),
);
jest.mock('../../src/workflow/engine/effects/confirm.js', () =>
  mockSeams('../../src/workflow/engine/effects/confirm.js'),
);
jest.mock('../../src/workflow/engine/grant-look.js', () =>
  mockSeams('../../src/workflow/engine/grant-look.js'),
);
jest.mock('../../src/workflow/engine/message.js', () => mockSeams('../../src/workflow/engine/message.js'));
jest.mock('../../src/workflow/engine/sweep.js', () => mockSeams('../../src/workflow/engine/sweep.js'));
jest.mock('../../src/workflow/engine/still-permitted.js', () =>
  mockSeams('../../src/workflow/engine/still-permitted.js'),
);
jest.mock('../../src/workflow/extensions.js', () => mockSeams('../../src/workflow/extensions.js'));
jest.mock('../../src/workflow/record-command.js', () => mockSeams('../../src/workflow/record-command.js'));
jest.mock('../../src/workflow/seats/stand-ins.js', () => mockSeams('../../src/workflow/seats/stand-ins.js'));
jest.mock('node:timers/promises', () => {
  const path = 'node:timers/promises';
  const actual = jest.requireActual<{ setTimeout: (...args: unknown[]) => Promise<unknown> }>(path);
  return { ...actual, setTimeout: mockParts().virtualPause(actual.setTimeout) };
});

function mockParts() {
  return jest.requireActual<typeof import('./seams.js')>('./seams.js');
}

function mockSeams(path: string) {
  const file = /([\w-]+)(?:\/index)?\.js$/.exec(path)?.[1] ?? '';
  return mockParts().withSeams(file, jest.requireActual<Record<string, unknown>>(path));
}

const SEED = process.env['JIT_SEED'];
const MANY = Number(process.env['JIT_HISTORIES'] ?? tries(150, 600));
/** A mistake has to show within so many histories. */
const SOON = 1_000;

/** The rows of CAUGHT.md: each mistake with the seed whose history showed it when it was last looked for. */
const CAUGHT = new Map(
  [
    ...readFileSync(join(__dirname, 'CAUGHT.md'), 'utf8').matchAll(
      /^\| (?!Mistake|-)(.+?) +\|.*\| +(\d+) +\|$/gm,
    ),
  ].map(([, name, seed]) => [name!, Number(seed)]),
);
const seedOf = (name: string) => CAUGHT.get(name) ?? 1;

/** By how much what is promised was kept, for whoever lets many run. */
function summary(measured: Outcome['measured'][]): string {
  const largest = Math.max(...measured.map(({ largestHead }) => largestHead));
  const asked = (['server', 'lambda'] as const).map((hosting) => {
    const delays = measured.flatMap((one) => (one.hosting === hosting ? one.delays : []));
    return `${hosting}: ${delays.length} ends, AWS asked after ${Math.max(0, ...delays)} ms at most`;
  });
  const rest = [`largest HEAD: ${largest} bytes`, `${inPlaceOf(measured)} votes for somebody who is away`];
  return [`${measured.length} histories`, ...asked, ...rest].join('; ');
}

const inPlaceOf = (measured: Outcome['measured'][]) =>
  measured.reduce((sum, { votesInstead }) => sum + votesInstead, 0);

/** What a row of CAUGHT.md shows of what the judge said. */
const short = (said: string) => (said.length > 200 ? `${said.slice(0, 199).trimEnd()}…` : said);

const replay = (seed: number) => `JIT_SEED=${seed} npx jest test/simulation`;

// The SDK reads its configuration files once; after this it works without waiting for anything real.
beforeAll(async () => {
  await history(0);
});

if (SEED === undefined) {
  test(
    `${MANY} histories in which everything goes wrong at any point: never early, never late, never twice, never lost`,
    async () => {
      const failed: string[] = [];
      const ends: Record<string, number> = {};
      const measured: Outcome['measured'][] = [];
      for (let seed = 1; seed <= MANY && failed.length < 10; seed++) {
        const { problems, outcomes, measured: here } = await history(seed);
        measured.push(here);
        if (problems.length > 0) failed.push(`${problems.join('; ')}: ${replay(seed)}`);
        for (const outcome of outcomes) ends[outcome] = (ends[outcome] ?? 0) + 1;
      }
      if (process.env['JIT_HISTORIES']) process.stderr.write(`${summary(measured)}\n`);
      expect(failed).toEqual([]);
      // A simulation in which hardly anybody gets access would prove little.
      expect((ends['expired'] ?? 0) + (ends['released'] ?? 0) + (ends['revoked'] ?? 0)).toBeGreaterThan(
        MANY / 3,
      );
      expect(inPlaceOf(measured)).toBeGreaterThan(MANY / 100);
    },
    Math.max(600_000, MANY * 2_000),
  );

  test('of the stories of a request each two meet in one, and nothing is wrong with it', async () => {
    const missing = new Set(MEETINGS);
    for (let seed = 1; seed <= SOON && missing.size > 0; seed++) {
      const trouble = seed % 2 === 0 ? { delegations: true, jobs: true } : {};
      const { problems, measured } = await history(seed, { trouble });
      expect({ seed, problems }).toEqual({ seed, problems: [] });
      for (const meeting of measured.met) missing.delete(meeting);
    }
    expect([...missing]).toEqual([]);
  }, 600_000);

  describe('with no sweep at all', () => {
    const leftAfter = async (ttl: boolean) => {
      const left: string[] = [];
      for (let seed = 1; seed <= 40; seed++)
        left.push(...(await history(seed, { sweeps: false, ttl })).standing);
      // The Deny of an early end is cleaned up by the clock, for which TTL keeps no timer.
      return left.filter((name) => !name.startsWith('jit-revoke-'));
    };

    test('TTL’s removal of the lease, however late, clears up every policy', async () => {
      expect(await leftAfter(true)).toEqual([]);
    }, 300_000);

    test('without TTL some would be left, with no power', async () => {
      expect(await leftAfter(false)).not.toEqual([]);
    }, 300_000);
  });

  test('what ends is over in time while AWS refuses for good to end 2,000 others, and none of those is given up', async () => {
    for (let seed = 1; seed <= 2; seed++) {
      const { problems, late, refusals } = await stuck(seed);
      if (process.env['JIT_HISTORIES'])
        process.stderr.write(`${refusals} refusals; the latest end after ${Math.max(...late)} ms\n`);
      expect(problems).toEqual([]);
    }
  }, 300_000);

  test('the same seed gives the same history', async () => {
    for (let seed = 1; seed <= 5; seed++) expect(await history(seed)).toEqual(await history(seed));
  });

  test.each(MISTAKES)(
    'caught: $name',
    async (mistake) => {
      let caught: Outcome['problems'] = [];
      let seed = 0;
      for (seed of [seedOf(mistake.name), ...Array.from({ length: SOON }, (_, n) => n + 1)]) {
        caught = (await (mistake.history?.(seed, mistake) ?? history(seed, { mistake }))).problems;
        if (caught.length > 0) break;
      }
      if (process.env['JIT_CAUGHT'])
        process.stderr.write(`| ${mistake.name} | ${short(caught.join('; '))} | ${seed} |\n`);
      expect(caught).not.toEqual([]);
    },
    600_000,
  );

  test('CAUGHT.md lists each of these mistakes, and no other', () => {
    expect([...CAUGHT.keys()]).toEqual(MISTAKES.map(({ name }) => name));
  });

  describeWithDynamoDb('against DynamoDB Local', (local) => {
    const some = tries(3, 10);
    test(`${some} histories, with requests that arrive twice`, async () => {
      const client = dynamodbClient(local().config);
      let calls = 0;
      // Each seventh request arrives twice, and the second answer is the one that is heard.
      client.middlewareStack.add(
        (next) => async (args) => {
          if (++calls % 7 === 0) await next(args).catch(() => undefined);
          return next(args);
        },
        { step: 'finalizeRequest', priority: 'low' },
      );
      for (let seed = 1; seed <= some; seed++) {
        const table = `history-${seed}`;
        await createTable(client, table);
        const openStore = async (now: () => number) => dynamodbStore({ client, table, now });
        const trouble = seed % 2 === 1 ? { delegations: true, jobs: true } : {};
        const { problems } = await history(seed, { openStore, trouble });
        expect({ seed, problems }).toEqual({ seed, problems: [] });
      }
      expect(calls).toBeGreaterThan(100);
      client.destroy();
    });
  });
} else {
  test(`the history of seed ${SEED}`, async () => {
    const { problems, log } = await history(Number(SEED));
    process.stderr.write(`${log.map((line) => JSON.stringify(line)).join('\n')}\n`);
    expect(problems).toEqual([]);
  });
}
