/** @project long */
import * as fc from 'fast-check';
import type { Cause } from '../../../src/domain/request/state.js';
import type { Event } from '../../../src/domain/request/event.js';
import { realCore } from './core.js';
import { histories, live, type History } from './histories.js';
import { laws } from './laws.js';
import type { World } from './world.js';
import { upcastEvent } from '../../../src/domain/record/upcast.js';
import { tries } from '../../support/tries.js';

/** In CI many; on a desk enough to notice. */
const NUMBER = Number(process.env['JIT_HISTORIES'] ?? tries(3_000, 50_000));
const seed = 20_261_120;

type Kind = Event['type'] | `RevocationStarted: ${Cause}` | 'a conflict';
const EVERYTHING: Kind[] = [
  'RequestSubmitted',
  'RequestRefused',
  'PreflightPassed',
  'Voted',
  'DurationShortened',
  'QuestionAsked',
  'QuestionAnswered',
  'VotesVoided',
  'ChainChanged',
  'RequestApproved',
  'RequestDenied',
  'RequestCancelled',
  'RequestLapsed',
  'ProvisionAttempted',
  'GrantProvisioned',
  'EndAnnounced',
  'MintRequested',
  'MintAttempted',
  'CredentialsMinted',
  'RevocationStarted: expired',
  'RevocationStarted: failed',
  'RevocationStarted: released',
  'RevocationStarted: revoked',
  'RequestClosed',
  'CleanedUp',
  'a conflict',
];

describe(`in ${NUMBER} random histories`, () => {
  const seen = new Map<Kind, number>();
  let result: fc.RunDetails<[History]>;

  beforeAll(() => {
    const property = fc.property(histories, (history) => {
      const { broken, world } = live(realCore, history, laws);
      for (const kind of kindsIn(world)) seen.set(kind, (seen.get(kind) ?? 0) + 1);
      if (broken) throw new Error(broken.name);
    });
    result = fc.check(property, { seed, numRuns: NUMBER });
  }, 300_000);

  test.each(laws)('$name', ({ name }) => {
    const error = result.errorInstance;
    const broken = error instanceof Error && error.message === name;
    expect(broken && fc.defaultReportMessage(result)).toBe(false);
  });

  test('the core never faults: no history is impossible', () => {
    expect(result.failed && fc.defaultReportMessage(result)).toBe(false);
    expect(result.numRuns).toBe(NUMBER);
  });

  test.each(EVERYTHING)('%s occurs often enough to matter', (kind) => {
    expect(seen.get(kind) ?? 0).toBeGreaterThanOrEqual(NUMBER / 1000);
  });
});

function kindsIn({ records, notes }: World): Kind[] {
  const kinds = records.map(({ event: stored }): Kind => {
    const event = upcastEvent(stored);
    return event.type === 'RevocationStarted' ? `RevocationStarted: ${event.cause}` : event.type;
  });
  return notes.conflicts > 0 ? [...kinds, 'a conflict'] : kinds;
}
