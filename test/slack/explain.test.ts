import { buttonsOf, cardWith, serveCompany, textOf } from '../support/company.js';

let it: Awaited<ReturnType<typeof serveCompany>>;
let id: string;

beforeAll(async () => {
  it = await serveCompany();
  const { modal } = await it.ask('U0ANA', {
    entitlement: 'orders-db-admin',
    duration: '1h',
    justification: 'adding an index to orders',
    ticket: 'OPS-12',
  });
  id = /Request `(\w+)`/.exec(textOf(modal!))![1]!;
});
afterAll(() => it.close());

async function told(who: string, line: string): Promise<string> {
  const before = it.slack.ephemerals(who).length;
  await it.slack.as(who).command(line);
  return it.slack
    .ephemerals(who)
    .slice(before)
    .map((message) => textOf(message))
    .join('\n');
}

describe('/jit explain', () => {
  test('invariant 8: somebody who has nothing to do with a request does not learn that there is one', async () => {
    const unknown = await told('U0CLEO', '/jit explain 01ARZ3NDEKTSV4RRFFQ69G5FAV');
    expect(await told('U0CLEO', `/jit explain ${id}`)).toBe(unknown);
    expect(unknown).not.toMatch(/orders/i);
    expect(await told('U0GUEST', `/jit explain ${id}`)).not.toMatch(/production-two-stage/);
    expect(await told('U0STRANGER', `/jit explain ${id}`)).not.toMatch(/production-two-stage/);
  });

  test('says which policies decided, who sits in each stage, and what came close', async () => {
    const text = await told('U0ANA', `/jit explain ${id.toLowerCase()}`);
    expect(text).toMatch(/asks for orders-db-admin \(production, high risk\) for 1h/);
    expect(text).toMatch(/Needs approval: manager, 2 of security/);
    expect(text).toMatch(/permit production-two-stage/);
    expect(text).toMatch(/permit production-on-call/);
    expect(text).toMatch(/bob@corp\.example/);
    expect(text).not.toContain('adding an index');
  });

  test('an approver who is asked may read it too, by the card’s own button', async () => {
    expect(await told('U0BOB', `/jit explain ${id}`)).toMatch(/production-two-stage/);
    const before = it.slack.ephemerals('U0BOB').length;
    await it.click('U0BOB', cardWith(it.slack.dms('U0BOB'), 'explain'), 'explain');
    expect(textOf(it.slack.ephemerals('U0BOB')[before]!)).toMatch(/permit production-two-stage/);
    expect(cardWith(it.slack.dms('U0BOB'), 'approve')).toBeDefined();
  });

  test('without an id one chooses among one’s own, by a button', async () => {
    const before = it.slack.ephemerals('U0ANA').length;
    await it.slack.as('U0ANA').command('/jit explain');
    const choice = it.slack.ephemerals('U0ANA')[before]!;
    const [button] = buttonsOf(choice).filter(({ actionId }) => actionId === 'explain');
    expect(button).toBeDefined();
    await it.slack.as('U0ANA').click(choice, 'explain');
    await it.quiet();
    const texts = it.slack
      .ephemerals('U0ANA')
      .slice(before)
      .map((message) => textOf(message));
    expect(texts.join('\n')).toMatch(/permit production-two-stage/);
    expect(it.slack.refusals(10)).toEqual([]);
  });
});
