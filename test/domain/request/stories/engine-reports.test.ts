import type { Command } from '../../../../src/domain/request/command.js';
import type { Event } from '../../../../src/domain/request/event.js';
import type { Reason } from '../../../../src/domain/request/state.js';
import { given } from '../../../support/given.js';
import {
  active,
  approved,
  attempting,
  closed,
  closedAs,
  complete,
  ending,
  lease,
  min,
  pending,
  proof,
  started,
  submitted,
} from '../../../support/requests.js';

const noRoom: Reason = { code: 'no-room', used: 1900, needed: 300, limit: 2048, principal: 'user ana.lopez' };
const broken: Reason = { code: 'aws', error: 'AccessDenied', hint: 'let the bot write policies' };
const cancelled = [...pending('manager'), { type: 'RequestCancelled', at: min(1), by: 'jit' } as const];
const gone = (checkedAt: number): Command => ({
  type: 'RecordGone',
  at: min(70),
  proof: { ...proof, checkedAt },
});
const unchecked = [submitted('manager')];

test.each<Command>([
  { type: 'Tick', at: min(1) },
  { type: 'PassPreflight', at: min(1) },
  { type: 'FailPreflight', at: min(1), reason: noRoom },
  { type: 'AttemptProvision', at: min(1), until: min(2) },
  { type: 'RecordProvisioned', at: min(1), receipt: {} },
  { type: 'FailProvision', at: min(1), reason: broken },
  { type: 'AttemptMint', at: min(1), permittedAt: min(1) },
  { type: 'RefuseMint', at: min(1), reason: broken },
  { type: 'RecordMint', at: min(1), accessKeyId: 'ASIA1', expiresAt: min(60) },
  { type: 'RecordGone', at: min(1), proof },
  { type: 'RecordCleanUp', at: min(1) },
])('$type about an unknown request is refused', (command) => {
  given([]).when(command).thenRefused('unknown-request');
});

describe('the look at AWS before approvers are asked', () => {
  test('means nothing when it was made before, or the request is past it', () => {
    for (const history of [pending('manager'), approved, cancelled]) {
      given(history)
        .when({ type: 'PassPreflight', at: min(1) })
        .thenNothing();
      given(history)
        .when({ type: 'FailPreflight', at: min(1), reason: noRoom })
        .thenNothing();
    }
  });

  test('denies the request with its evidence', () => {
    given(unchecked)
      .when({ type: 'FailPreflight', at: min(1), reason: noRoom })
      .then([{ type: 'RequestDenied', at: min(1), by: 'jit', reason: noRoom }]);
  });

  test('passes, with a note where there is one', () => {
    given(unchecked)
      .when({ type: 'PassPreflight', at: min(1) })
      .then([{ type: 'PreflightPassed', at: min(1), by: 'jit' }]);
    given(unchecked)
      .when({ type: 'PassPreflight', at: min(1), note: 'could not be checked' })
      .then([{ type: 'PreflightPassed', at: min(1), by: 'jit', note: 'could not be checked' }]);
  });
});

describe('provisioning', () => {
  test.each([
    ['pending', complete],
    ['active', active],
    ['ending', ending],
    ['closed', closed],
  ])('invariant 2: is neither begun, made nor failed while the request is %s', (_, history) => {
    given(history)
      .when({ type: 'AttemptProvision', at: min(5), until: min(6) })
      .thenNothing();
    given(history)
      .when({ type: 'RecordProvisioned', at: min(5), receipt: {} })
      .thenNothing();
    given(history)
      .when({ type: 'FailProvision', at: min(5), reason: broken })
      .thenNothing();
  });

  test('invariant 1: does not begin at the end of the lease or later', () => {
    given(approved)
      .when({ type: 'AttemptProvision', at: lease.endsAt, until: min(70) })
      .thenNothing();
  });

  test('is on record before it begins, each time', () => {
    for (const history of [approved, attempting]) {
      given(history)
        .when({ type: 'AttemptProvision', at: min(5), until: min(6) })
        .then([{ type: 'ProvisionAttempted', at: min(5), by: 'jit', until: min(6) }]);
    }
  });

  test('makes the access active, with the receipt', () => {
    given(attempting)
      .when({ type: 'RecordProvisioned', at: min(6), receipt: { policy: 'jit-r1' } })
      .then([{ type: 'GrantProvisioned', at: min(6), by: 'jit', receipt: { policy: 'jit-r1' } }]);
  });

  test('that failed for good ends the access all the same: an ambiguous call may have landed', () => {
    given(attempting)
      .when({ type: 'FailProvision', at: min(6), reason: broken })
      .then([{ type: 'RevocationStarted', at: min(6), by: 'jit', cause: 'failed', reason: broken }]);
  });
});

describe('minting', () => {
  test.each([
    ['pending', complete],
    ['approved', approved],
    ['ending', ending],
    ['closed', closed],
  ])('does not begin while the request is %s', (_, history) => {
    given(history)
      .when({ type: 'AttemptMint', at: min(7), permittedAt: min(7) })
      .thenNothing();
  });

  test('invariant 1: does not begin from the end of the lease', () => {
    given(active)
      .when({ type: 'AttemptMint', at: lease.endsAt, permittedAt: min(1) })
      .thenNothing();
    given(active)
      .when({ type: 'AttemptMint', at: lease.endsAt - 1, permittedAt: min(1) })
      .then([{ type: 'MintAttempted', at: lease.endsAt - 1, by: 'jit', permittedAt: min(1) }]);
  });

  test('is on record with the key and its expiry, and also when it came too late', () => {
    for (const history of [active, ending, closed]) {
      given(history)
        .when({ type: 'RecordMint', at: min(7), accessKeyId: 'ASIA1', expiresAt: min(65) })
        .then([
          { type: 'CredentialsMinted', at: min(7), by: 'jit', accessKeyId: 'ASIA1', expiresAt: min(65) },
        ]);
    }
    given(complete)
      .when({ type: 'RecordMint', at: min(7), accessKeyId: 'ASIA1', expiresAt: min(65) })
      .thenNothing();
  });
});

describe('the end', () => {
  const endingEarly = [...attempting, started('failed')];

  test.each([
    ['pending', complete],
    ['approved', approved],
    ['active', active],
    ['closed', closed],
  ])('is not recorded while the request is %s', (_, history) => {
    given(history)
      .when(gone(min(70)))
      .thenNothing();
  });

  test('invariant 5: a look no later than the last provisioning call may land proves nothing', () => {
    given(endingEarly)
      .when(gone(min(6)))
      .thenNothing();
    given(endingEarly)
      .when(gone(min(6) + 1))
      .then([
        {
          type: 'RequestClosed',
          at: min(70),
          by: 'jit',
          outcome: 'failed',
          proof: { ...proof, checkedAt: min(6) + 1 },
        },
      ]);
  });

  test('closes with the cause for which it ended', () => {
    given(ending)
      .when(gone(min(70)))
      .then([expect.objectContaining({ type: 'RequestClosed', outcome: 'expired' })]);
  });

  test('what was left standing is cleaned up only after closing, and only where there was access', () => {
    given(ending)
      .when({ type: 'RecordCleanUp', at: min(80) })
      .thenNothing();
    given(cancelled)
      .when({ type: 'RecordCleanUp', at: min(80) })
      .thenNothing();
    given(closed)
      .when({ type: 'RecordCleanUp', at: min(80) })
      .thenNothing();
    given([...ending, closedAs('expired', min(75))])
      .when({ type: 'RecordCleanUp', at: min(80) })
      .then([{ type: 'CleanedUp', at: min(80), by: 'jit' }]);
  });

  test('invariant 5: it is cleaned up once on record, whoever was slow', () => {
    const [first, ...rest] = [...ending, closedAs('expired', min(75))];
    const cleaned: Event = { type: 'CleanedUp', at: min(80), by: 'jit' };
    given([{ ...first, format: 2 } as Event, ...rest, cleaned])
      .when({ type: 'RecordCleanUp', at: min(81) })
      .thenNothing();
  });
});
