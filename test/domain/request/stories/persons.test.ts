import type { Command } from '../../../../src/domain/request/command.js';
import { given } from '../../../support/given.js';
import {
  active,
  allowed,
  ana,
  approved,
  bob,
  closed,
  ending,
  forbidden,
  min,
  pending,
  sam,
} from '../../../support/requests.js';

type Of<T> = Extract<Command, { type: T }>;
const cancel = (over: Partial<Of<'Cancel'>> = {}): Command => ({
  type: 'Cancel',
  at: min(10),
  by: ana,
  ...over,
});
const revoke = (over: Partial<Of<'Revoke'>> = {}): Command => ({
  type: 'Revoke',
  at: min(10),
  by: ana,
  verdict: forbidden,
  text: '',
  ...over,
});
const mint = (over: Partial<Of<'RequestMint'>> = {}): Command => ({
  type: 'RequestMint',
  at: min(10),
  by: ana,
  waiting: 'V1',
  ...over,
});

describe.each([
  ['cancelling', cancel, pending('manager')],
  ['revoking', revoke, active],
  ['asking for credentials', mint, active],
])('%s is refused', (_, command, history) => {
  test('when there is no such request', () => {
    given([]).when(command()).thenRefused('unknown-request');
  });

  test.each([
    ["the requester's e-mail with another Slack account", { ...sam, email: ana.email }],
    ["the requester's Slack account with another e-mail", { ...ana, email: sam.email }],
    ["the requester's account of another workspace", { ...ana, account: { ...ana.account, tenant: 'T2' } }],
  ])('invariant 8: to %s, even where policy allows it', (_who, by) => {
    given(history)
      .when({ ...command({ by }), verdict: allowed } as Command)
      .thenRefused('identity-changed');
  });
});

describe('cancelling', () => {
  test("is refused for somebody else's request", () => {
    given(pending('manager'))
      .when(cancel({ by: bob }))
      .thenRefused('not-yours');
  });

  test('is refused once access was approved: that is handed back instead', () => {
    given(approved).when(cancel()).thenRefused('not-pending', { status: 'approved' });
    given(active).when(cancel()).thenRefused('not-pending', { status: 'active' });
    given(closed).when(cancel()).thenRefused('not-pending', { status: 'closed', outcome: 'expired' });
  });

  test("closes one's own pending request", () => {
    given(pending('manager'))
      .when(cancel())
      .then([{ type: 'RequestCancelled', at: min(10), by: ana }]);
  });
});

describe('revoking', () => {
  test("somebody else's access is refused where policy does not allow it, whatever the state", () => {
    const evidence = { policies: ['no-self-approval'], advice: ['ask somebody else'], errors: [] };
    given(active)
      .when(revoke({ by: bob }))
      .thenRefused('denied-by-policy', evidence);
    given(closed)
      .when(revoke({ by: bob }))
      .thenRefused('denied-by-policy', evidence);
  });

  test('is refused where there is no access to take back', () => {
    given(pending('manager')).when(revoke()).thenRefused('not-active', { status: 'pending' });
    given(closed)
      .when(revoke({ by: bob, verdict: allowed }))
      .thenRefused('not-active', { status: 'closed', outcome: 'expired' });
  });

  test('what is ending already changes nothing more, for whoever may end it', () => {
    given(ending).when(revoke()).thenNothing();
    given(ending)
      .when(revoke({ by: bob, verdict: allowed }))
      .thenNothing();
    given(ending)
      .when(revoke({ by: bob }))
      .thenRefused('denied-by-policy', {
        policies: ['no-self-approval'],
        advice: ['ask somebody else'],
        errors: [],
      });
  });

  test("one's own access hands it back, without asking policy", () => {
    given(active)
      .when(revoke())
      .then([{ type: 'RevocationStarted', at: min(10), by: ana, cause: 'released' }]);
  });

  test('access that is approved and not yet made can be handed back too', () => {
    given(approved)
      .when(revoke({ text: 'no longer needed' }))
      .then([
        {
          type: 'RevocationStarted',
          at: min(10),
          by: ana,
          cause: 'released',
          reason: { code: 'taken-back', text: 'no longer needed' },
        },
      ]);
  });

  test("somebody else's access takes it back, with the policies that allowed it and the reason", () => {
    given(active)
      .when(revoke({ by: bob, verdict: allowed, text: 'wrong database' }))
      .then([
        {
          type: 'RevocationStarted',
          at: min(10),
          by: bob,
          cause: 'revoked',
          policies: ['approve'],
          reason: { code: 'taken-back', text: 'wrong database' },
        },
      ]);
  });
});

describe('asking for credentials', () => {
  test("is refused for somebody else's access", () => {
    given(active)
      .when(mint({ by: bob }))
      .thenRefused('not-yours');
  });

  test('is refused before there is access', () => {
    given(approved).when(mint()).thenRefused('not-active', { status: 'approved' });
  });

  test('invariant 1: is refused from the end of the lease, even before the end is on record', () => {
    given(active)
      .when(mint({ at: min(65) }))
      .thenRefused('not-active', { status: 'active' });
  });

  test('is refused while access is ending and afterwards', () => {
    given(ending).when(mint()).thenRefused('not-active', { status: 'ending' });
    given(closed).when(mint()).thenRefused('not-active', { status: 'closed', outcome: 'expired' });
  });

  test('records which modal waits', () => {
    given(active)
      .when(mint({ at: min(65) - 1 }))
      .then([{ type: 'MintRequested', at: min(65) - 1, by: ana, waiting: 'V1' }]);
  });
});
