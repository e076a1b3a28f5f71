import * as fc from 'fast-check';
import type { Aws } from '../../src/grants/index.js';
import { stsSession } from '../../src/grants/sts-session/provisioner.js';
import { GrantFault, type Credentials } from '../../src/ports/access.js';
import { grantOf, OTHER, pinned, START } from '../support/grants.js';

// How long AWS takes the keys that people are shown, against the end that they were promised.

const MINTS = 1_000;
const ROLE = `arn:aws:iam::${OTHER}:role/jit/OrdersDbAdmin`;
const grant = pinned('sts-session', { roleArn: ROLE });

/** STS with a clock of its own, whose answers take as long as they take. It knows whole seconds only. */
function slowAws(time: { now: number }, ahead: number, waits: number[]): Aws {
  const answering = (end: (seconds: number) => number) => ({
    send: async ({ input }: { input: { DurationSeconds: number } }) => {
      const [there = 0, back = 0] = waits.splice(0, 2);
      time.now += there;
      const Expiration = new Date(Math.floor(end(input.DurationSeconds) / 1000) * 1000);
      time.now += back;
      return {
        Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't', Expiration },
      };
    },
  });
  const clock = () => time.now + ahead;
  return {
    sts: answering((seconds) => clock() + seconds * 1000),
    stsAs: () => answering((seconds) => clock() + seconds * 1000),
    externalId: () => undefined,
    region: async () => 'eu-west-1',
  } as unknown as Aws;
}

test('invariant 1: of 1,000 mints, none gives keys that AWS takes past the end of the lease', async () => {
  const wait = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 10, max: 400 }) },
    { weight: 1, arbitrary: fc.integer({ min: 400, max: 4_000 }) },
  );
  const samples = fc.sample(
    fc.record({
      left: fc.oneof(
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 12_000 }) },
        { weight: 3, arbitrary: fc.integer({ min: 1, max: 5 * 3_600_000 }) },
      ),
      begun: fc.integer({ min: 0, max: 999 }),
      // As far as the engine lets the clocks be apart.
      ahead: fc.integer({ min: -5_000, max: 5_000 }),
      waits: fc.array(wait, { minLength: 6, maxLength: 6 }),
    }),
    { numRuns: MINTS, seed: 20261129 },
  );
  const over: number[] = [];
  const refusals: string[] = [];
  for (const { left, begun, ahead, waits } of samples) {
    const time = { now: START + begun };
    const endsAt = time.now + left;
    const of = grantOf(grant, { lease: { startsAt: time.now, endsAt } });
    const provisioner = stsSession({
      aws: slowAws(time, ahead, [...waits]),
      signinUrl: 'http://127.0.0.1:1',
      now: () => time.now,
    });
    const keys = await provisioner.mint!(of, time.now).catch((error: unknown): Credentials | undefined => {
      refusals.push((error as GrantFault).code);
      return undefined;
    });
    if (keys) over.push(keys.expiresAt - endsAt);
  }
  expect(over.filter((one) => one > 0)).toEqual([]);
  expect(over.length).toBeGreaterThan(MINTS * 0.6);
  expect([...new Set(refusals)].sort()).toEqual(['Ended', 'TooLate', 'TooLong']);
});
