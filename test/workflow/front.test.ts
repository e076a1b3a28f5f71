import type { Form } from '../../src/ports/front.js';
import { actor, HOUR, world, person } from '../support/world.js';

type World = ReturnType<typeof world>;
const code = (answer: object) => ('refusal' in answer ? (answer.refusal as { code: string }).code : 'ok');

async function submit(w: World, change: Partial<Form>, who = 'ana') {
  return w.front.submit(actor(who), { ...w.form, ...change }, w.seen());
}

describe('asking', () => {
  test.each([
    [{ entitlement: 'no-such-thing' }, { code: 'unknown-entitlement', entitlement: 'no-such-thing' }],
    [{ duration: 'PT1H' }, { code: 'unknown-duration', text: 'PT1H' }],
    [{ duration: '2h' }, { code: 'duration-not-offered', offered: [HOUR / 4, HOUR, 4 * HOUR] }],
    [{ justification: '' }, { code: 'justification-too-short', minLength: 10 }],
    [{ justification: '   too short     ' }, { code: 'justification-too-short', minLength: 10 }],
    [{ justification: 'x'.repeat(1001) }, { code: 'justification-too-long', maxLength: 1000 }],
    [
      { justification: 'wake up <!channel> please' },
      { code: 'justification-broadcast', found: '<!channel>' },
    ],
    [
      { justification: 'wake up <!here|here> please' },
      { code: 'justification-broadcast', found: '<!here|here>' },
    ],
    [{ ticket: 'ops 12' }, { code: 'ticket-malformed', example: 'OPS-12' }],
    [{ ticket: 'OPS-12\nOPS-13' }, { code: 'ticket-malformed', example: 'OPS-12' }],
  ])('%j is refused with the rule, and nothing is written', async (change, refusal) => {
    const w = world();
    expect(await submit(w, change)).toEqual({ refusal });
    expect(await w.store.byRequester(person('ana'), 9)).toEqual([]);
  });

  test.each([0x200b, 0x2060, 0x2800, 0x3164, 0xad, 0x200e])(
    'invariant 4: twenty of the invisible character %i are no reason, no ticket, no denial and no word about an end',
    async (point) => {
      const w = world();
      const nothing = String.fromCodePoint(point).repeat(20);
      expect(code(await submit(w, { justification: nothing }))).toBe('justification-too-short');
      expect(code(await submit(w, { justification: `fix ${nothing} it` }))).toBe('justification-too-short');
      w.config.justification.ticket = { pattern: '.+', required: true };
      expect(code(await submit(w, { ticket: nothing }))).toBe('ticket-required');
      const id = await w.ask();
      const button = { id, stage: 'manager', revision: 0 };
      expect(code(await w.front.deny(actor('bob'), button, nothing, w.seen()))).toBe('reason-missing');
      expect((await w.state(id)).status).toBe('pending');
      const live = await w.approved();
      expect(code(await w.front.revoke(actor('sam'), live, nothing, w.seen()))).toBe('ok');
      expect(await w.state(live)).not.toHaveProperty('reason');
    },
  );

  test('whatever ends a line where it was written ends it on record as everywhere', async () => {
    const w = world();
    const lines = ['fixing', 'the', 'orders', 'schema', 'of', 'today'];
    const written = ['\r\n', '\v', '\f', '\u0085', '\u2028'].map((end, n) => `${lines[n]}${end}`);
    await submit(w, { justification: `${written.join('')}today` });
    expect((await w.state('R1')).justification).toBe(lines.join('\n'));
  });

  test('a ticket that the directory requires cannot be left out', async () => {
    const w = world();
    w.config.justification.ticket!.required = true;
    const { ticket: _, ...form } = w.form;
    expect(await w.front.submit(actor('ana'), form, w.seen())).toEqual({
      refusal: { code: 'ticket-required', example: 'OPS-12' },
    });
  });

  test('what policy denies is on record with its reason, and disturbs nobody', async () => {
    const w = world();
    w.policy.denied = { policies: ['no-contractors'], advice: ['Ask your manager for a transfer.'] };
    expect(await submit(w, {})).toEqual({
      refusal: {
        code: 'denied-by-policy',
        policies: ['no-contractors'],
        advice: ['Ask your manager for a transfer.'],
        errors: [],
        request: 'R1',
      },
    });
    await w.settle();
    expect(await w.history('R1')).toEqual(['RequestRefused']);
    expect(w.slack.cards).toEqual([]);
    expect(w.slack.told).toEqual([]);
  });

  test('a chain that distinct people cannot fill is refused at once, naming the stage', async () => {
    const w = world();
    w.people.stages = { manager: ['sam'], security: ['sam', 'ana', 'kim'] };
    expect(await submit(w, {})).toEqual({
      refusal: { code: 'unfillable', stage: 'security', needed: 2, available: 1, request: 'R1' },
    });
  });

  test.each(['other-workspace', 'guest', 'bot', 'deactivated', 'unknown-person', 'no-email'] as const)(
    'invariant 8: somebody who is %s may do nothing at all, and nothing changes',
    async (why) => {
      const w = world();
      const id = await w.ask();
      w.people.refused['eve'] = why;
      const eve = actor('eve');
      const before = await w.store.head(id);
      const button = { id, stage: 'manager', revision: 0 };
      const answers = [
        await w.front.offers(eve),
        await submit(w, {}, 'eve'),
        await w.front.approve(eve, button, w.seen()),
        await w.front.mayDeny(eve, button, w.seen()),
        await w.front.deny(eve, button, 'no', w.seen()),
        await w.front.mayShorten(eve, button, w.seen()),
        await w.front.shorten(eve, button, '15m', w.seen()),
        await w.front.mayQuestion(eve, button, w.seen()),
        await w.front.question(eve, button, 'why?', w.seen()),
        await w.front.mayAnswer(eve, { id, question: 1 }, w.seen()),
        await w.front.answer(eve, { id, question: 1 }, 'so', w.seen()),
        await w.front.cancel(eve, id, w.seen()),
        await w.front.revoke(eve, id, '', w.seen()),
        await w.front.mayMint(eve, id, w.seen()),
        await w.front.mint(eve, id, 'V1', w.seen()),
        await w.front.mine(eve),
        await w.front.status(eve, id),
      ];
      expect(answers).toEqual(answers.map(() => ({ refusal: { code: why } })));
      expect(await w.store.head(id)).toEqual(before);
    },
  );

  test('invariant 4: with a directory that does not answer nobody may do anything', async () => {
    const w = world();
    w.people.unavailable = true;
    expect(code(await submit(w, {}))).toBe('directory-unavailable');
  });
});

describe('voting', () => {
  const button = (id: string, stage: string, revision = 0) => ({ id, stage, revision });

  test.each([
    ['the requester', 'ana', 'manager', 'own-request'],
    ['somebody of a later stage', 'sam', 'manager', 'not-in-stage'],
    ['a stage that is not open yet', 'sam', 'security', 'stage-not-open'],
    ['a stage that is not in the chain', 'bob', 'dba', 'stale-card'],
  ])('invariant 3: %s is refused', async (_, who, stage, expected) => {
    const w = world();
    const id = await w.ask();
    w.people.stages['manager'] = ['bob', 'ana'];
    expect(await w.vote(who, id, stage)).toBe(expected);
    expect((await w.state(id)).votes).toEqual([]);
  });

  test('invariant 3: one person counts once, in one stage and across stages', async () => {
    const w = world();
    w.people.stages = { manager: ['bob'], security: ['bob', 'sam', 'kim'] };
    const id = await w.ask();
    expect(await w.vote('bob', id, 'manager')).toBe('ok');
    expect(await w.vote('bob', id, 'security')).toBe('already-voted');
    expect(await w.vote('sam', id, 'security')).toBe('ok');
    expect(await w.vote('sam', id, 'security')).toBe('already-voted');
  });

  test('invariant 3: a second Slack account with the requester’s e-mail is the requester', async () => {
    const w = world();
    const id = await w.ask();
    w.people.emails['bob'] = 'ana@corp.example';
    expect(await w.vote('bob', id, 'manager')).toBe('own-request');
  });

  test('invariant 3: whoever has an approver’s address by now does not take their place', async () => {
    const w = world();
    const id = await w.ask();
    w.people.known['bob'] = 'U-bob';
    w.people.emails['mallory'] = 'bob@corp.example';
    expect(await w.vote('mallory', id, 'manager')).toBe('unknown-request');
    expect(await w.vote('bob', id, 'manager')).toBe('ok');
  });

  test('a vote that would leave the rest unfillable is refused, naming the stage', async () => {
    const w = world();
    w.people.stages = { manager: ['bob', 'sam'], security: ['sam', 'kim'] };
    const id = await w.ask();
    expect(await w.front.approve(actor('sam'), button(id, 'manager'), w.seen())).toEqual({
      refusal: { code: 'would-strand', stage: 'security' },
    });
    expect(await w.vote('bob', id, 'manager')).toBe('ok');
  });

  test('a request that does not exist, and one of another chain, are refused', async () => {
    const w = world();
    const id = await w.ask();
    expect(code(await w.front.approve(actor('bob'), button('R9', 'manager'), w.seen()))).toBe(
      'unknown-request',
    );
    expect(code(await w.front.approve(actor('bob'), button(id, 'manager', 7), w.seen()))).toBe('stale-card');
  });

  test('one denial closes, with its reason, and needs one', async () => {
    const w = world();
    const id = await w.ask();
    expect(code(await w.front.mayDeny(actor('eve'), button(id, 'manager'), w.seen()))).toBe(
      'unknown-request',
    );
    expect(code(await w.front.mayDeny(actor('sam'), button(id, 'manager'), w.seen()))).toBe('not-in-stage');
    expect(code(await w.front.mayDeny(actor('bob'), button(id, 'manager'), w.seen()))).toBe('ok');
    expect(code(await w.front.deny(actor('bob'), button(id, 'manager'), '  ', w.seen()))).toBe(
      'reason-missing',
    );
    expect(code(await w.front.deny(actor('bob'), button(id, 'manager'), 'not today', w.seen()))).toBe('ok');
    expect(await w.state(id)).toMatchObject({
      outcome: 'denied',
      by: { email: 'bob@corp.example' },
      reason: { code: 'vote', stage: 'manager', text: 'not today' },
    });
    expect(await w.vote('bob', id, 'manager')).toBe('not-pending');
  });

  test('invariant 6: of many votes at once each counts once and none is lost', async () => {
    const w = world();
    w.policy.chain = '6 of security';
    w.people.stages['security'] = ['a', 'b', 'c', 'd', 'e', 'f'];
    const id = await w.ask();
    const votes = w.people.stages['security'].map((who) =>
      w.front.approve(actor(who), button(id, 'security'), w.seen()),
    );
    expect((await Promise.all(votes)).map(code)).toEqual(votes.map(() => 'ok'));
    await w.settle();
    expect((await w.state(id)).status).toBe('active');
    expect(w.aws.provisions).toBe(1);
  });

  test('invariant 14: the same signed request twice has one effect', async () => {
    const w = world();
    const id = await w.ask();
    expect(code(await w.front.cancel(actor('ana'), id, 'same'))).toBe('ok');
    const again = await w.ask();
    expect(code(await w.front.cancel(actor('ana'), again, 'same'))).toBe('replayed');
    expect((await w.state(again)).status).toBe('pending');
    const form = { ...w.form };
    expect(code(await w.front.submit(actor('ana'), form, 'once'))).toBe('ok');
    expect(code(await w.front.submit(actor('ana'), form, 'once'))).toBe('replayed');
  });
});

describe('ending and looking', () => {
  test('only the requester cancels, and only while it waits', async () => {
    const w = world();
    const id = await w.ask();
    expect(code(await w.front.cancel(actor('bob'), id, w.seen()))).toBe('not-yours');
    expect(code(await w.front.cancel(actor('ana'), id, w.seen()))).toBe('ok');
    expect(code(await w.front.cancel(actor('ana'), id, w.seen()))).toBe('not-pending');
  });

  test('taking back another’s access needs policy; a pending request cannot be taken back', async () => {
    const w = world();
    const waiting = await w.ask();
    expect(code(await w.front.revoke(actor('sam'), waiting, '', w.seen()))).toBe('not-active');
    const id = await w.approved();
    expect(code(await w.front.revoke(actor('bob'), id, '', w.seen()))).toBe('denied-by-policy');
    expect(code(await w.front.revoke(actor('sam'), id, 'leaked', w.seen()))).toBe('ok');
    expect(await w.state(id)).toMatchObject({
      cause: 'revoked',
      by: { email: 'sam@corp.example' },
      reason: { code: 'taken-back', text: 'leaked' },
    });
  });

  test('only the requester mints, only while it is active, and not from another account', async () => {
    const w = world();
    const id = await w.approved();
    expect(code(await w.front.mayMint(actor('bob'), id, w.seen()))).toBe('not-yours');
    w.people.emails['eve'] = 'ana@corp.example';
    expect(code(await w.front.mint(actor('eve'), id, 'V1', w.seen()))).toBe('identity-changed');
    w.pass(HOUR);
    expect(code(await w.front.mint(actor('ana'), id, 'V1', w.seen()))).toBe('not-active');
    await w.settle();
    expect(w.aws.mints).toBe(0);
  });

  test('who has nothing to do with a request does not learn that it exists', async () => {
    const w = world();
    const id = await w.ask();
    expect(code(await w.front.status(actor('eve'), id))).toBe('unknown-request');
    for (const who of ['ana', 'bob', 'kim', 'sam'])
      expect(code(await w.front.status(actor(who), id))).toBe('ok');
  });
});
