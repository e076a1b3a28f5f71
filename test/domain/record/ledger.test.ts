import {
  examineLedger,
  isLedgerName,
  personLedger,
  sealInLedger,
  type LedgerEvent,
  type LedgerHead,
  type LedgerRecord,
  type PersonLedger,
} from '../../../src/domain/record/ledger.js';
import type { DelegationFact } from '../../../src/domain/delegation.js';
import { applyToLedger } from '../../../src/domain/record/ledger-head.js';
import { NO_TAIL } from '../../../src/domain/record/seal.js';
import { ana, bob, ledgerOf, TEN } from '../../support/heads.js';

const ANA = personLedger(ana.account);
const DAY = 86_400_000;
const delegation = { from: ana, to: bob, since: TEN, until: TEN + DAY };
const begun = { type: 'DelegationStarted', at: TEN, by: ana, delegation } as const;
const ended = { type: 'DelegationEnded', at: TEN + 2, by: ana } as const;
const fact = (type: LedgerEvent['type'], at = TEN): LedgerEvent => ({ type, at, by: ana });
const whole = ledgerOf(ANA, [begun, fact('PairingConfirmed', TEN + 1), ended]);
const codes = (records: LedgerRecord[], head: (typeof whole)['head'] | undefined = whole.head) =>
  examineLedger(ANA, { ...(head && { head }), records }).map(({ code, n }) => [code, n]);

describe('invariant 12: what is on record in a ledger', () => {
  test('is whole as it was written, and so is a ledger that has only a note', () => {
    expect(codes(whole.records)).toEqual([]);
    expect(codes([], ledgerOf(ANA).head)).toEqual([]);
  });

  test('is found altered, missing, cut off or without its HEAD', () => {
    const [one, two, three] = whole.records as [LedgerRecord, LedgerRecord, LedgerRecord];
    expect(codes([one, { ...two, event: { ...two.event, by: bob } }, three])).toEqual([['altered', 2]]);
    expect(codes([one, three])).toEqual([['missing', 2]]);
    expect(codes([one, two])).toEqual([['cut-off', undefined]]);
    expect(codes([])).toEqual([['cut-off', undefined]]);
    expect(examineLedger(ANA, { records: whole.records }).map(({ code }) => code)).toEqual(['no-head']);
  });

  test('cannot be moved into another ledger, not even under its name', () => {
    const name = personLedger(bob.account);
    const moved = whole.records.map((record) => ({ ...record, ledger: name }));
    const { head } = ledgerOf(name, [begun]);
    expect(examineLedger(name, { head, records: whole.records })).toMatchObject([{ code: 'foreign', n: 1 }]);
    expect(examineLedger(name, { head: { ...head, tail: whole.head.tail }, records: moved })).toMatchObject([
      { code: 'altered', n: 1 },
    ]);
  });

  test('is of its kind: no lockdown stands in what a person has said, and no fact that jit does not know', () => {
    const { head, records } = ledgerOf(ANA, [fact('LockdownLifted')]);
    expect(codes(records, head)).toEqual([['impossible', 1]]);
    const own = ledgerOf('JIT#lockdowns', [fact('LockdownStarted')]);
    expect(examineLedger('JIT#lockdowns', own)).toEqual([]);
    const odd = sealInLedger(ANA, NO_TAIL, { ...fact('PairingEnded'), type: 'Nonsense' as 'PairingEnded' });
    expect(codes([odd], { ...head, tail: { n: 1, hash: odd.hash } })).toEqual([['impossible', 1]]);
  });
});

describe('invariant 12: who stands in for somebody', () => {
  const said = (facts: DelegationFact[], change: Partial<LedgerHead<PersonLedger>> = {}) => {
    const { head, records } = applyToLedger(ANA, undefined, facts);
    return examineLedger(ANA, { head: { ...head, ...change }, records }).map(({ code, what }) => [
      code,
      what,
    ]);
  };
  const changed = (change: object) => ({ ...begun, delegation: { ...delegation, ...change } });
  const eve = { email: 'eve@corp.example', account: { ...ana.account, id: 'U0EVE' } };

  test.each<[string, DelegationFact[]]>([
    ['one that stands', [begun]],
    ['one that was ended by who is away', [begun, ended]],
    ['one whose time was over', [begun, { ...ended, at: TEN + DAY, by: 'jit' }]],
    ['one that somebody ended whom policies let audit', [begun, { ...ended, by: eve, policies: ['audit'] }]],
    ['one after another', [begun, ended, begun, { ...ended, by: { ...ana, email: 'ana@new.example' } }]],
    ['one of thirty days', [changed({ until: TEN + 30 * DAY })]],
  ])('is believed of %s', (_, facts) => {
    expect(said(facts)).toEqual([]);
  });

  test.each<[string, DelegationFact[], string]>([
    ['a second beside the first', [begun, begun], 'a second delegation was begun beside the first'],
    ['one of somebody else’s', [changed({ from: eve })], 'it delegates what is somebody else’s'],
    ['one that another began', [{ ...begun, by: bob }], 'it was begun by another than who is away'],
    ['one to themselves', [changed({ to: ana })], 'somebody was to stand in for themselves'],
    [
      'one to half of themselves',
      [changed({ to: { ...bob, email: ana.email } })],
      'somebody was to stand in for themselves',
    ],
    [
      'one that began at another time',
      [changed({ since: TEN - 1 })],
      'it began at another time than its record',
    ],
    [
      'one without an end',
      [changed({ until: undefined })],
      'it ends before it began, or later than is let through',
    ],
    [
      'one that ends at once',
      [changed({ until: TEN })],
      'it ends before it began, or later than is let through',
    ],
    [
      'one of more than thirty days',
      [changed({ until: TEN + 30 * DAY + 1 })],
      'it ends before it began, or later than is let through',
    ],
    ['one to nobody', [changed({ to: { email: 'bob@corp.example' } })], 'its delegation is not whole'],
    ['one with more in it', [changed({ forever: true })], 'its delegation is not whole'],
    ['one with more beside it', [{ ...begun, policies: ['x'] } as never], 'its delegation is not whole'],
    ['none', [{ ...begun, delegation: undefined } as never], 'its delegation is not whole'],
    ['an end that nothing came before', [ended], 'a delegation was ended that nobody had begun'],
    ['an early end by nobody', [begun, { ...ended, by: 'jit' }], 'it was ended before its time by nobody'],
    [
      'an end by somebody whom nothing permits it',
      [begun, { ...ended, by: bob }],
      'it was ended by somebody else without a policy that permits it',
    ],
    [
      'an end by somebody whom no policy permits it',
      [begun, { ...ended, by: bob, policies: [] }],
      'it was ended by somebody else without a policy that permits it',
    ],
    [
      'an end that needs no policy',
      [begun, { ...ended, policies: ['audit'] }],
      'policies were named of what needs none',
    ],
    [
      'an end by an operator',
      [begun, { ...ended, by: { operator: 'arn' } as never }],
      'it was ended by nobody',
    ],
    ['an end with more in it', [begun, { ...ended, delegation } as never], 'its end is not whole'],
    ['no time', [{ ...begun, at: 'now' } as never], 'its time is none'],
  ])('is doubted of %s', (_, facts, what) => {
    expect(said(facts)).toContainEqual(['unlawful', what]);
  });

  test('is what HEAD says: that alone is looked at when somebody votes', () => {
    const state = [['state', 'HEAD says otherwise than its records who stands in for the person']];
    expect(said([begun], { delegation: { ...delegation, to: eve } })).toEqual(state);
    expect(said([], { delegation })).toEqual(state);
    const { delegation: _, ...head } = applyToLedger(ANA, undefined, [begun]).head;
    const { records } = applyToLedger(ANA, undefined, [begun]);
    expect(examineLedger(ANA, { head, records })).toHaveLength(1);
  });
});

test('a ledger owes what it has to tell from the write on, and is due when that is, or its delegation ends', () => {
  const first = applyToLedger(ANA, undefined, [begun]);
  expect(first.head).toMatchObject({
    version: 1,
    delegation,
    dueAt: TEN,
    outbox: [{ id: '1', what: 'started', attempts: 0, notBefore: TEN }],
  });
  const told = applyToLedger(ANA, first.head, [], () => []);
  expect([told.head.dueAt, told.head.outbox, told.records]).toEqual([TEN + DAY, undefined, []]);
  const over = applyToLedger(ANA, told.head, [{ ...ended, by: bob, policies: ['audit'] }]);
  expect(over.head).toMatchObject({
    outbox: [{ id: '2', what: 'ended', delegation, by: bob }],
    dueAt: TEN + 2,
  });
  expect(over.head.delegation).toBeUndefined();
});

test('a ledger is named by its account, whatever its e-mail; a request is none', () => {
  expect(ANA).toBe(`PERSON#slack/${ana.account.tenant}/U0ANA`);
  expect(['JIT#lockdowns', ANA].every(isLedgerName)).toBe(true);
  expect(['JIT#', '01JIT0000000000000000000A1', 'xPERSON#a', 'GRANT#1', ''].filter(isLedgerName)).toEqual([]);
});
