import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buttonsOf,
  cardWith,
  copyOfPolicies,
  livingIn,
  MINUTE,
  serveCompany,
  textOf,
} from '../support/company.js';

type Company = Awaited<ReturnType<typeof serveCompany>>;
const ORDERS = {
  entitlement: 'orders-db-admin',
  duration: '1h',
  justification: 'adding an index to orders',
  ticket: 'OPS-12',
};

let it: Company;
let dir: string;
beforeEach(async () => {
  dir = withoutFallback();
  it = await serveCompany({ policyDir: dir });
});
afterEach(() => it.close());

/** With a fallback others would decide in the place of a stage that is gone. */
function withoutFallback(): string {
  const folder = copyOfPolicies();
  const path = join(folder, 'directory.yml');
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, before.replace(/^fallback: .*\n/m, ''));
  expect(readFileSync(path, 'utf8')).not.toBe(before);
  return folder;
}

/** Each text file with other text, and then in force. */
async function change(...changes: [file: string, from: RegExp, to: string][]): Promise<void> {
  for (const [file, from, to] of changes) {
    const path = join(dir, file);
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, before.replace(from, to));
    expect(readFileSync(path, 'utf8')).not.toBe(before);
  }
  expect(await it.app.policies.refresh()).toBe('taken');
}

const withoutSecurity = () =>
  change(
    ['directory.yml', /^  security: \{ group: security.*\n/m, '  secure: { group: security }\n'],
    ['production.cedar', /@chain\("manager, 2 of security"\)/, '@chain("manager, 2 of secure")'],
    ['production.cedar', /@chain\("security"\)/, '@chain("secure")'],
  );
const managersCard = () => cardWith(it.slack.dms('U0BOB'), 'approve');
const toldLast = (who: string) => textOf(it.slack.ephemerals(who).at(-1)!);
const living = () => textOf(livingIn(it.slack.dms('U0ANA')));
const GONE = 'There is no stage security in directory.yml any more';

describe('a directory that no longer has the stage', () => {
  test('of those to come: whoever would approve hears which one is gone, and nothing is granted', async () => {
    await it.ask('U0ANA', ORDERS);
    await withoutSecurity();
    await it.click('U0BOB', managersCard(), 'approve');
    expect(toldLast('U0BOB')).toContain(GONE);
    expect(living()).toContain('is waiting for <@U0BOB>');
    await it.click('U0ANA', livingIn(it.slack.dms('U0ANA')), 'cancel');
    await it.ask('U0ANA', ORDERS);
    await it.click('U0BOB', managersCard(), 'approve');
    expect(living()).toContain('*secure*: asked 2 of <@U0SAM>, <@U0KIM> and <@U0LEE>');
  });

  test('that is open: each button says so, the card loses them, and the requester reads what to do', async () => {
    await it.ask('U0ANA', ORDERS);
    const copy = managersCard();
    await it.click('U0BOB', copy, 'approve');
    const card = cardWith(it.slack.messages('C0SECURITY'), 'approve');
    await withoutSecurity();
    for (const action of ['approve', 'question', 'shorten', 'deny']) {
      await it.click('U0SAM', card, action);
      expect(toldLast('U0SAM')).toContain(GONE);
    }
    expect(it.slack.views('U0SAM')).toEqual([]);
    // Of whom jit knows that it concerns them, a press has it drawn anew.
    await it.click('U0BOB', card, 'approve');
    expect(toldLast('U0BOB')).toContain('already approved');
    const [now] = it.slack.messages('C0SECURITY');
    expect(textOf(now!)).toContain('nobody can decide: directory.yml has no stage security any more');
    expect(buttonsOf(now!)).toEqual([]);
    expect(living()).toContain('cannot reach its approvers');
    expect(living()).toContain('cancel it and ask again');
    await it.click('U0ANA', livingIn(it.slack.dms('U0ANA')), 'cancel');
    expect(living()).toContain('is cancelled');
  });

  test('and has not been asked yet: no card is posted that nobody could use, and those who run jit hear it', async () => {
    it.slack.misbehave('chat.postMessage', { kind: 'error', error: 'internal_error' }, 3);
    await it.ask('U0ANA', ORDERS);
    await change(
      ['directory.yml', /^  manager: .*\n/m, '  boss: { manager: true }\n'],
      ...['production', 'staging'].map((name): [string, RegExp, string] => [
        `${name}.cedar`,
        /@chain\("manager/g,
        '@chain("boss',
      ]),
    );
    it.slack.behave();
    await it.pass(10 * MINUTE);
    expect(it.slack.dms('U0BOB')).toEqual([]);
    expect(living()).toContain('directory.yml has no stage manager any more');
    expect(it.logged.filter((line) => line.includes('nobody could be asked'))).not.toEqual([]);
  });
});
