import { personLedger } from '../../src/domain/record/ledger.js';
import { SHELLS } from '../../src/ports/shell.js';
import { actor, person, world } from '../support/world.js';

type World = ReturnType<typeof world>;
const use = async (w: World, who: string, shell: (typeof SHELLS)[number], seen = w.seen()) => {
  const answer = await w.front.useShell(actor(who), shell, seen);
  return 'refusal' in answer ? answer.refusal.code : answer.ok;
};
const chosen = async (w: World, who: string) => {
  const answer = await w.front.shell(actor(who));
  return 'refusal' in answer ? answer.refusal.code : answer.ok;
};
const ANA = personLedger(person('ana').account);
async function open(w: World, id: string): Promise<void> {
  await w.front.mint(actor('ana'), id, `V-${w.slack.shells.length}`, w.seen());
  await w.settle();
}

test('until somebody chooses, it is bash; each choice is theirs alone and holds from the next session on', async () => {
  const w = world();
  const id = await w.approved();
  await open(w, id);
  for (const shell of ['fish', 'powershell', 'cmd'] as const) {
    expect(await use(w, 'ana', shell)).toBe(shell);
    expect([await chosen(w, 'ana'), await chosen(w, 'sam')]).toEqual([shell, 'bash']);
    await open(w, id);
  }
  expect(w.slack.shells).toEqual(['bash', 'fish', 'powershell', 'cmd']);
});

test('the same signed request chooses once (invariant 14)', async () => {
  const w = world();
  const seen = w.seen();
  await use(w, 'ana', 'fish', seen);
  await use(w, 'ana', 'cmd');
  expect(await use(w, 'ana', 'fish', seen)).toBe('replayed');
  expect(await chosen(w, 'ana')).toBe('cmd');
});

test('it stands beside what else is noted, and is no fact', async () => {
  const w = world();
  await w.front.openHome(actor('ana'));
  await use(w, 'ana', 'fish');
  await w.front.openHome(actor('ana'));
  w.pass(2_000);
  await w.front.openHome(actor('ana'));
  expect(await w.store.ledger(ANA)).toMatchObject({
    note: { shell: 'fish', homeSeenAt: w.now() },
    tail: { n: 0 },
  });
  expect(await w.store.ledgerRecords(ANA)).toEqual([]);
});

test('whom the directory does not let in has none', async () => {
  const w = world();
  w.people.refused['ana'] = 'guest';
  expect([await chosen(w, 'ana'), await use(w, 'ana', 'fish')]).toEqual(['guest', 'guest']);
});

test('a note that is none of ours, or a ledger that cannot be read, costs nobody their session', async () => {
  const w = world();
  const id = await w.approved();
  const ledger = ANA;
  const head = await w.store.ledger(ledger);
  const spoilt = {
    ...head,
    ledger,
    version: (head?.version ?? 0) + 1,
    tail: head?.tail ?? { n: 0, hash: '' },
    note: { shell: 'csh' },
  };
  await w.store.append({ head: spoilt, records: [] });
  await open(w, id);
  w.store.ledger = async () => {
    throw new Error('no table');
  };
  await open(w, id);
  expect(w.slack.shells).toEqual(['bash', 'bash']);
});
