import type { Person } from '../../../../src/domain/person.js';
import { isPerson } from '../../../../src/domain/record/values.js';
import type { Reason } from '../../../../src/domain/request/state.js';
import { ana } from '../../histories/facts.js';
import { SECOND } from '../../../support/requests.js';
import { changed, followed, longer, stranger, voided, type Of, type Wrong, SAID } from './kinds.js';

const VOTE = (change: (vote: Of<'Voted'>['vote']) => object) => (event: Of<'Voted'>) => ({
  ...event,
  vote: { ...event.vote, ...change(event.vote) },
});

export const voting: Wrong[] = [
  changed(
    'Voted',
    'for a stage that is not there',
    VOTE(() => ({ stage: 'choir' })),
  ),
  changed(
    'Voted',
    'policies emptied',
    VOTE(() => ({ policies: [] })),
  ),
  changed(
    'Voted',
    'at another time than its record',
    VOTE(({ at }) => ({ at: at - 1 })),
  ),
  changed(
    'Voted',
    'by one, recorded as another’s',
    VOTE(() => ({ by: stranger })),
  ),
  changed('Voted', 'by the requester', (event) => ({ ...event, by: ana, vote: { ...event.vote, by: ana } })),
  changed('Voted', 'by a second account of the requester', (event) => {
    const by = { ...ana, account: { ...ana.account, id: 'UANA9' } };
    return { ...event, by, vote: { ...event.vote, by } };
  }),
  changed(
    'Voted',
    'by somebody who was no candidate',
    (event) => ({ ...event, by: stranger, vote: { ...event.vote, by: stranger } }),
    'who was of a stage stands in Slack and in the directory, and what they said then is not on record; a vote that is void later would name them',
  ),
  changed(
    'Voted',
    'under other policies',
    VOTE(() => ({ policies: ['anything'] })),
    SAID,
  ),
  changed(
    'Voted',
    'for the requester, who was away',
    VOTE(() => ({ delegatedBy: ana })),
  ),
  changed(
    'Voted',
    'for somebody with the requester’s address',
    VOTE(() => ({ delegatedBy: { ...stranger, email: ana.email } })),
  ),
  changed(
    'Voted',
    'for themselves',
    VOTE(({ by }) => ({ delegatedBy: { ...by, email: 'old@corp.example' } })),
  ),
  changed(
    'Voted',
    'for nobody',
    VOTE(() => ({ delegatedBy: { email: 'sam@corp.example' } })),
  ),
  changed('Voted', 'for somebody who was counted already', (event, { events, n }) => {
    const before = events.slice(0, n).findLast(({ type }) => type === 'Voted') as Of<'Voted'> | undefined;
    return before && { ...event, vote: { ...event.vote, delegatedBy: before.vote.by } };
  }),
  changed(
    'Voted',
    'for somebody for whom they do not stand in',
    VOTE(() => ({ delegatedBy: stranger })),
    'who stands in for whom stands in the ledgers; verify compares them, not the record of one request',
  ),
  followed('Voted', 'who was away votes as well', (event) => {
    const { delegatedBy: by } = event.vote;
    const { delegatedBy: _, ...vote } = event.vote;
    return by && { ...event, by, vote: { ...vote, by } };
  }),
  followed('Voted', 'the same person once more, later', (event) => {
    const at = event.at + SECOND;
    return { ...event, at, vote: { ...event.vote, at } };
  }),
  followed('Voted', 'the same person from another account', (event) => {
    const by = { ...event.vote.by, account: { ...event.vote.by.account, id: 'U9' } };
    return { ...event, by, vote: { ...event.vote, by } };
  }),
  followed('Voted', 'votes voided of people who had not voted', ({ at }) => voided(at, [stranger.email])),
  followed('Voted', 'votes voided of nobody', ({ at }) => voided(at, [])),
  followed('Voted', 'a longer chain, in the middle of voting', ({ at }, { events }) => longer(at, events)),
  ...(
    [
      ['the requester', () => ana],
      ['somebody with the requester’s address', () => ({ ...stranger, email: ana.email })],
      ['themselves', (by) => ({ ...by, email: 'old@corp.example' })],
      ['nobody', () => ({ email: 'sam@corp.example' })],
      ['jit', () => 'jit'],
    ] as [string, (by: Person) => object | string][]
  ).map(([whom, delegatedBy]) =>
    changed('RequestDenied', `in the place of ${whom}`, (event) =>
      isPerson(event.by) ? { ...event, delegatedBy: delegatedBy(event.by) } : undefined,
    ),
  ),
  changed('RequestDenied', 'by jit, in somebody’s place', (event) =>
    event.by === 'jit' ? { ...event, delegatedBy: stranger } : undefined,
  ),
  changed(
    'RequestDenied',
    'in the place of one for whom they do not stand in',
    (event) => (isPerson(event.by) ? { ...event, delegatedBy: stranger } : undefined),
    'who stands in for whom stands in the ledgers; verify compares them, not the record of one request',
  ),
  changed('RequestDenied', 'text emptied', (event) =>
    event.reason.code === 'vote' ? { ...event, reason: { ...event.reason, text: ' ' } } : undefined,
  ),
  changed('RequestDenied', 'text that nobody can see', (event) =>
    event.reason.code === 'vote'
      ? { ...event, reason: { ...event.reason, text: '\u200b\u2060' } }
      : undefined,
  ),
  changed('RequestDenied', 'for a stage that is not open', (event) =>
    event.reason.code === 'vote' ? { ...event, reason: { ...event.reason, stage: 'choir' } } : undefined,
  ),
  changed('RequestDenied', 'by the requester', (event) =>
    event.reason.code === 'vote' ? { ...event, by: ana } : undefined,
  ),
  changed(
    'RequestDenied',
    'by somebody else',
    (event) => (event.reason.code === 'vote' ? { ...event, by: stranger } : undefined),
    'who was of the stage is not on record',
  ),
  changed(
    'RequestDenied',
    'with another text',
    (event) =>
      event.reason.code === 'vote' ? { ...event, reason: { ...event.reason, text: 'never' } } : undefined,
    'it is free text',
  ),
  ...(
    [
      { code: 'taken-back', text: 'x' },
      { code: 'end-stands' },
      { code: 'unfillable', stage: 'manager', needed: 1, available: 0 },
      { code: 'policy', policies: ['p'], advice: [], errors: [] },
      { code: 'changed' },
      { code: 'no-room', used: 1, needed: 1, limit: 1, principal: 'user ana' },
      { code: 'requester', problem: '' },
      { code: 'aws', error: '', hint: '' },
    ] as Reason[]
  ).map((reason) =>
    changed('RequestDenied', `for "${reason.code}", which another denial has`, (event) =>
      event.reason.code === reason.code && reason.code !== 'requester' && reason.code !== 'aws'
        ? undefined
        : { ...event, reason },
    ),
  ),
  changed('RequestDenied', 'for want of people of whom there are enough', (event) =>
    event.reason.code === 'unfillable'
      ? { ...event, reason: { ...event.reason, available: event.reason.needed } }
      : undefined,
  ),
  changed('RequestDenied', 'for want of fewer people than have voted', (event) =>
    event.reason.code === 'unfillable' ? { ...event, reason: { ...event.reason, available: -1 } } : undefined,
  ),
  ...(['Voted', 'RequestDenied', 'RequestApproved', 'VotesVoided', 'ChainChanged'] as const).map((type) =>
    changed(type, 'after it had lapsed', (event, { events }) => {
      const [first] = events;
      const at = first?.type === 'RequestSubmitted' ? first.asked.lapsesAt : 0;
      return event.type === 'Voted' ? { ...event, at, vote: { ...event.vote, at } } : { ...event, at };
    }),
  ),
  changed('RequestLapsed', 'before its time', (event, { events }) => {
    const [first] = events;
    return first?.type === 'RequestSubmitted' ? { ...event, at: first.asked.lapsesAt - 1 } : undefined;
  }),
  changed('RequestCancelled', 'by another account of the requester', (event) => ({
    ...event,
    by: { ...ana, account: { ...ana.account, id: 'UANA9' } },
  })),
];
