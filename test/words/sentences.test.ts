import type { Event } from '../../src/domain/request/event.js';
import type { AskedFor, Outcome, Reason, State } from '../../src/domain/request/state.js';
import { pen as mrkdwn } from '../../src/slack/messages/mrkdwn.js';
import { inMinutes, list, only } from '../../src/words/english.js';
import { eventIn, factIn } from '../../src/words/event.js';
import { asWritten, doer, type Pen } from '../../src/words/pen.js';
import { because, becauseCell } from '../../src/words/reason.js';
import { standing, standingOf } from '../../src/words/state.js';
import {
  active,
  ana,
  approved,
  bob,
  closed,
  ending,
  HOUR,
  MINUTE,
  pending,
  T0,
} from '../support/requests.js';
import { stateAfter } from '../support/slack.js';

const HOSTILE = '<!channel> & <@U1>';
const plain: Pen = { ...asWritten, instant: (at) => new Date(at).toISOString().slice(11, 16) };
const [submitted] = pending('manager, 2 of security') as [Extract<Event, { type: 'RequestSubmitted' }>];
const asked: AskedFor = {
  ...submitted.asked,
  entitlement: { ...submitted.asked.entitlement, name: HOSTILE },
};
const policy: Reason = { code: 'policy', policies: ['freeze'], advice: [HOSTILE], errors: [] };

/** One of each type: a new one does not compile until it stands here too. */
const events: { [E in Event as E['type']]: [E, sentence: string] } = {
  RequestSubmitted: [
    { ...submitted, asked },
    `Asked for ${HOSTILE} for 1 hour; needs approval from manager, 2 of security`,
  ],
  RequestRefused: [
    { type: 'RequestRefused', at: T0, by: ana, asked, reason: policy },
    `Asked for ${HOSTILE} for 1 hour; refused at once`,
  ],
  PreflightPassed: [{ type: 'PreflightPassed', at: T0, by: 'jit' }, 'Checked against AWS’s limits'],
  Voted: [
    { type: 'Voted', at: T0, by: bob, vote: { stage: 'manager', by: bob, at: T0, policies: [] } },
    'Approved (manager)',
  ],
  DurationShortened: [
    { type: 'DurationShortened', at: T0, by: bob, from: HOUR, to: 15 * MINUTE, stage: 'manager' },
    'Shortened from 1 hour to 15 minutes',
  ],
  QuestionAsked: [
    { type: 'QuestionAsked', at: T0, by: bob, stage: 'manager', text: HOSTILE },
    `Asked the requester:\n${HOSTILE}`,
  ],
  QuestionAnswered: [
    { type: 'QuestionAnswered', at: T0, by: ana, question: 1, text: HOSTILE },
    `Answered:\n${HOSTILE}`,
  ],
  Reminded: [
    { type: 'Reminded', at: T0, by: 'jit', stage: 'manager', round: 2 },
    'Reminded those who may approve (manager)',
  ],
  StageEscalated: [
    { type: 'StageEscalated', at: T0, by: 'jit', stage: 'manager', to: HOSTILE, why: 'time' },
    `Nobody answered in time (manager); ${HOSTILE} may approve, too`,
  ],
  StartDoubted: [
    { type: 'StartDoubted', at: T0, by: 'jit', reason: { code: 'changed' } },
    'Would not begin at its start, as things are: The catalog has changed since this was asked for, so it is no longer what the approvers saw. Please ask again.',
  ],
  VotesVoided: [
    { type: 'VotesVoided', at: T0, by: 'jit', people: ['a@x', HOSTILE], why: HOSTILE },
    `Votes of a@x and ${HOSTILE} no longer count: ${HOSTILE}`,
  ],
  ChainChanged: [
    { type: 'ChainChanged', at: T0, by: 'jit', chain: [], ruling: submitted.asked.ruling },
    'Now needs no approval',
  ],
  RequestApproved: [
    {
      type: 'RequestApproved',
      at: T0,
      by: 'jit',
      ruling: submitted.asked.ruling,
      lease: { startsAt: T0, endsAt: T0 + HOUR },
    },
    'Approved until 11:00',
  ],
  RequestDenied: [
    { type: 'RequestDenied', at: T0, by: bob, delegatedBy: ana, reason: policy },
    'Denied, standing in for ana@corp.example',
  ],
  RequestCancelled: [{ type: 'RequestCancelled', at: T0, by: ana }, 'Cancelled'],
  RequestLapsed: [{ type: 'RequestLapsed', at: T0, by: 'jit' }, 'Lapsed: nobody decided in time'],
  ProvisionAttempted: [
    { type: 'ProvisionAttempted', at: T0, by: 'jit', until: T0 },
    'Access is being set up',
  ],
  GrantProvisioned: [{ type: 'GrantProvisioned', at: T0, by: 'jit', receipt: {} }, 'Access is set up'],
  EndAnnounced: [{ type: 'EndAnnounced', at: T0, by: 'jit' }, 'Reminded the requester that access ends soon'],
  ExtensionRequested: [
    {
      type: 'ExtensionRequested',
      at: T0,
      by: ana,
      number: 1,
      more: 30 * MINUTE,
      total: 1.5 * HOUR,
      endsAt: T0 + HOUR,
      chain: submitted.asked.chain,
      ruling: submitted.asked.ruling,
      given: {},
    },
    'Asked for 30 minutes more, until 11:00; needs approval from manager, 2 of security',
  ],
  ExtensionVoted: [
    {
      type: 'ExtensionVoted',
      at: T0,
      by: bob,
      number: 1,
      vote: { stage: 'manager', by: bob, at: T0, policies: [] },
    },
    'Approved the extension (manager)',
  ],
  ExtensionRefused: [
    { type: 'ExtensionRefused', at: T0, by: 'jit', number: 1, reason: policy },
    'Not extended; the access ends as before',
  ],
  LeaseExtended: [
    {
      type: 'LeaseExtended',
      at: T0,
      by: 'jit',
      number: 1,
      total: HOUR,
      decidedAt: T0,
      given: {},
      ruling: submitted.asked.ruling,
      lease: {
        startsAt: T0,
        endsAt: T0 + HOUR,
      },
    },
    'Extended until 11:00',
  ],
  MintRequested: [{ type: 'MintRequested', at: T0, by: ana, waiting: 'V1' }, 'Asked for a session'],
  MintAttempted: [{ type: 'MintAttempted', at: T0, by: 'jit' }, 'Asked AWS for a session'],
  MintRefused: [
    { type: 'MintRefused', at: T0, by: 'jit', reason: policy },
    'No session opened: it is no longer permitted',
  ],
  CredentialsMinted: [
    { type: 'CredentialsMinted', at: T0, by: 'jit', accessKeyId: 'ASIA', expiresAt: T0 + HOUR },
    'Session opened until 11:00',
  ],
  RevocationStarted: [
    { type: 'RevocationStarted', at: T0, by: bob, cause: 'revoked', unknownGroups: [HOSTILE] },
    `Access is ending: taken back (while ${HOSTILE} could not be looked up)`,
  ],
  RequestClosed: [
    {
      type: 'RequestClosed',
      at: T0,
      by: 'jit',
      outcome: 'expired',
      proof: { checkedAt: T0, evidence: 'none' },
    },
    'Access has ended: time was up',
  ],
  CleanedUp: [{ type: 'CleanedUp', at: T0, by: 'jit' }, 'Cleaned up in AWS'],
  EmergencyReviewed: [
    { type: 'EmergencyReviewed', at: T0, by: bob, verdict: 'contested', text: HOSTILE, policies: ['p'] },
    `Contested the emergency:\n${HOSTILE}`,
  ],
};

const reasons: { [C in Reason['code']]: [Extract<Reason, { code: C }>, cell: string] } = {
  policy: [{ code: 'policy', policies: ['freeze'], advice: [HOSTILE], errors: [] }, HOSTILE],
  unfillable: [
    { code: 'unfillable', stage: HOSTILE, needed: 2, available: 1 },
    `${HOSTILE} needs 2, and 1 can be found`,
  ],
  vote: [{ code: 'vote', stage: HOSTILE, text: HOSTILE }, `${HOSTILE}: ${HOSTILE}`],
  changed: [{ code: 'changed' }, 'the catalog has changed since it was asked'],
  requester: [{ code: 'requester', problem: HOSTILE }, `the requester: ${HOSTILE}`],
  'no-room': [
    { code: 'no-room', used: 2000, needed: 100, limit: 2048, principal: HOSTILE },
    `${HOSTILE} has no room in IAM: 2000 of 2048 used, 100 needed`,
  ],
  aws: [{ code: 'aws', error: HOSTILE, hint: HOSTILE }, `${HOSTILE}: ${HOSTILE}`],
  'taken-back': [{ code: 'taken-back', text: HOSTILE }, HOSTILE],
  contested: [{ code: 'contested', request: HOSTILE }, `the emergency ${HOSTILE} is contested`],
  'emergency-open': [
    { code: 'emergency-open', request: HOSTILE },
    `the emergency ${HOSTILE} for the same thing is not over`,
  ],
  'beyond-extensions': [
    { code: 'beyond-extensions', most: 1, total: 8 * HOUR },
    'the catalog now allows 1 extensions, and 8 hours in all',
  ],
  'other-chain': [{ code: 'other-chain' }, 'who has to agree has changed since it was asked'],
  'access-over': [{ code: 'access-over' }, 'the access was over first'],
  'end-stands': [{ code: 'end-stands' }, 'its end was ordered, and the order does not say by whom'],
};

describe('an event in words', () => {
  test.each(Object.values(events))('%j', (event, sentence) => {
    expect(eventIn(event, plain)).toBe(sentence);
  });

  test.each(['SomethingNew', '__proto__', 'constructor'])('one of an unknown type is named: %s', (type) => {
    expect(eventIn({ type } as unknown as Event, plain)).toBe(type);
  });

  test('keys that do not end by themselves are said to, and why', () => {
    const [minted] = events.CredentialsMinted;
    const lingering = { until: T0 + HOUR + 600_000, why: 'AccessDenied' };
    expect(eventIn({ ...minted, lingering }, plain)).toBe(
      'Session opened until 11:00; AWS made no keys that end by themselves (AccessDenied), so logins built on GetCallerIdentity may work until 11:10',
    );
  });

  test('a vote in somebody’s place says for whom, and a fact in a ledger who stands in', () => {
    const [vote] = events.Voted;
    const voted = { ...vote, vote: { ...vote.vote, delegatedBy: ana } };
    expect(eventIn(voted, plain)).toBe(`Approved (manager), standing in for ${ana.email}`);
    const delegation = { from: ana, to: bob, since: T0, until: T0 + HOUR };
    const begun = { type: 'DelegationStarted', at: T0, by: ana, delegation } as const;
    expect(factIn(begun, plain)).toBe(`${bob.email} stands in until 11:00`);
    expect(factIn({ type: 'DelegationEnded', at: T0, by: 'jit' }, plain)).toBe('Nobody stands in any more');
    expect(factIn({ type: 'LockdownLifted', at: T0, by: 'jit' }, plain)).toBe('');
  });
});

describe('a reason', () => {
  test.each(Object.values(reasons))('%j is exported as it has always been', (reason, cell) => {
    expect(becauseCell(reason)).toBe(cell);
  });

  test.each(Object.values(reasons).map(([reason]) => reason))('%j is told as a whole sentence', (reason) => {
    const harmless = JSON.parse(JSON.stringify(reason).replaceAll(HOSTILE, 'security')) as Reason;
    expect(because(harmless, plain)).not.toMatch(/undefined|\[object/);
    // Of what was taken back the person's own words are the whole answer.
    const whole = reason.code === 'taken-back' ? /^security$/ : /^[A-Z].{15,}|^security\n/s;
    expect(because(harmless, plain)).toMatch(whole);
  });

  test('that only a later version knows is named, not swallowed', () => {
    const later = { code: 'later' } as unknown as Reason;
    expect([because(later, plain), becauseCell(later)]).toEqual(['later', 'later']);
  });

  test('says what has become of the requester', () => {
    expect(because({ code: 'requester', problem: 'guest' }, plain)).toBe(
      'The requester may not have this any more: they are now a guest in Slack.',
    );
  });

  test('invariant 4: a policy that could not be evaluated is told as that', () => {
    const failed: Reason = { code: 'policy', policies: [], advice: [], errors: ['x'] };
    expect(because(failed, plain)).toContain('could not be evaluated, so the answer is no');
  });
});

test('invariant 11: with Slack’s pen, nothing that people or files say becomes markup', () => {
  const said = [
    ...Object.values(events).map(([event]) => eventIn(event, mrkdwn)),
    ...Object.values(reasons).map(([reason]) => because(reason, mrkdwn)),
    doer({ operator: HOSTILE }, mrkdwn),
  ];
  for (const sentence of said) {
    expect(sentence).not.toMatch(/<!channel|<@U1>/);
    expect(sentence.length).toBeLessThan(2_000);
  }
});

describe('where a request stands', () => {
  const at = (end: State) => standing(end, plain);

  test('in one line for every state', () => {
    expect(at(stateAfter(pending('manager').slice(0, 1)))).toBe('Being checked; approvers are asked next');
    expect(at(stateAfter(pending('manager')))).toBe('Waiting for manager; lapses 18:00');
    expect(at(stateAfter(pending('auto')))).toBe('All have approved; one last check is running');
    expect(at(stateAfter(approved))).toBe('Approved; access is being set up');
    expect(at(stateAfter(active))).toBe('Active until 11:05');
    expect(at(stateAfter(ending))).toMatch(/^Ending; access is being removed$/);
    expect(at(stateAfter(closed))).toMatch(/^Ended on time \(\d\d:\d\d\)$/);
  });

  test('a denial and a revocation name the person', () => {
    const end = stateAfter(closed);
    const by = { ...end, by: bob } as State;
    for (const [outcome, named] of [
      ['denied', true],
      ['revoked', true],
      ['released', false],
    ] as [Outcome, boolean][])
      expect(at({ ...by, outcome } as State).includes(`by ${bob.email}`)).toBe(named);
    expect(at({ ...by, outcome: 'denied', delegatedBy: ana } as State)).toContain(
      `by ${bob.email}, standing in for ${ana.email}`,
    );
  });

  test('as a sentence for a refusal', () => {
    expect(standingOf({ status: 'active' })).toBe('It was approved, and access is active.');
    expect(standingOf({ status: 'closed', outcome: 'denied' })).toBe('It was denied.');
  });
});

describe('numbers and lists read like sentences', () => {
  test('a list', () => {
    const lists = [list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'], 'or')];
    expect(lists).toEqual(['', 'a', 'a and b', 'a, b or c']);
  });

  test('too few people', () => {
    expect([only(0), only(1), only(2)]).toEqual(['nobody is', 'only 1 is', 'only 2 are']);
  });

  test('a time to wait is never too short', () => {
    expect([1, 61_000, 59.5 * MINUTE, 90 * MINUTE].map(inMinutes)).toEqual([
      'a minute',
      '2 minutes',
      '1 hour',
      '1 h 30 min',
    ]);
  });
});
