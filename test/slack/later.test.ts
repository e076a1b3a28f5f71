import type { Modal, PostedMessage } from '../../src/sandbox/slack/index.js';
import { FRIDAY, HOUR, MINUTE, serveCompany, withoutEmergencies } from '../support/company.js';
import { corp } from '../support/people.js';
import { wordsIn } from '../support/slack.js';

const WORDS = 'Fixing a stuck order OPS-12';
const FOUR = FRIDAY + 6 * HOUR;
const seconds = (at: number) => String(at / 1000);
const IN_FULL = 'Friday 20 November 2026 at 16:00 (Europe/London)';

let it: Awaited<ReturnType<typeof serveCompany>>;
beforeEach(async () => {
  it = await serveCompany();
});
afterEach(() => it.close());

const ana = () => it.slack.as('U0ANA');
const form = (): Modal => it.slack.views('U0ANA').at(-1)!;
const blockOf = (id: string) => form().view.blocks.find((block) => block['block_id'] === id);
const words = () => wordsIn(form().view);
const asked = async () =>
  (await it.app.store.byRequester(corp('ana@corp.example'), 9)).map(({ state }) => state);
const read = (messages: PostedMessage[]) => messages.map(({ blocks }) => wordsIn(blocks)).join('\n');
const toAna = () => read(it.slack.dms('U0ANA'));
const cards = () => read([...it.slack.messages('C0SECURITY'), ...it.slack.dms('U0BOB')]);
async function approve(who: string, card: PostedMessage | undefined): Promise<void> {
  await it.click(who, card!, 'approve');
}
async function allApprove(): Promise<void> {
  await approve('U0BOB', it.slack.dms('U0BOB').at(-1));
  await approve('U0SAM', it.slack.messages('C0SECURITY').at(-1));
  await approve('U0KIM', it.slack.messages('C0SECURITY').at(-1));
}
async function askByLine(line: string): Promise<void> {
  await ana().command(line);
  await ana().submit(form(), {});
  await it.quiet();
}
async function choose(block: string, value: string): Promise<void> {
  await ana().choose(form(), block, value);
  await it.quiet();
}

describe('a request for later', () => {
  test('by one line: the form, the answer and the messages say when it begins, and it begins then', async () => {
    await ana().command(`/jit orders-db-admin 1h at 16:00 ${WORDS}`);
    expect(blockOf('start')).toMatchObject({
      optional: true,
      element: { type: 'datetimepicker', initial_date_time: FOUR / 1000 },
    });
    expect(wordsIn(blockOf('notes'))).toContain(`It begins on ${IN_FULL}.`);
    expect(wordsIn(blockOf('preview'))).toContain(`for 1 hour from <!date^${FOUR / 1000}^`);
    await ana().submit(form(), {});
    await it.quiet();
    expect(words()).toContain(`It begins on ${IN_FULL}. You can cancel it until then.`);
    await it.quiet();
    expect(cards()).toContain(`for 1 hour from <!date^${FOUR / 1000}^`);
    await allApprove();
    expect(cards()).toContain(`approved; begins <!date^${FOUR / 1000}^`);
    expect(toAna()).toContain('is approved, and begins then, after one last check.');
    expect(toAna()).toContain('It begins then, after one last check. You can cancel it until it does.');
    await it.pass(FOUR - it.now() - 1);
    expect((await asked()).map(({ status }) => status)).toEqual(['pending']);
    await it.pass(1);
    expect((await asked())[0]).toMatchObject({
      status: 'active',
      lease: { startsAt: FOUR, endsAt: FOUR + HOUR },
    });
    expect(toAna()).toContain('You have *Orders database admin* until');
    expect(it.slack.failures()).toEqual([]);
  });

  test('App Home and status say that it is approved, and when it begins', async () => {
    await askByLine(`/jit orders-db-admin 1h at 16:00 ${WORDS}`);
    await ana().openHome();
    await it.quiet();
    const home = () => wordsIn(it.slack.home('U0ANA')?.view.blocks);
    expect(home()).toContain(`for 1 hour from <!date^${FOUR / 1000}^`);
    await allApprove();
    await it.pass(MINUTE);
    await ana().openHome();
    await it.quiet();
    expect(home()).toContain(`Approved; begins <!date^${FOUR / 1000}^`);
    expect(home()).toContain('You have no access now.');
    await ana().command('/jit status');
    expect(wordsIn(it.slack.ephemerals('U0ANA').at(-1)?.blocks)).toContain('Approved; begins');
  });

  test('is cancelled by its button, or by a word, until it begins', async () => {
    await askByLine(`/jit orders-db-admin 1h at 16:00 ${WORDS}`);
    await allApprove();
    const [living] = it.slack.dms('U0ANA').filter(({ blocks }) => wordsIn(blocks).includes('Cancel request'));
    await it.click('U0ANA', living!, 'cancel');
    expect((await asked())[0]).toMatchObject({ status: 'closed', outcome: 'cancelled' });
    await it.pass(MINUTE);
    await askByLine(`/jit orders-db-admin 1h at 16:00 ${WORDS}`);
    const [{ id } = { id: '' }] = await asked();
    await it.pass(HOUR);
    await ana().command(`/jit cancel ${id}`);
    await it.quiet();
    expect((await asked())[0]).toMatchObject({ id, status: 'closed', outcome: 'cancelled' });
    await it.pass(8 * HOUR);
    expect((await asked()).map((state) => state.status === 'closed' && state.outcome)).toEqual([
      'cancelled',
      'cancelled',
    ]);
  });

  test('an hour before, the requester reads what would keep it from beginning', async () => {
    await askByLine(`/jit orders-db-admin 1h at 16:00 ${WORDS}`);
    await allApprove();
    it.slack.changeUsergroup('S0ENG', { users: ['U0BOB'] });
    await it.pass(FOUR - HOUR - it.now());
    expect(toAna()).toContain('would be refused at its start, as things are now.');
    expect(toAna()).toContain('it would be refused at its start');
    expect((await asked())[0]?.status).toBe('pending');
    await it.pass(HOUR);
    expect((await asked())[0]).toMatchObject({ status: 'closed', outcome: 'denied' });
    expect(it.slack.failures()).toEqual([]);
  });

  test('with a start that policy forbids, the form stays as it was written and says so', async () => {
    await ana().command(`/jit orders-db-admin 1h tomorrow 9:00 ${WORDS}`);
    expect(wordsIn(blockOf('preview'))).toContain('Not possible like this.');
    expect(wordsIn(blockOf('preview'))).toContain('at the start that you chose');
    await ana().submit(form(), {});
    expect(JSON.stringify(form().errors)).toContain(
      'Refused by production-working-hours at the start that you chose.',
    );
    expect(JSON.stringify(form().values)).toContain(WORDS);
  });

  test.each([
    ['one that is over', FRIDAY - HOUR, 'This time is over.'],
    ['one too far away', FRIDAY + 96 * HOUR, 'Access can be asked for 3 days ahead at most.'],
  ])('with a start that may not be asked for says so at the picker: %s', async (_, start, sentence) => {
    await ana().command(`/jit sandbox-power-user 1h Trying something out`);
    await choose('start', seconds(start));
    expect(wordsIn(blockOf('preview'))).toContain('Not possible like this.');
    await ana().submit(form(), {});
    expect(form().errors?.['start']).toContain(sentence);
    await ana().submit(form(), { start: seconds(FRIDAY + 2 * HOUR) });
    await it.quiet();
    expect(await asked()).toEqual([
      expect.objectContaining({ status: 'pending', startsAt: FRIDAY + 2 * HOUR }),
    ]);
  });

  test('what the form lists is what policy permits at the start that is chosen', async () => {
    await it.close();
    it = await serveCompany({ policyDir: withoutEmergencies() });
    await it.pass(10 * HOUR);
    await ana().command('/jit');
    const listed = () => JSON.stringify(blockOf('entitlement'));
    expect(listed()).not.toContain('orders-db-admin');
    await choose('start', seconds(FRIDAY + 70 * HOUR));
    expect(listed()).toContain('orders-db-admin');
    await choose('entitlement', 'orders-db-admin');
    expect(wordsIn(blockOf('preview'))).toContain('then 2 of security');
    expect(it.slack.failures()).toEqual([]);
  });

  test('nobody’s time zone known, that of directory.yml counts', async () => {
    it.slack.changeUser('U0ANA', { tz: 'Nowhere/Known' });
    await ana().command(`/jit orders-db-admin 1h at 16:00 ${WORDS}`);
    expect(wordsIn(blockOf('notes'))).toContain('at 16:00 (Europe/Berlin).');
    expect(blockOf('start')).toMatchObject({ element: { initial_date_time: (FOUR - HOUR) / 1000 } });
  });

  test('that nobody need approve begins at its start', async () => {
    await askByLine('/jit sandbox-power-user 1h at 16:00 Trying something out');
    expect(toAna()).toContain('is approved, and begins then');
    await it.pass(FOUR - it.now() - MINUTE);
    expect((await asked())[0]?.status).toBe('pending');
    await it.pass(MINUTE);
    expect((await asked())[0]?.status).toBe('active');
  });
});
