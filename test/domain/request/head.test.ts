import { brokenAt } from '../../../src/domain/record/seal.js';
import { apply } from '../../../src/domain/request/head.js';
import { claim, settle } from '../../../src/domain/request/outbox.js';
import { samePerson } from '../../../src/domain/person.js';
import { replay } from '../../support/given.js';
import {
  ana,
  approval,
  bob,
  closed,
  complete,
  lease,
  min,
  pending,
  T0,
  voted,
} from '../../support/requests.js';

test('a request begins with an event, at version 1, with what it owes and when', () => {
  expect(() => apply(undefined, [])).toThrow('a request begins with an event');
  const { head, records } = apply(undefined, pending('manager').slice(0, 1));
  expect(head).toStrictEqual({
    id: 'r1',
    version: 1,
    state: replay(pending('manager').slice(0, 1)),
    outbox: [
      { id: '1.0', effect: { type: 'preflight' }, attempts: 0, notBefore: T0 },
      { id: '1.1', effect: { type: 'living', first: true }, attempts: 0, notBefore: T0 },
    ],
    posts: {},
    tail: { n: 1, hash: records[0]!.hash },
    dueAt: T0,
  });
});

test('invariant 6: every write is one version further, also one that only keeps the books', () => {
  const { head } = apply(undefined, pending('manager'));
  const next = apply(head, [], {
    outbox: () => [],
    posts: { manager: { place: 'C1', ref: '1.1', shown: 'x' } },
  });
  expect(next.records).toStrictEqual([]);
  expect(next.head).toStrictEqual({
    ...head,
    version: 2,
    outbox: [],
    posts: { manager: { place: 'C1', ref: '1.1', shown: 'x' } },
    dueAt: min(480),
  });
  expect(apply(next.head, []).head.posts).toStrictEqual(next.head.posts);
});

test('what is done leaves the outbox in the write that adds what is owed next', () => {
  const { head } = apply(undefined, [...complete]);
  const done = head.outbox.map(({ id }) => id);
  const { head: next } = apply(head, [approval], { outbox: (outbox) => settle(outbox, done) });
  expect(next.outbox.map(({ id, effect }) => [id, effect.type])).toStrictEqual([
    ['4.0', 'provision'],
    ['4.1', 'cards'],
    ['4.2', 'living'],
    ['4.3', 'tell'],
  ]);
  expect(next.state).toMatchObject({ status: 'approved', lease });
});

test('what is owed next is claimed in the write that owes it, and is due once the claim has run out', () => {
  const { head } = apply(undefined, [...complete]);
  const { head: next } = apply(head, [approval], {
    outbox: () => [],
    claims: (outbox) => claim(outbox, [outbox[0]!.id], approval.at),
  });
  const claimed = { effect: { type: 'provision' }, attempts: 1, notBefore: approval.at + 30_000 };
  expect(next.outbox[0]).toMatchObject(claimed);
  expect(next.outbox.slice(1).map(({ attempts }) => attempts)).toStrictEqual([0, 0, 0]);
  expect(next.version).toBe(head.version + 1);
});

test('invariant 12: events in one write or in many leave the same state and the same records', () => {
  const once = apply(undefined, closed);
  const records = [];
  let head: ReturnType<typeof apply>['head'] | undefined;
  for (const event of closed) {
    const next = apply(head, [event]);
    head = next.head;
    records.push(...next.records);
  }
  expect(records).toStrictEqual(once.records);
  expect(head).toStrictEqual({ ...once.head, version: closed.length });
  expect(brokenAt(records)).toBeUndefined();
});

test('a request with nothing to do is due never', () => {
  const { head } = apply(undefined, closed);
  expect(apply(head, [], { outbox: () => [] }).head).not.toHaveProperty('dueAt');
});

test('an impossible event leaves no half of a write', () => {
  const { head } = apply(undefined, pending('manager'));
  const before = structuredClone(head);
  expect(() => apply(head, [voted(bob, 'manager'), closed.at(-1)!])).toThrow('impossible history');
  expect(head).toStrictEqual(before);
});

test.each([
  ['same', ana],
  ['other', bob],
  ['changed', { ...bob, email: ana.email }],
  ['changed', { ...ana, email: bob.email }],
  ['changed', { ...ana, account: { ...ana.account, tenant: 'T2' } }],
  ['other', { ...ana, email: bob.email, account: { ...ana.account, tenant: 'T2' } }],
])('invariant 8: a person is %s when seen as %j', (verdict, seen) => {
  expect(samePerson(seen, ana)).toBe(verdict);
  expect(samePerson(ana, seen)).toBe(verdict);
});
