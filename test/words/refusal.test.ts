import type { Refusal } from '../../src/domain/refusal.js';
import { sentenceFor } from '../../src/words/refusal.js';
import { HOUR, MINUTE } from '../support/requests.js';

/** One of each code: a new one does not compile until it stands here too. */
const every: { [C in Refusal['code']]: Extract<Refusal, { code: C }> } = {
  'other-workspace': { code: 'other-workspace' },
  'unknown-workspace': { code: 'unknown-workspace' },
  'unconfirmed-email': { code: 'unconfirmed-email' },
  guest: { code: 'guest' },
  bot: { code: 'bot' },
  deactivated: { code: 'deactivated' },
  'unknown-person': { code: 'unknown-person' },
  'no-email': { code: 'no-email' },
  'directory-unavailable': { code: 'directory-unavailable' },
  'group-unknown': {
    code: 'group-unknown',
    groups: [
      { name: 'security', why: 'the Slack group S0SEC (security) cannot be looked up now', lasting: false },
    ],
  },
  'unknown-entitlement': { code: 'unknown-entitlement', entitlement: 'orders' },
  'unknown-duration': { code: 'unknown-duration', text: '1y' },
  'duration-not-offered': { code: 'duration-not-offered', offered: [HOUR, 4 * HOUR] },
  'start-unreadable': { code: 'start-unreadable' },
  'start-past': { code: 'start-past' },
  'start-in-emergency': { code: 'start-in-emergency' },
  'start-too-far': { code: 'start-too-far', within: 72 * HOUR },
  'justification-too-short': { code: 'justification-too-short', minLength: 10 },
  'justification-too-long': { code: 'justification-too-long', maxLength: 1000 },
  'justification-broadcast': { code: 'justification-broadcast', found: '<!here>' },
  'ticket-required': { code: 'ticket-required', example: 'OPS-12' },
  'ticket-malformed': { code: 'ticket-malformed', example: 'OPS-12' },
  'no-principal': { code: 'no-principal', why: 'ana has no IAM user in directory.yml.' },
  'denied-by-policy': { code: 'denied-by-policy', policies: ['freeze'], advice: ['Wait.'], errors: [] },
  unfillable: { code: 'unfillable', stage: 'security', needed: 2, available: 1 },
  'unknown-request': { code: 'unknown-request' },
  'unknown-button': { code: 'unknown-button' },
  'not-pending': { code: 'not-pending', status: 'closed', outcome: 'lapsed' },
  'stale-card': { code: 'stale-card' },
  'stage-not-open': { code: 'stage-not-open', stage: 'security', open: 'manager' },
  'own-request': { code: 'own-request' },
  'already-voted': { code: 'already-voted' },
  'not-in-stage': { code: 'not-in-stage', stage: 'security' },
  'would-strand': { code: 'would-strand', stage: 'security' },
  'identity-changed': { code: 'identity-changed' },
  'reason-missing': { code: 'reason-missing' },
  'stage-gone': { code: 'stage-gone', stage: 'security' },
  'not-shorter': { code: 'not-shorter', duration: 4 * HOUR, shorter: [15 * MINUTE, HOUR] },
  'question-missing': { code: 'question-missing' },
  'question-open': { code: 'question-open' },
  'too-many-questions': { code: 'too-many-questions', limit: 5 },
  'answer-missing': { code: 'answer-missing' },
  'already-answered': { code: 'already-answered' },
  'not-yours': { code: 'not-yours' },
  'not-active': { code: 'not-active', status: 'pending' },
  'not-extendable': { code: 'not-extendable' },
  'extension-waiting': { code: 'extension-waiting' },
  'extended-enough': { code: 'extended-enough', most: 2 },
  'extension-too-long': { code: 'extension-too-long', total: 8 * HOUR, left: HOUR },
  'extension-of-other': { code: 'extension-of-other' },
  'too-many-extensions': { code: 'too-many-extensions', limit: 10 },
  'extension-over': { code: 'extension-over', given: true },
  'no-credentials': { code: 'no-credentials' },
  'too-many-requests': { code: 'too-many-requests', limit: 20, within: 10 * MINUTE, retryIn: 90_000 },
  'too-many-pending': { code: 'too-many-pending', limit: 10, retryIn: 90 * MINUTE },
  'role-crowded': { code: 'role-crowded', limit: 10, retryIn: 20 * 60_000 },
  'too-many-sessions': { code: 'too-many-sessions', limit: 10, retryIn: 20_000 },
  'seat-taken': { code: 'seat-taken' },
  'delegators-request': { code: 'delegators-request' },
  'no-emergency': { code: 'no-emergency' },
  'emergency-needless': { code: 'emergency-needless' },
  'emergency-open': { code: 'emergency-open', open: 'R1' },
  contested: { code: 'contested', contested: 'R1' },
  'reviews-unknown': { code: 'reviews-unknown' },
  'no-review': { code: 'no-review' },
  'review-early': { code: 'review-early', status: 'active' },
  'own-review': { code: 'own-review' },
  'not-a-reviewer': { code: 'not-a-reviewer', group: 'security' },
  'review-missing': { code: 'review-missing' },
  'already-reviewed': { code: 'already-reviewed' },
  'already-contested': { code: 'already-contested' },
  'own-contest': { code: 'own-contest' },
  'no-delegates': { code: 'no-delegates' },
  'delegation-past': { code: 'delegation-past' },
  'delegation-too-long': { code: 'delegation-too-long', most: 720 * HOUR },
  'delegate-unfit': { code: 'delegate-unfit', why: 'deactivated' },
  'delegate-oneself': { code: 'delegate-oneself' },
  'not-a-delegate': { code: 'not-a-delegate', groups: ['seniors', 'leads'] },
  'delegate-away': { code: 'delegate-away' },
  'delegate-circle': { code: 'delegate-circle' },
  'delegation-untold': { code: 'delegation-untold' },
  'not-away': { code: 'not-away' },
  busy: { code: 'busy' },
  'unreadable-request': { code: 'unreadable-request', request: 'R1' },
  replayed: { code: 'replayed' },
};

describe('a sentence for every refusal', () => {
  test.each(Object.entries(every))(
    '%s is said in whole sentences, each in its own words',
    (code, refusal) => {
      const sentence = sentenceFor(refusal);
      expect(sentence).toMatch(/^[A-Z"].{20,}$/s);
      expect(sentence).not.toMatch(/undefined|\[object/);
      expect(sentence).not.toContain(`(${code})`);
    },
  );

  test('no two of them are the same', () => {
    const sentences = Object.values(every).map(sentenceFor);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  test('evidence is told: what is offered, what is needed, how it ended, who decided', () => {
    expect(sentenceFor(every['duration-not-offered'])).toContain('1 hour or 4 hours');
    expect(sentenceFor(every['unfillable'])).toContain('needs 2 people, but only 1 is available');
    expect(sentenceFor(every['not-shorter'])).toContain(
      'for 4 hours now. To approve less, please choose 15 minutes or 1 hour;',
    );
    expect(sentenceFor({ code: 'not-shorter', duration: 15 * MINUTE, shorter: [] })).toContain(
      'nothing shorter is offered',
    );
    expect(sentenceFor({ code: 'stage-not-open', stage: 'manager', open: 'security', passed: true })).toBe(
      'The stage manager has already been decided: the request is waiting for security now.',
    );
    expect(sentenceFor(every['not-pending'])).toBe(
      'This request is closed. It lapsed: nobody decided in time.',
    );
    expect(sentenceFor({ code: 'not-pending', status: 'closed', outcome: 'denied' })).toBe(
      'This request has already been decided. It was denied.',
    );
    expect(sentenceFor(every['denied-by-policy'])).toBe('Wait. Refused by freeze.');
    expect(sentenceFor(every['delegation-too-long'])).toContain('for 30 days at most');
    expect(sentenceFor(every['extended-enough'])).toContain('extended 2 times, which is the limit');
    expect(sentenceFor({ code: 'extended-enough', most: 1 })).toContain('extended once');
    expect(sentenceFor(every['extension-too-long'])).toContain('8 hours at most in all');
    expect(sentenceFor(every['extension-too-long'])).toContain('1 hour more');
    expect(sentenceFor({ code: 'extension-too-long', total: 8 * HOUR, left: 0 })).toContain(
      'all of that already',
    );
    expect(sentenceFor({ code: 'extension-over', given: false })).toContain('was not given');
    expect(sentenceFor(every['not-a-delegate'])).toContain('members of seniors or leads can');
    expect(sentenceFor(every['delegate-unfit'])).toContain('account is deactivated, so they cannot');
    expect(sentenceFor({ code: 'delegate-unfit', why: 'guest' })).toContain('is a guest in Slack');
  });

  test('invariant 4: a policy that could not be evaluated is named as that, not as a no of its own', () => {
    const refusal = {
      code: 'denied-by-policy' as const,
      policies: [],
      advice: [],
      errors: ['freeze: no attribute x'],
    };
    expect(sentenceFor(refusal)).toContain('could not be evaluated, so the answer is no');
  });

  test('without any policy, that is said', () => {
    expect(sentenceFor({ code: 'denied-by-policy', policies: [], advice: [], errors: [] })).toBe(
      'No policy permits this for you.',
    );
  });
});
