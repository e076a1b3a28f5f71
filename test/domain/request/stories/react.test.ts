import { react } from '../../../../src/domain/request/stories/index.js';
import type { Event } from '../../../../src/domain/request/event.js';
import { replay } from '../../../support/given.js';
import {
  active,
  ana,
  approved,
  asked,
  attempting,
  bob,
  chain,
  closed,
  closedAs,
  complete,
  ending,
  HOUR,
  min,
  MINUTE,
  pending,
  proof,
  ruling,
  sam,
  submitted,
  T0,
  voted,
} from '../../../support/requests.js';

/** What the last event of this history owes, in short. */
function owed(history: Event[]): string[] {
  const last = history.at(-1)!;
  return react(last, replay(history)!).map(({ effect, notBefore }) => {
    const what = effect.type === 'tell' ? `tell ${effect.news}` : effect.type;
    return notBefore === undefined ? what : `${what} at ${notBefore}`;
  });
}
const from = (type: Event['type'], over: object = {}): Event =>
  ({ type, at: min(9), by: 'jit', ...over }) as Event;
const changed = from('ChainChanged', { chain: chain('manager, security'), ruling });
const voided = from('VotesVoided', { people: [bob.email], why: 'left' });
const reminded = from('Reminded', { stage: 'manager', round: 1 });
const escalated = from('StageEscalated', { stage: 'manager', to: 'security', why: 'time' });
const denied = from('RequestDenied', { reason: { code: 'changed' } });
const refused = from('RequestRefused', {
  asked: { ...asked, requestedAt: T0, chain: [], ruling },
  reason: { code: 'changed' },
});
const lookedAfter = (proofOf: object): Event =>
  ({ ...closedAs('expired'), proof: { ...proof, ...proofOf } }) as Event;

test.each<[string, Event[], string[]]>([
  [
    'a new request: AWS is asked, and the requester gets the message that shows it from then on',
    [submitted('manager')],
    ['preflight', 'living'],
  ],
  ['a request refused at once: nobody is disturbed', [refused], []],
  [
    'AWS can take it: the approvers are asked, and the stage begins to wait',
    pending('manager'),
    ['cards', 'living', 'remind', `escalate at ${T0 + MINUTE}`],
  ],
  [
    'a vote before AWS was asked: nobody waits for anybody yet',
    [submitted('manager, security'), voted(bob, 'manager')],
    ['cards', 'living'],
  ],
  [
    'the last vote of a stage: the next begins to wait',
    pending('manager, security', voted(bob, 'manager')),
    ['cards', 'living', 'remind', `escalate at ${min(2)}`],
  ],
  ['AWS can take it and nobody need agree: it is confirmed', pending('auto'), ['confirm']],
  [
    'AWS can take it and everybody has agreed already: it is confirmed',
    [submitted('manager'), voted(bob, 'manager'), from('PreflightPassed')],
    ['confirm'],
  ],
  ['a vote: the card shows it', pending('2 of security', voted(sam, 'security')), ['cards', 'living']],
  [
    'less time than was asked for: the requester hears it; the vote that follows does the rest',
    [...pending('manager'), from('DurationShortened', { by: bob, from: HOUR, to: MINUTE, stage: 'manager' })],
    ['tell shortened'],
  ],
  [
    'a question: the card shows it, and the requester hears it',
    [...pending('manager'), from('QuestionAsked', { by: bob, stage: 'manager', text: 'why?' })],
    ['cards', 'living', 'tell question'],
  ],
  [
    'an answer: the card shows it',
    [
      ...pending('manager'),
      from('QuestionAsked', { by: bob, stage: 'manager', text: 'why?' }),
      from('QuestionAnswered', { by: ana, question: 1, text: 'so' }),
    ],
    ['cards', 'living'],
  ],
  ['the last vote: it is confirmed', complete, ['confirm', 'cards', 'living']],
  [
    'votes that became void: the card shows it, and the stage begins to wait',
    [...complete, voided],
    ['cards', 'living', 'remind', `escalate at ${voided.at + MINUTE}`],
  ],
  [
    'a chain that changed: the new stage gets its card, and begins to wait',
    [...complete, changed],
    ['cards', 'living', 'remind', `escalate at ${changed.at + MINUTE}`],
  ],
  ['a round of reminders: nothing more', [...pending('manager'), reminded], []],
  ['others who come in: the cards say so', [...pending('manager'), escalated], ['cards', 'living']],
  ['an approval: the access is made', approved, ['provision', 'cards', 'living', 'tell decided']],
  ['a denial', [...pending('manager'), denied], ['cards', 'living', 'tell decided']],
  ['a cancellation', [...pending('manager'), from('RequestCancelled', { by: ana })], ['cards', 'living']],
  ['a lapse', [...pending('manager'), from('RequestLapsed')], ['cards', 'living']],
  ['an attempt: nothing, it is under way', attempting, []],
  ['invariant 10: access on record, and only then told', active, ['cards', 'living', 'tell active']],
  ['the end is near', [...active, from('EndAnnounced')], ['living', 'tell ending-soon']],
  ['a mint under way', [...active, from('MintAttempted')], []],
  ['a mint', [...active, from('CredentialsMinted', { accessKeyId: 'ASIA1', expiresAt: min(65) })], []],
  ['invariant 2: the end of access owes its revocation', ending, ['revoke', 'cards', 'living']],
  ['invariant 10: the end is told when it is proven', closed, ['cards', 'living', 'note-use']],
  ...(['revoked', 'failed'] as const).map((cause): [string, Event[], string[]] => [
    `an end that was ${cause} makes the phone buzz`,
    [
      ...ending.slice(0, -1),
      { ...ending.at(-1), cause } as Event,
      { ...closedAs('expired'), outcome: cause } as Event,
    ],
    ['cards', 'living', 'tell ended', 'note-use'],
  ]),
  [
    'what was left standing is cleared away when it may be',
    [...ending, lookedAfter({ cleanUpAt: min(99) })],
    ['cards', 'living', 'note-use', `clean-up at ${min(99)}`],
  ],
  ['a clean-up', [...closed, from('CleanedUp')], []],
])('%s', (_, history, effects) => {
  expect(owed(history)).toStrictEqual(effects);
});

test('a wish for credentials carries the modal that waits and since when, so that it can be too late', () => {
  const history = [...active, from('MintRequested', { waiting: 'V1' })];
  expect(react(history.at(-1)!, replay(history)!)).toStrictEqual([
    { effect: { type: 'mint', waiting: 'V1', requestedAt: min(9) } },
  ]);
});
