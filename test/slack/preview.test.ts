import { useNote } from '../../src/domain/record/use.js';
import type { Modal } from '../../src/sandbox/slack/index.js';
import { MINUTE, serveCompany } from '../support/company.js';
import { corp } from '../support/people.js';
import { wordsIn } from '../support/slack.js';

const WORDS = 'Fixing a stuck order';

describe('the form', () => {
  let it: Awaited<ReturnType<typeof serveCompany>>;
  beforeEach(async () => {
    it = await serveCompany();
  });
  afterEach(() => it.close());

  const ana = () => it.slack.as('U0ANA');
  /** The bot acknowledges at once, and draws the form then. */
  async function choose(block: string, value: string): Promise<void> {
    await ana().choose(form(), block, value);
    await it.quiet();
  }
  const form = (who = 'U0ANA'): Modal => it.slack.views(who).at(-1)!;
  const blockOf = (id: string) => form().view.blocks.find((block) => block['block_id'] === id);
  const preview = () => wordsIn(blockOf('preview'));
  const valueOf = (id: string) => {
    const [value] = Object.values(form().values[id] ?? {});
    return (value?.['selected_option'] as { value?: string } | null)?.value ?? value?.['value'] ?? null;
  };
  const asked = () => it.app.store.byRequester(corp('ana@corp.example'), 9);

  test('says nothing of who decides while nothing is chosen', async () => {
    await ana().command('/jit');
    expect(blockOf('preview')).toBeUndefined();
  });

  test('tells who decides as soon as something is chosen, and again with each other choice', async () => {
    await ana().command('/jit');
    await choose('entitlement', 'orders-db-admin');
    expect(preview()).toMatch(/^\*Orders database admin\* for 15 minutes\n/);
    expect(preview()).toContain(
      'Needs a ticket such as OPS-12, then <@U0BOB>, then 2 of security (3 people; all of them in working hours).',
    );
    await choose('entitlement', 'sandbox-power-user');
    expect(preview()).toContain('Granted at once.');
    await choose('duration', '4h');
    expect(preview()).toMatch(/for 4 hours\n/);
    expect(await asked()).toEqual([]);
    expect(it.slack.failures()).toEqual([]);
  });

  test('opened by one line it tells it at once, and the ticket that the line names counts', async () => {
    await ana().command(`/jit orders-db-admin 1h ${WORDS} OPS-12`);
    expect(preview()).toContain('Needs <@U0BOB>, then 2 of security');
    expect(preview()).not.toContain('ticket');
  });

  test('of people whose time zone Slack does not know nobody is said to be at work', async () => {
    for (const id of ['U0SAM', 'U0KIM', 'U0LEE']) it.slack.changeUser(id, { tz: 'Nowhere/Known' });
    await ana().command(`/jit orders-db-admin 1h ${WORDS} OPS-12`);
    expect(preview()).toContain('2 of security (3 people).');
  });

  test('another entitlement takes away what was preselected, and keeps what was chosen', async () => {
    await ana().command('/jit');
    await choose('entitlement', 'orders-db-admin');
    expect(valueOf('duration')).toBe('15m');
    await choose('entitlement', 'sandbox-power-user');
    expect(valueOf('duration')).toBe('1h');
    await choose('duration', '4h');
    await choose('entitlement', 'orders-db-admin');
    expect(valueOf('duration')).toBe('4h');
    await ana().submit(form(), { justification: WORDS, ticket: 'OPS-12' });
    expect((await asked())[0]?.state).toMatchObject({ duration: 4 * 60 * MINUTE, ticket: 'OPS-12' });
  });

  test('two choices in quick succession: the later one is drawn, with its own durations', async () => {
    await ana().command('/jit');
    const [first, second] = ['orders-db-admin', 'sandbox-power-user'].map((id) =>
      ana().choose(form(), 'entitlement', id),
    );
    await Promise.all([first, second]);
    await it.quiet();
    expect(preview()).toContain('Granted at once.');
    expect([valueOf('entitlement'), valueOf('duration')]).toEqual(['sandbox-power-user', '1h']);
    expect(JSON.stringify(blockOf('duration'))).not.toContain('"15m"');
    expect(it.slack.failures()).toEqual([]);
  });

  test('says how long people usually need it, and preselects what is enough for that', async () => {
    const uses = Array.from({ length: 10 }, (_, n) => ({ request: `R${n}`, used: 20 * MINUTE }));
    await it.app.store.saveNote(useNote('orders-db-admin'), { uses });
    await ana().command('/jit');
    await choose('entitlement', 'orders-db-admin');
    expect(wordsIn(blockOf('duration'))).toContain('People usually need 20 minutes of this.');
    expect(valueOf('duration')).toBe('1h');
  });

  test('shows an example of a ticket, the limits of the reason, and never a regular expression', async () => {
    await ana().command('/jit orders-db-admin');
    const words = wordsIn(form().view);
    expect(words).toContain('Such as OPS-12');
    expect(words).toContain('10 to 1000 characters');
    expect(words).not.toContain('[A-Z]');
    expect(blockOf('justification')).toMatchObject({ element: { min_length: 10, max_length: 1000 } });
    await ana().submit(form(), { justification: WORDS, ticket: 'ops 12' });
    expect(form().errors).toEqual({ ticket: 'This is not a ticket. Please write one such as OPS-12.' });
  });

  test('fills in the ticket that the reason names with the next choice, once: who takes it out again meant it', async () => {
    await ana().command('/jit orders-db-admin');
    ana().fill(form(), { justification: `${WORDS} (OPS-12).` });
    await choose('duration', '1h');
    expect([valueOf('ticket'), wordsIn(blockOf('ticket'))]).toEqual([
      'OPS-12',
      expect.stringContaining('Found in your reason'),
    ]);
    ana().fill(form(), { ticket: null });
    await choose('duration', '15m');
    expect(valueOf('ticket')).toBeNull();
    await ana().submit(form());
    expect(form().errors['ticket']).toContain('Give the ticket');
  });

  test('sent without the ticket that it needs and that its reason names, it offers that, and sends nothing', async () => {
    await ana().command('/jit orders-db-admin 1h');
    await ana().submit(form(), { justification: `${WORDS} for OPS-12` });
    expect(await asked()).toEqual([]);
    expect(wordsIn(blockOf('notes'))).toContain('Your reason names OPS-12');
    expect(valueOf('ticket')).toBe('OPS-12');
    await ana().submit(form());
    expect((await asked())[0]?.state).toMatchObject({ ticket: 'OPS-12', status: 'pending' });
    expect(it.slack.failures()).toEqual([]);
  });

  test('where nothing needs a ticket, one that the reason names holds up nobody', async () => {
    await ana().command('/jit sandbox-power-user 1h');
    await ana().submit(form(), { justification: `${WORDS} for OPS-12` });
    expect((await asked())[0]?.state).toMatchObject({ entitlement: { id: 'sandbox-power-user' } });
  });

  test('a duration that is not on offer, or misspelt, is said, and the shortest stands there', async () => {
    await ana().command('/jit orders-db-admin 2 days please');
    expect(wordsIn(blockOf('notes'))).toContain(
      '2 days is not on offer for this. Choose 15 minutes, 1 hour or 4 hours.',
    );
    expect(valueOf('duration')).toBe('15m');
    await ana().command('/jit orders-db-admin 1huor please');
    expect(wordsIn(blockOf('notes'))).toContain('Did you mean 1h?');
    expect(valueOf('duration')).toBe('1h');
  });

  test('invariant 16: while the groups of a stage cannot be looked up, the form still opens', async () => {
    await ana().command('/jit');
    it.slack.misbehave('usergroups.list', { kind: 'status', status: 500 }, Infinity);
    await it.pass(6 * MINUTE);
    await choose('entitlement', 'orders-db-admin');
    expect(it.slack.failures()).toEqual([]);
  });

  test('a view that was closed, or drawn anew by somebody else, is left as it is', async () => {
    await ana().command('/jit');
    it.slack.misbehave('views.update', { kind: 'error', error: 'hash_conflict' });
    await choose('entitlement', 'orders-db-admin');
    expect(blockOf('preview')).toBeUndefined();
    it.slack.misbehave('views.update', { kind: 'error', error: 'not_found' });
    await choose('entitlement', 'orders-db-admin');
    expect(it.logged.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  test('whoever tries out very many durations can still send the form', async () => {
    await ana().command('/jit sandbox-power-user');
    for (let n = 0; n < 60; n++) await choose('duration', n % 2 ? '1h' : '4h');
    await ana().submit(form(), { justification: WORDS });
    expect(await asked()).toHaveLength(1);
  });
});

describe('/jit again', () => {
  let it: Awaited<ReturnType<typeof serveCompany>>;
  beforeEach(async () => {
    it = await serveCompany();
  });
  afterEach(() => it.close());
  const form = (who = 'U0ANA'): Modal | undefined => it.slack.views(who).at(-1);
  const close = async (who = 'U0ANA') => void (await it.slack.as(who).close(form(who)!));
  const said = (who = 'U0ANA') => it.slack.ephemerals(who).at(-1)!;

  async function ask(line: string, who = 'U0ANA') {
    await it.slack.as(who).command(`/jit ${line}`);
    await it.slack.as(who).submit(form(who)!);
    await close(who);
    await it.quiet();
  }
  const filledIn = () =>
    Object.values(form()!.values).flatMap((of) =>
      Object.values(of).map(
        (value) => (value['selected_option'] as { value: string })?.value ?? value['value'],
      ),
    );

  test('with nothing to repeat says so', async () => {
    await it.slack.as('U0ANA').command('/jit again');
    expect([form(), said().text]).toEqual([
      undefined,
      expect.stringContaining('You have not asked for anything yet'),
    ]);
  });

  test('invariant 8: somebody else’s request is not repeated, and who has nothing to do with it learns nothing', async () => {
    await ask('orders-db-admin 1h Fixing a stuck order OPS-12');
    const [{ id } = { id: '' }] = await it.app.store.byRequester(corp('ana@corp.example'), 1);
    await it.slack.as('U0BOB').command(`/jit again ${id}`);
    expect(said('U0BOB').text).toContain('someone else’s request');
    await it.slack.as('U0CLEO').command(`/jit again ${id}`);
    expect(said('U0CLEO').text).toContain('There is no such request');
    await it.slack.as('U0BOB').command('/jit again orders-db-admin');
    expect(said('U0BOB').text).toContain('is not a request id');
    expect([form('U0BOB'), form('U0CLEO')]).toEqual([undefined, undefined]);
  });

  test('opens the form as the last request had it, by word or by the button of a list', async () => {
    await ask('sandbox-power-user 4h Trying something out');
    await it.pass(MINUTE);
    await ask('orders-db-admin 1h Fixing a stuck order OPS-12');
    await it.slack.as('U0ANA').command('/jit again');
    expect(filledIn()).toEqual(['orders-db-admin', '1h', undefined, 'Fixing a stuck order OPS-12', 'OPS-12']);
    await close();
    const [, first] = await it.app.store.byRequester(corp('ana@corp.example'), 2);
    await it.slack.as('U0ANA').command(`/jit again ${first!.id}`);
    expect(filledIn()).toEqual(['sandbox-power-user', '4h', undefined, 'Trying something out', null]);
    await close();
    await it.slack.as('U0ANA').command('/jit revoke');
    await it.slack.as('U0ANA').click(said(), 'revoke');
    await it.pass(5 * MINUTE);
    await it.slack.as('U0ANA').command('/jit list');
    await it.slack.as('U0ANA').click(said(), 'again', first!.id);
    await it.quiet();
    expect(filledIn()[0]).toBe('sandbox-power-user');
    expect(it.slack.failures()).toEqual([]);
  });
});
