import {
  examineLedger,
  isLedgerName,
  personLedger,
  sealInLedger,
  type LedgerEvent,
  type LedgerRecord,
} from '../../../src/domain/record/ledger.js';
import { NO_TAIL } from '../../../src/domain/record/seal.js';
import { ana, bob, ledgerOf, TEN } from '../../support/heads.js';

const ANA = personLedger(ana.account);
const fact = (type: LedgerEvent['type'], at = TEN): LedgerEvent => ({ type, at, by: ana });
const whole = ledgerOf(ANA, [
  fact('DelegationStarted'),
  fact('PairingConfirmed', TEN + 1),
  fact('DelegationEnded', TEN + 2),
]);
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
    const { head } = ledgerOf(name, [fact('DelegationStarted')]);
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

test('a ledger is named by its account, whatever its e-mail; a request is none', () => {
  expect(ANA).toBe(`PERSON#slack/${ana.account.tenant}/U0ANA`);
  expect(['JIT#lockdowns', ANA].every(isLedgerName)).toBe(true);
  expect(['JIT#', '01JIT0000000000000000000A1', 'xPERSON#a', 'GRANT#1', ''].filter(isLedgerName)).toEqual([]);
});
