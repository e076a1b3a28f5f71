import { basisOf } from '../../src/workflow/ask-policy.js';

const names = (count: number) => Array.from({ length: count }, (_, n) => `team ${n}`);
const who = (groups: string[]) => ({ email: 'ana@corp.example', groups });

test('what goes on record is names and facts, each name once and in order, and no reason', () => {
  const failed = { onCall: 'PagerDuty answered 500', denials: 'there was no answer within 2 s' };
  const question = { who: who(['web', 'dba', 'web']), given: { liveGrants: 2 }, failed };
  expect(basisOf(question, ['lost', 'gone'])).toEqual({
    groups: ['dba', 'web'],
    unknownGroups: ['gone', 'lost'],
    given: { liveGrants: 2 },
    unknownInputs: ['denials', 'onCall'],
  });
  expect(basisOf({ who: who([]) }, [])).toEqual({ groups: [], given: {} });
});

test('more groups than an event should hold are left out, so that it can always be written', () => {
  expect(basisOf({ who: who(names(1_000)) }, [])).toEqual({ groups: expect.any(Array), given: {} });
  expect(basisOf({ who: who(names(600)), given: { liveGrants: 1 } }, names(401))).toEqual({
    given: { liveGrants: 1 },
  });
  const item = JSON.stringify(basisOf({ who: who(names(1_000).map((name) => name.padEnd(100, '漢'))) }, []));
  expect(Buffer.byteLength(item)).toBeLessThan(400_000);
});
