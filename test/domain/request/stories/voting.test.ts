import type { Command } from '../../../../src/domain/request/command.js';
import { given } from '../../../support/given.js';
import {
  active,
  allowed,
  ana,
  approved,
  bob,
  candidates,
  chain,
  closed,
  ending,
  forbidden,
  kim,
  min,
  newRuling,
  pending,
  sam,
  voted,
} from '../../../support/requests.js';

type VoteCommand = Extract<Command, { type: 'Approve' | 'Deny' }>;
const approve = (over: Partial<VoteCommand> = {}): Command => ({
  type: 'Approve',
  at: min(2),
  by: bob,
  stage: 'manager',
  revision: 0,
  verdict: allowed,
  candidates,
  ...over,
});
const deny = (over: Partial<VoteCommand> = {}): Command =>
  approve({ type: 'Deny', text: 'not today', ...over });

const twoStages = pending('manager, 2 of security');
const atSecurity = [...twoStages, voted(bob, 'manager')];
const bySam = { by: sam, stage: 'security' };

describe.each([
  ['an approval', approve],
  ['a denial', deny],
])('%s is refused', (_, command) => {
  test('when there is no such request', () => {
    given([]).when(command()).thenRefused('unknown-request');
  });

  test.each([
    ['approved', approved],
    ['active', active],
    ['ending', ending],
  ] as const)('when the request is already %s', (status, history) => {
    given([...history])
      .when(command())
      .thenRefused('not-pending', { status });
  });

  test('when the request is closed, and says how it ended', () => {
    given(closed).when(command()).thenRefused('not-pending', { status: 'closed', outcome: 'expired' });
  });

  test('from the instant at which the request lapses, even before the lapse is on record', () => {
    given(twoStages)
      .when(command({ at: min(480) }))
      .thenRefused('not-pending', { status: 'closed', outcome: 'lapsed' });
  });

  test('invariant 8: when the card was made for an older chain', () => {
    given([
      ...twoStages,
      { type: 'ChainChanged', at: min(1), by: 'jit', chain: chain('manager'), ruling: newRuling },
    ])
      .when(command())
      .thenRefused('stale-card');
  });

  test('invariant 8: when the stage is none of this request', () => {
    given(twoStages)
      .when(command({ stage: 'dba' }))
      .thenRefused('stale-card');
  });

  test.each([
    ['the requester', ana],
    ["the requester's e-mail with another Slack account", { ...bob, email: ana.email }],
    ["the requester's Slack account with another e-mail", { ...ana, email: bob.email }],
  ])('invariant 3: when it comes from %s', (_who, by) => {
    given(twoStages).when(command({ by })).thenRefused('own-request');
  });

  test.each([
    ["an earlier voter's e-mail with another Slack account", { ...sam, email: bob.email }],
    ["an earlier voter's Slack account with another e-mail", { ...bob, email: sam.email }],
    [
      "an earlier voter's e-mail and account of another workspace",
      { ...bob, account: { ...bob.account, tenant: 'T2' } },
    ],
  ])('invariant 3: when it comes from %s', (_who, by) => {
    given(atSecurity)
      .when(command({ by, stage: 'security' }))
      .thenRefused('identity-changed');
  });

  test('when its stage has not been reached', () => {
    given(twoStages)
      .when(command(bySam))
      .thenRefused('stage-not-open', { stage: 'security', open: 'manager' });
  });

  test('when its stage is done', () => {
    given(atSecurity)
      .when(command({ by: sam, stage: 'manager' }))
      .thenRefused('stage-not-open', { stage: 'manager', open: 'security', passed: true });
  });

  test('when all stages are done and the approval is being confirmed', () => {
    given(pending('manager', voted(bob, 'manager')))
      .when(command({ by: sam }))
      .thenRefused('stage-not-open', { stage: 'manager', open: '' });
  });

  test('invariant 3: when the person is not of the stage, whatever Cedar says', () => {
    given(twoStages)
      .when(command({ by: sam }))
      .thenRefused('not-in-stage', { stage: 'manager' });
  });

  test('invariant 4: when it is not known who is of the stage', () => {
    given(twoStages)
      .when(command({ candidates: {} }))
      .thenRefused('not-in-stage', { stage: 'manager' });
  });

  test('invariant 3: when Cedar denies, whoever the person is', () => {
    given(twoStages)
      .when(command({ verdict: forbidden }))
      .thenRefused('denied-by-policy', {
        policies: ['no-self-approval'],
        advice: ['ask somebody else'],
        errors: [],
      });
  });
});

test('invariant 3: a person who has approved one stage cannot approve another', () => {
  given(atSecurity)
    .when(
      approve({
        stage: 'security',
        candidates: { ...candidates, security: [bob.email, sam.email, kim.email] },
      }),
    )
    .thenRefused('already-voted');
});

test('invariant 3: a person cannot approve one stage twice', () => {
  given([...atSecurity, voted(sam, 'security')])
    .when(approve(bySam))
    .thenRefused('already-voted');
});

test('an approval that would leave too few people for the rest is refused, and names the stage', () => {
  const scarce = { manager: [bob.email, sam.email], security: [sam.email, kim.email] };
  given(twoStages)
    .when(approve({ by: sam, candidates: scarce }))
    .thenRefused('would-strand', { stage: 'security' });
});

test('a denial needs no such care: it ends the request', () => {
  const scarce = { manager: [bob.email, sam.email], security: [sam.email, kim.email] };
  given(twoStages)
    .when(deny({ by: sam, candidates: scarce }))
    .then([
      {
        type: 'RequestDenied',
        at: min(2),
        by: sam,
        reason: { code: 'vote', stage: 'manager', text: 'not today' },
      },
    ]);
});

test.each([undefined, '', '  \n'])('a denial without a reason (%j) is refused', (text) => {
  const { text: _, ...silent } = deny() as VoteCommand;
  given(twoStages)
    .when(text === undefined ? silent : { ...silent, text })
    .thenRefused('reason-missing');
});

test('an approval by the right person is a vote on record', () => {
  given(twoStages)
    .when(approve())
    .then([
      {
        type: 'Voted',
        at: min(2),
        by: bob,
        vote: { stage: 'manager', by: bob, at: min(2), policies: ['approve'] },
      },
    ]);
});

test('the second stage opens when the first has its quorum, and counts distinct people', () => {
  given([...atSecurity, voted(sam, 'security')])
    .when(approve({ by: kim, stage: 'security' }))
    .then([expect.objectContaining({ type: 'Voted', by: kim })]);
});

test('one denial closes, its reason trimmed, also by one who has approved before', () => {
  given([...atSecurity, voted(sam, 'security')])
    .when(deny({ ...bySam, text: ' I looked again ' }))
    .then([
      {
        type: 'RequestDenied',
        at: min(2),
        by: sam,
        reason: { code: 'vote', stage: 'security', text: 'I looked again' },
      },
    ]);
});
