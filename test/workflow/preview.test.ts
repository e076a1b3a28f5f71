import type { Foreseen, Form, Preview } from '../../src/ports/front.js';
import { useNote } from '../../src/domain/record/use.js';
import { actor, HOUR, person, world } from '../support/world.js';

type World = ReturnType<typeof world>;
const MINUTE = HOUR / 60;

async function preview(w: World, change: Partial<Form> = {}, who = 'ana'): Promise<Preview> {
  const { ticket: _, ...form } = w.form;
  const answer = await w.front.preview(actor(who), { ...form, justification: '', ...change });
  if ('refusal' in answer) throw new Error(answer.refusal.code);
  return answer.ok;
}
function foreseen({ foreseen }: Preview): Foreseen {
  if ('refusal' in foreseen) throw new Error(foreseen.refusal.code);
  return foreseen;
}
const refusal = ({ foreseen }: Preview) => ('refusal' in foreseen ? foreseen.refusal : 'none');

describe('a form that would be refused says so before it is sent', () => {
  test('invariant 8: to somebody who may do nothing it shows nothing', async () => {
    const w = world();
    w.people.refused['eve'] = 'guest';
    expect(await w.front.preview(actor('eve'), w.form)).toEqual({ refusal: { code: 'guest' } });
  });

  test.each([
    [{ entitlement: 'no-such-thing' }, { code: 'unknown-entitlement', entitlement: 'no-such-thing' }],
    [{ duration: 'PT1H' }, { code: 'unknown-duration', text: 'PT1H' }],
    [{ duration: '2h' }, { code: 'duration-not-offered', offered: [HOUR / 4, HOUR, 4 * HOUR] }],
    [{ ticket: 'ops 12' }, { code: 'ticket-malformed', example: 'OPS-12' }],
  ])('%j', async (change, expected) => {
    expect(refusal(await preview(world(), change))).toEqual(expected);
  });

  test('with the advice of the policy that stops it, and nothing is on record', async () => {
    const w = world();
    w.policy.denied = { policies: ['no-contractors'], advice: ['Ask your manager for a transfer.'] };
    expect(refusal(await preview(w))).toEqual({
      code: 'denied-by-policy',
      policies: ['no-contractors'],
      advice: ['Ask your manager for a transfer.'],
      errors: [],
    });
    expect(await w.store.byRequester(person('ana'), 9)).toEqual([]);
  });

  test('naming the stage that distinct people cannot fill', async () => {
    const w = world();
    w.people.stages = { manager: ['sam'], security: ['sam', 'ana', 'kim'] };
    expect(refusal(await preview(w))).toEqual({
      code: 'unfillable',
      stage: 'security',
      needed: 2,
      available: 1,
    });
  });

  test('as sending it would, for each form', async () => {
    for (const change of [{}, { duration: '8h' }, { ticket: 'no' }, { entitlement: 'x' }]) {
      const w = world();
      const sent = await w.front.submit(actor('ana'), { ...w.form, ...change }, w.seen());
      const told = refusal(await preview(w, { ticket: 'OPS-12', ...change }));
      expect(told).toEqual('refusal' in sent ? sent.refusal : 'none');
    }
  });
});

describe('a form that would be sent', () => {
  test('needs nobody where policy says so', async () => {
    const w = world();
    w.policy.chain = 'auto';
    expect(foreseen(await preview(w))).toEqual({ chain: [], advice: [], needsTicket: false });
  });

  test('names who could approve each stage, without the requester, and writes nothing', async () => {
    const w = world();
    w.people.stages['security'] = ['sam', 'ana', 'kim', 'lee'];
    const before = JSON.stringify(await w.store.byRequester(person('ana'), 9));
    const { chain } = foreseen(await preview(w));
    expect(chain.map(({ name, quorum, people }) => [name, quorum, people.map(({ email }) => email)])).toEqual(
      [
        ['manager', 1, ['bob@corp.example']],
        ['security', 2, ['sam@corp.example', 'kim@corp.example', 'lee@corp.example']],
      ],
    );
    expect(JSON.stringify(await w.store.byRequester(person('ana'), 9))).toBe(before);
  });

  test('counts who is in working hours by their own clocks: Monday to Friday, 9 to 17, where nothing else is said', async () => {
    const w = world();
    // It is Friday, 10:00 in London, 2:00 in Los Angeles, 19:00 in Tokyo.
    w.people.zones = {
      sam: 'Europe/London',
      kim: 'America/Los_Angeles',
      lee: 'Asia/Tokyo',
      bob: 'Europe/Berlin',
    };
    const atWork = async () => foreseen(await preview(w)).chain.map((stage) => stage.atWork);
    expect(await atWork()).toEqual([1, 1]);
    w.config.businessHours = { days: [5], from: 8, to: 20, holidays: [] };
    expect(await atWork()).toEqual([1, 2]);
    w.config.businessHours.holidays = ['2026-11-20'];
    expect(await atWork()).toEqual([0, 0]);
  });

  test('invariant 15: of people whose time zones are not all known, or not known to us, nobody is counted', async () => {
    const w = world();
    w.people.zones = { sam: 'Europe/London', kim: 'Mars/Olympus', lee: 'Asia/Tokyo', bob: 'Europe/Berlin' };
    expect(foreseen(await preview(w)).chain.map((stage) => stage.atWork)).toEqual([1, undefined]);
    w.people.zones = { sam: 'Europe/London' };
    expect(foreseen(await preview(w)).chain.map((stage) => 'atWork' in stage)).toEqual([false, false]);
  });

  test('invariant 15: of a stage that a lost group feeds it is said that not all are known', async () => {
    const w = world();
    w.people.stages['security'] = ['sam'];
    w.people.unknown = {
      security: [{ name: 'sec', why: 'the group cannot be looked up now', lasting: false }],
    };
    expect(foreseen(await preview(w)).chain.map(({ isWhole }) => isWhole)).toEqual([true, false]);
  });

  test.each([false, true])(
    'says that a ticket is wanted: by the directory %s, else by policy',
    async (required) => {
      const w = world();
      w.policy.wantsTicket = !required;
      w.config.justification.ticket!.required = required;
      expect(foreseen(await preview(w)).needsTicket).toBe(true);
      expect(foreseen(await preview(w, { ticket: 'OPS-9' })).needsTicket).toBe(false);
    },
  );

  test('a ticket is not said to help where it does not', async () => {
    const w = world();
    w.config.justification.ticket!.required = true;
    w.policy.denied = { policies: ['freeze'], advice: [] };
    expect(refusal(await preview(w))).toMatchObject({ code: 'denied-by-policy', policies: ['freeze'] });
  });
});

describe('the duration that is preselected', () => {
  const used = async (w: World, ...minutes: number[]) =>
    w.store.saveNote(useNote('orders-db-admin'), {
      uses: minutes.map((n, at) => ({ request: `R${at}`, used: n * MINUTE })),
    });
  const chosen = async (w: World) => {
    const { duration, usual } = await preview(w, { duration: '' });
    return [duration! / MINUTE, usual === undefined ? undefined : usual / MINUTE];
  };

  test('is the shortest while fewer than ten have used it', async () => {
    const w = world();
    await used(w, ...Array.from({ length: 9 }, () => 50));
    expect(await chosen(w)).toEqual([15, undefined]);
  });

  test('is the shortest that is as long as people usually need it', async () => {
    const w = world();
    await used(w, 1, 2, 3, 4, 20, 20, 90, 100, 110, 120);
    expect(await chosen(w)).toEqual([60, 20]);
    await used(w, ...Array.from({ length: 11 }, () => 15));
    expect(await chosen(w)).toEqual([15, 15]);
  });

  test('is the longest where none is as long as that', async () => {
    const w = world();
    await used(w, ...Array.from({ length: 10 }, () => 500));
    expect(await chosen(w)).toEqual([240, 500]);
  });

  test('invariant 16: statistics that are broken, or cannot be read, cost nothing but themselves', async () => {
    const w = world();
    await w.store.saveNote(useNote('orders-db-admin'), { uses: [{ request: 7 }, null, 'x', { used: -1 }] });
    expect(await chosen(w)).toEqual([15, undefined]);
    w.store.note = () => Promise.reject(new Error('the table is busy'));
    expect(await chosen(w)).toEqual([15, undefined]);
  });
});
