import { decisionOf } from '../../../../src/sandbox/page/browser/panels/decision-words.js';
import { eventInWords } from '../../../../src/sandbox/page/browser/panels/event-words.js';

const when = (at: number) => `<${at}>`;

test.each([
  [{ type: 'Voted', vote: { stage: 'security' } }, 'Approved (security)'],
  [
    { type: 'ChainChanged', chain: [{ name: 'security', quorum: 2 }] },
    'Now needs approval from 2 of security',
  ],
  [{ type: 'RequestApproved', lease: { endsAt: 5 } }, 'Approved until <5>'],
  [
    { type: 'RequestClosed', outcome: 'expired', proof: { evidence: 'no inline policy' } },
    'Access has ended: time was up. no inline policy',
  ],
  [{ type: 'SomethingNew' }, 'SomethingNew'],
])('the event %j is told in words', (event, words) => {
  expect(eventInWords(event, when)).toBe(words);
});

const line = {
  level: 30,
  time: 1,
  msg: 'decision',
  action: 'request',
  who: 'ana@corp.example',
  groups: ['engineers'],
  entitlement: 'orders-db-admin',
  duration: '1h',
  ticket: true,
  at: '2026-11-20T10:00:00.000Z',
  outcome: 'needs-approval',
  chain: 'manager, 2 of security',
  policies: ['production-two-stage'],
  errors: [],
  bundle: 'abc',
  ms: 0.2,
};

describe('a line of the decision log', () => {
  test('is told as a question with its answer and what went into it', () => {
    expect(decisionOf(line)).toEqual({
      at: Date.parse('2026-11-20T10:00:00Z'),
      question: 'May ana@corp.example ask for orders-db-admin for 1h?',
      outcome: 'needs-approval',
      granted: true,
      chain: 'manager, 2 of security',
      policies: ['production-two-stage'],
      errors: [],
      bundle: 'abc',
      inputs: [
        ['groups', 'engineers'],
        ['ticket', 'yes'],
      ],
    });
  });

  test('of a vote names the voter, the stage and whose request it is', () => {
    const vote = {
      ...line,
      action: 'approve',
      who: 'bob@corp.example',
      requester: 'ana@corp.example',
      stage: 'manager',
    };
    const { question, inputs } = decisionOf({ ...vote, member: true, approvedBy: [], outcome: 'denied' });
    expect(question).toBe(
      'May bob@corp.example approve ana@corp.example’s request for orders-db-admin for 1h, as manager?',
    );
    expect(inputs).toContainEqual(['member', 'yes']);
    expect(inputs).toContainEqual(['approvedBy', 'none']);
    expect(decisionOf({ ...vote, outcome: 'denied' }).granted).toBe(false);
  });

  test('that says nothing is not taken for a yes', () => {
    expect(decisionOf({}).granted).toBe(false);
  });
});
