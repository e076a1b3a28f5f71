import { seal } from '../../../src/domain/record/seal.js';
import type { Event } from '../../../src/domain/request/event.js';
import { examine, type OnRecord } from '../../../src/domain/record/history.js';
import { altered, events, forged, kept, lived, type WithGrant } from '../../support/record.js';
import { actor, HOUR, world } from '../../support/world.js';
import { slackAccount } from '../../support/accounts.js';
import { upcastEvent } from '../../../src/domain/record/upcast.js';

let found: WithGrant;
let id: string;
beforeAll(async () => {
  ({ found, id } = await lived());
});

const codes = (about: OnRecord) =>
  examine(id, about).map(({ code, n }) => (n === undefined ? code : `${code} ${n}`));
const said = (about: OnRecord) => examine(id, about).map(({ what }) => what);
/** The grant stays as it is; records and HEAD are made anew from a changed history. */
const rewritten = (change: (history: Event[]) => Event[]): OnRecord => ({
  ...found,
  ...forged(change(events(found))),
});
const person = (name: string) => ({
  email: `${name}@corp.example`,
  account: slackAccount(`U-${name}`, 'T1'),
});

describe('invariant 12: what the program itself wrote is found whole', () => {
  test('from asking to the end', () => {
    expect(found.records.length).toBeGreaterThan(12);
    expect(examine(id, found)).toEqual([]);
  });

  test('at every step on the way', async () => {
    const w = world();
    const asked = await w.ask();
    expect(examine(asked, await kept(w, asked))).toEqual([]);
    for (const [voter, stage] of [
      ['bob', 'manager'],
      ['sam', 'security'],
      ['kim', 'security'],
    ] as const) {
      await w.vote(voter, asked, stage);
      expect(examine(asked, await kept(w, asked))).toEqual([]);
    }
    await w.front.revoke(actor('sam'), asked, 'the laptop was stolen', w.seen());
    await w.settle();
    expect(examine(asked, await kept(w, asked))).toEqual([]);
    w.pass(2 * HOUR);
    await w.settle();
    expect((await w.state(asked)).status).toBe('closed');
    expect(examine(asked, await kept(w, asked))).toEqual([]);
  });

  test.each([
    [
      'refused at once',
      async (w: ReturnType<typeof world>) => {
        w.policy.denied = { policies: ['freeze'], advice: [] };
        await w.front.submit(actor('ana'), w.form, w.seen());
        return 'R1';
      },
    ],
    [
      'cancelled',
      async (w: ReturnType<typeof world>) => {
        const asked = await w.ask();
        await w.front.cancel(actor('ana'), asked, w.seen());
        return asked;
      },
    ],
    [
      'lapsed',
      async (w: ReturnType<typeof world>) => {
        const asked = await w.ask();
        w.pass(9 * HOUR);
        await w.settle();
        return asked;
      },
    ],
    [
      'denied by a person',
      async (w: ReturnType<typeof world>) => {
        const asked = await w.ask();
        await w.front.deny(actor('bob'), { id: asked, stage: 'manager', revision: 0 }, 'no', w.seen());
        return asked;
      },
    ],
    [
      'voided and decided by others',
      async (w: ReturnType<typeof world>) => {
        const asked = await w.ask();
        await w.vote('bob', asked, 'manager');
        await w.vote('sam', asked, 'security');
        w.people.refused['sam'] = 'deactivated';
        await w.vote('kim', asked, 'security');
        await w.vote('lee', asked, 'security');
        return asked;
      },
    ],
    [
      'longer, as policy became stricter',
      async (w: ReturnType<typeof world>) => {
        w.policy.chain = 'manager';
        const asked = await w.ask();
        w.policy.chain = 'manager, security';
        await w.vote('bob', asked, 'manager');
        await w.vote('sam', asked, 'security');
        return asked;
      },
    ],
    [
      'failed in AWS',
      async (w: ReturnType<typeof world>) => {
        w.policy.chain = 'auto';
        w.aws.fails = [w.denied];
        const asked = await w.ask();
        w.pass(HOUR);
        await w.settle();
        return asked;
      },
    ],
    [
      'handed back',
      async (w: ReturnType<typeof world>) => {
        const asked = await w.approved();
        await w.front.revoke(actor('ana'), asked, '', w.seen());
        w.pass(HOUR);
        await w.settle();
        return asked;
      },
    ],
  ])('%s', async (_, live) => {
    const w = world();
    const asked = await live(w);
    await w.settle();
    const all = await kept(w, asked);
    expect(all.records.length).toBeGreaterThan(0);
    expect(examine(asked, all)).toEqual([]);
  });
});

describe('invariant 12: what somebody changed in the table is found', () => {
  test('a record that was altered, missing in the middle, or put in another place', () => {
    const { records } = found;
    const third = { ...records[2]!, event: { ...records[2]!.event, at: 0 } };
    expect(codes({ ...found, records: records.with(2, third) })).toEqual(['altered 3']);
    expect(codes({ ...found, records: records.toSpliced(4, 1) })).toEqual(['missing 5']);
    expect(codes({ ...found, records: [records[1]!, records[0]!, ...records.slice(2)] })).toEqual([
      'altered 1',
    ]);
  });

  test('a chain that was cut off at its end, or goes on behind HEAD', () => {
    expect(codes({ ...found, records: found.records.slice(0, -1) })).toEqual(['cut-off', 'state']);
    const last = found.records.at(-1)!;
    const more = seal(id, last, { type: 'CleanedUp', at: last.event.at, by: 'jit' });
    expect(codes({ ...found, records: [...found.records, more] })).toContain('cut-off');
  });

  test('an end of the chain that was replaced by another of the same length', () => {
    const { records } = found;
    const before = records.at(-2)!;
    const other = seal(id, before, { ...upcastEvent(records.at(-1)!.event), at: 1 });
    expect(codes({ ...found, records: [...records.slice(0, -1), other] })).toContain('cut-off');
  });

  test("a whole chain of another request's, sealed for that one", () => {
    const other = found.records.map((record) => ({ ...record, requestId: 'R2' }));
    expect(codes({ ...found, records: other })).toEqual(['foreign 1']);
    const moved = events(found).reduce<OnRecord['records']>(
      (chain, event) => [...chain, seal('R2', chain.at(-1) ?? { n: 0, hash: '' }, event)],
      [],
    );
    expect(examine('R2', { ...found, records: moved }).map(({ code }) => code)).toContain('foreign');
  });

  test('records without HEAD, HEAD without records, a grant without either', () => {
    const { head, records, grant } = found;
    expect(codes({ records, grant })).toEqual(['no-head']);
    expect(codes({ head, records: [] })).toEqual(['no-records']);
    expect(said({ records: [], grant })).toEqual(['there is a grant, and no record of who approved it']);
  });

  test('HEAD that says something else than its records', () => {
    const state = { ...found.head.state, justification: 'something nicer', duration: 9 * HOUR };
    expect(said({ ...found, head: { ...found.head, state } })).toEqual([
      'HEAD differs from what its records lead to, in duration, justification',
    ]);
  });

  test('a grant that is longer, for another person, or for more than what was approved', () => {
    const { grant } = found;
    const { lease } = grant;
    expect(said({ ...found, grant: { ...grant, lease: { ...lease, endsAt: lease.endsAt + HOUR } } })).toEqual(
      ['the grant differs from what was approved, in lease'],
    );
    expect(codes({ ...found, grant: { ...grant, requester: person('eve') } })).toEqual(['grant']);
    const config = { roleArn: 'arn:aws:iam::111122223333:role/jit/Admin' };
    expect(codes({ ...found, grant: { ...grant, grant: { ...grant.grant, config } } })).toEqual(['grant']);
  });

  test('a grant that counts as gone before its end, so that nobody would end it', async () => {
    const w = world();
    const asked = await w.approved();
    const all = await kept(w, asked);
    const gone = { checkedAt: w.now(), evidence: 'gone, really' };
    expect(examine(asked, { ...all, grant: { ...all.grant, gone } }).map(({ what }) => what)).toEqual([
      'the grant counts as gone before its end, and no record says so',
    ]);
    const end = { at: w.now(), by: { operator: 'arn:aws:iam::777788889999:user/kim' } };
    for (const order of [end, 'unreadable'] as const)
      expect(examine(asked, { ...all, end: order, grant: { ...all.grant, gone } })).toEqual([]);
  });

  test('a grant that another process proved gone than the one that recorded it is true; a proof from too early is not', () => {
    const { grant } = found;
    const gone = (over: object) => ({ ...found, grant: { ...grant, gone: { ...grant.gone!, ...over } } });
    expect(codes(gone({ checkedAt: grant.gone!.checkedAt + 400, evidence: 'looked again' }))).toEqual([]);
    for (const over of [{ checkedAt: grant.settledBy }, { cleanUpAt: grant.lease.endsAt - HOUR }])
      expect(said(gone(over))).toEqual(['the grant differs from what was approved, in gone']);
  });

  test('invariant 1: a grant that was rightly ended by its own record is no finding of its own', async () => {
    const w = world();
    const asked = await w.approved();
    const head = (await w.store.head(asked))!;
    if (head.state.status !== 'active') throw new Error('not active');
    const lease = { ...head.state.lease, endsAt: head.state.lease.endsAt + 100 * HOUR };
    const state = { ...head.state, lease };
    await w.store.write({
      head: { ...head, version: head.version + 1, state, dueAt: lease.endsAt },
      records: [],
    });
    w.pass(HOUR + 60_000);
    await w.settle();
    expect(examine(asked, await kept(w, asked)).map(({ code, what }) => [code, what])).toEqual([
      ['unlawful', 'its end was announced after it'],
      ['state', 'HEAD differs from what its records lead to, in lease'],
    ]);
  });
});

describe('invariant 12: histories that cannot have happened are found, however well they are sealed', () => {
  test('events that do not follow one another', () => {
    const history = events(found).toReversed();
    const records = history.reduce<OnRecord['records']>(
      (chain, event) => [...chain, seal(id, chain.at(-1) ?? { n: 0, hash: '' }, event)],
      [],
    );
    expect(codes({ records, head: found.head })).toEqual(['cut-off', 'impossible 1']);
  });

  test('records that are sealed and yet no whole events or requests: said, and no crash', () => {
    const { asked, ...bare } = events(found)[0] as Extract<Event, { type: 'RequestSubmitted' }>;
    const { grant: _grant, ...rest } = asked;
    for (const event of [
      null,
      {},
      'text',
      { type: 'Voted' },
      bare,
      { ...bare, by: 'jit' },
      { ...bare, asked: rest },
    ])
      for (const head of [found.head, { ...found.head, state: null }, { tail: null }]) {
        const records = [seal(id, { n: 0, hash: '' }, event as Event)];
        const findings = examine(id, { records, head } as OnRecord);
        expect(findings.map(({ code }) => code)).toEqual(
          expect.arrayContaining([expect.stringMatching(/^(impossible|unreadable)$/)]),
        );
      }
  });

  test.each(['Extended', '', 'constructor', 'hasOwnProperty', '__proto__'])(
    'a word that no table has, %j, as a type, a cause or a reason: said in a sentence',
    (word) => {
      const changes: [Event['type'], object][] = [
        ['Voted', { type: word }],
        ['RevocationStarted', { cause: word }],
        ['RevocationStarted', { reason: { code: word } }],
      ];
      const whole = events(found);
      for (const [type, change] of changes) {
        const history = altered(whole, type, (event) => ({ ...event, ...change }));
        const records = history.reduce<OnRecord['records']>(
          (chain, event) => [...chain, seal(id, chain.at(-1) ?? { n: 0, hash: '' }, event)],
          [],
        );
        const n = history.findIndex((event, i) => event !== whole[i]) + 1;
        const findings = examine(id, { ...found, records }).filter((finding) => finding.n === n);
        expect(findings).not.toEqual([]);
        for (const { what } of findings) expect(what).toEqual(expect.stringMatching(/ .* /));
      }
    },
  );

  test('invariant 3: an approval without its quorum', () => {
    const about = rewritten((history) => altered(history, 'Voted'));
    expect(said(about)).toContain('it was approved without 1 of manager');
  });

  test('invariant 3: one person who voted twice', () => {
    const twice = rewritten((history) => {
      const [, sam] = history.filter((event) => event.type === 'Voted');
      return history.map((event) =>
        event.type === 'Voted' && event.vote.by.email.startsWith('kim') ? sam! : event,
      );
    });
    expect(said(twice)).toContain('sam@corp.example voted twice');
    expect(said(twice)).toContain('its quorum is not made of distinct people other than the requester');
  });

  test('invariant 3: the requester among the voters, by either half of the identity', () => {
    for (const voter of [person('ana'), { ...person('ana'), email: 'other@corp.example' }]) {
      const own = rewritten((history) =>
        altered(history, 'Voted', (event) => ({ ...event, by: voter, vote: { ...event.vote, by: voter } })),
      );
      expect(said(own)).toContain(`${voter.email} voted on their own request`);
    }
  });

  test('invariant 3: a vote put into somebody’s mouth', () => {
    const by = person('eve');
    expect(said(rewritten((history) => altered(history, 'Voted', (event) => ({ ...event, by }))))).toContain(
      'a vote was recorded by another than the voter',
    );
  });

  test('invariant 3: a vote for a stage that was not open, and one after the lapse', () => {
    const vote = (over: { at?: number; stage?: string }) =>
      said(
        rewritten((history) =>
          altered(history, 'Voted', (event) => ({
            ...event,
            ...(over.at !== undefined && { at: over.at }),
            vote: { ...event.vote, ...over },
          })),
        ),
      );
    expect(vote({ stage: 'security' })).toContain(
      'bob@corp.example voted for security while manager was open',
    );
    expect(vote({ at: found.head.state.lapsesAt })).toContain(
      'bob@corp.example voted after the request had lapsed',
    );
  });

  test('invariant 3: a chain that was made weaker on the way', () => {
    const about = rewritten((history) => {
      const at = history.findIndex((event) => event.type === 'Voted');
      const { ruling } = found.head.state;
      const weaker: Event = {
        type: 'ChainChanged',
        at: history[at]!.at,
        by: 'jit',
        ruling,
        chain: [
          { name: 'manager', quorum: 1 },
          { name: 'security', quorum: 1 },
        ],
      };
      return history.toSpliced(at, 0, weaker);
    });
    expect(said(about)).toContain('the chain was made weaker: a stage or a quorum is gone');
  });

  test('invariant 1: a lease that is longer than what was asked for', () => {
    const about = rewritten((history) =>
      altered(history, 'RequestApproved', (event) => ({
        ...event,
        lease: { ...event.lease, endsAt: event.lease.endsAt + HOUR },
      })),
    );
    expect(said(about)).toContain('its lease is longer than what was asked for');
  });

  test('a grant without an approval', async () => {
    const w = world();
    const asked = await w.ask();
    const about = { ...(await kept(w, asked)), grant: { ...found.grant, requestId: asked } };
    expect(examine(asked, about).map(({ what }) => what)).toEqual(['there is a grant without an approval']);
  });

  test('invariant 2: an approval without a grant, as one who owns only the front could write it', async () => {
    const w = world();
    const asked = await w.ask();
    const before = await kept(w, asked);
    const { ruling } = before.head.state;
    const lease = { startsAt: w.now(), endsAt: w.now() + HOUR };
    const approval: Event = { type: 'RequestApproved', at: w.now(), by: 'jit', lease, ruling };
    const { grant: _, ...rest } = { ...before, ...forged([...events(before), approval]) };
    expect(examine(asked, rest).map(({ what }) => what)).toEqual([
      'it was approved without 1 of manager',
      'it was approved, and there is no grant',
    ]);
  });

  test.each([
    ['GrantProvisioned', 'ProvisionAttempted', 'access was made without an attempt on record'],
    ['CredentialsMinted', 'MintAttempted', 'credentials were made without an attempt on record'],
  ] as const)('invariant 2: %s without %s', (_, attempt, sentence) => {
    expect(said(rewritten((history) => altered(history, attempt)))).toContain(sentence);
  });

  test('what only the program records, recorded by a person', () => {
    const by = person('eve');
    for (const type of ['PreflightPassed', 'RequestApproved', 'GrantProvisioned', 'RequestClosed'] as const) {
      const about = rewritten((history) => altered(history, type, (event) => ({ ...event, by })));
      expect(said(about)).toContain(`${type} is the program's to record, not a person's`);
    }
  });

  test('an approval that nobody checked against AWS', () => {
    expect(said(rewritten((history) => altered(history, 'PreflightPassed')))).toContain(
      'it was approved before it was checked against AWS’s limits',
    );
  });

  test('credentials that somebody else asked for, and what was made at the end or later', () => {
    const by = person('eve');
    expect(
      said(rewritten((history) => altered(history, 'MintRequested', (event) => ({ ...event, by })))),
    ).toContain('credentials were asked for by somebody other than the requester');
    const at = found.grant.lease.endsAt;
    for (const type of ['ProvisionAttempted', 'MintAttempted'] as const)
      expect(said(rewritten((history) => altered(history, type, (event) => ({ ...event, at }))))).toContain(
        'access was used or made at its end or later',
      );
  });

  test('an end that came before its time, or without a cause', () => {
    const ended = (over: object) =>
      said(rewritten((history) => altered(history, 'RevocationStarted', (event) => ({ ...event, ...over }))));
    expect(ended({ at: 0 })).toContain('it expired before its end');
    expect(ended({ cause: 'revoked', by: person('sam') })).toContain(
      'it was taken back without a policy that permits it',
    );
    expect(ended({ cause: 'released', by: person('sam') })).toContain(
      'it was handed back by somebody other than the requester',
    );
    expect(ended({ cause: 'revoked' })).toContain('it was taken back by nobody else');
    expect(ended({ cause: 'failed', by: person('sam') })).toContain('a person recorded a failure');
  });

  const operator = { operator: 'arn:aws:iam::777788889999:user/kim' };
  const order = { at: 1, by: operator, text: 'a stolen laptop' };

  test('an end by an operator, or in nobody’s name, that no order to end it bears out', () => {
    for (const over of [{ by: operator }, { by: 'jit', reason: { code: 'end-stands' } }] as const) {
      const about = rewritten((history) =>
        altered(history, 'RevocationStarted', (event) => ({ ...event, cause: 'revoked', ...over })),
      );
      const unordered = 'it says that its end was ordered, and no such order stands';
      expect(said(about)).toContain(unordered);
      expect(said({ ...about, end: order })).not.toContain(unordered);
      expect(said({ ...about, end: 'unreadable' })).not.toContain(unordered);
    }
  });

  test('anything else that an operator is said to have done, with or without an order', () => {
    const deeds: Event['type'][] = [...new Set(events(found).map(({ type }) => type))];
    expect(deeds.length).toBeGreaterThan(9);
    for (const type of deeds) {
      const about = rewritten((history) => altered(history, type, (event) => ({ ...event, by: operator })));
      expect(said({ ...about, end: order })).toContain('an operator may take access back, and nothing else');
    }
  });

  test('a closing on a proof that was too early, or with another outcome', () => {
    const closed = (over: object) =>
      said(rewritten((history) => altered(history, 'RequestClosed', (event) => ({ ...event, ...over }))));
    expect(closed({ proof: { checkedAt: 0, evidence: 'gone' } })).toContain(
      'it was closed on a look at AWS that came too early to prove anything',
    );
    expect(closed({ outcome: 'released' })).toContain('it ended as expired and was closed as released');
  });

  test('a request that somebody made in another’s name', () => {
    const by = person('eve');
    expect(
      said(rewritten((history) => altered(history, 'RequestSubmitted', (event) => ({ ...event, by })))),
    ).toContain('it was made by somebody other than the requester');
  });

  test('a grant whose hash hides what is in it', () => {
    const about = rewritten((history) =>
      altered(history, 'RequestSubmitted', (event) => ({
        ...event,
        asked: {
          ...event.asked,
          grant: { ...event.asked.grant, config: { roleArn: 'arn:aws:iam::1:role/Admin' } },
        },
      })),
    );
    expect(said(about)).toContain('what approvers saw of the grant is not what its hash was made of');
  });
});
