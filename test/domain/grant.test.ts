import { evolveGrant, grantDue, grantFrom, type Grant } from '../../src/domain/grant.js';
import type { Event } from '../../src/domain/request/event.js';
import type { Pending } from '../../src/domain/request/state.js';
import { replay } from '../support/given.js';
import {
  ana,
  attempted,
  closedAs,
  complete,
  grant,
  lease,
  min,
  proof,
  provisioned,
  voted,
  bob,
} from '../support/requests.js';

const from = (type: Event['type'], over: object = {}): Event =>
  ({ type, at: min(9), by: 'jit', ...over }) as Event;
const made = grantFrom(replay(complete) as Pending, { lease });
const after = (...events: Event[]): Grant => events.reduce(evolveGrant, made);
const gone = (over: object = {}): Event =>
  ({ ...closedAs('expired'), proof: { ...proof, ...over } }) as Event;

test('invariant 2: a grant holds all that taking access away needs', () => {
  expect(made).toStrictEqual({
    requestId: 'r1',
    requester: ana,
    entitlement: 'orders-db-admin',
    grant,
    lease,
    settledBy: lease.startsAt,
  });
});

test('a grant remembers attempts, receipt, mints, proof and clean-up', () => {
  expect(after(attempted, provisioned, from('MintAttempted'), gone(), from('CleanedUp'))).toStrictEqual({
    ...made,
    settledBy: min(6),
    receipt: { policy: 'jit-r1' },
    lastMintAt: min(9),
    gone: proof,
    cleanedUp: true,
  });
});

test('invariant 5: an attempt that is recorded late never shortens the wait for calls that may land', () => {
  expect(after(attempted, { ...attempted, until: min(1) } as Event).settledBy).toBe(min(6));
});

test('what does not concern access leaves the grant as it is', () => {
  expect(
    after(voted(bob, 'manager'), from('EndAnnounced'), from('RevocationStarted', { cause: 'revoked' })),
  ).toBe(made);
});

describe('a grant is due', () => {
  test('invariant 2: at its end until it is proven gone, whatever HEAD says', () => {
    expect(grantDue(made)).toBe(lease.endsAt);
    expect(grantDue(after(attempted, provisioned, from('RevocationStarted', { cause: 'released' })))).toBe(
      lease.endsAt,
    );
  });

  test('then when what was left standing may be cleared away, until it is', () => {
    expect(grantDue(after(gone({ cleanUpAt: min(99) })))).toBe(min(99));
    expect(grantDue(after(gone({ cleanUpAt: min(99) }), from('CleanedUp')))).toBeUndefined();
  });

  test('and never again when nothing was left', () => {
    expect(grantDue(after(gone()))).toBeUndefined();
  });
});
