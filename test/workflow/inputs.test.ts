import type { Head } from '../../src/domain/request/head.js';
import type { State } from '../../src/domain/request/state.js';
import { gathered } from '../../src/policy/inputs/index.js';
import type { Bundle, GatheredInput, OnCall, Pdp } from '../../src/ports/policy.js';
import { withDecisionLog } from '../../src/workflow/decision-log.js';
import { front } from '../../src/workflow/front/index.js';
import { gatherInputs, INPUT_LIMIT, MOST_COUNTED, type InputDeps } from '../../src/workflow/gather-inputs.js';
import { ana, bob, HOUR, opened, pending, TEN } from '../support/heads.js';
import { rotaUnknown } from '../support/people.js';
import { actor, world } from '../support/world.js';

const DAY = 24 * HOUR;

const other = { ...pending('x').entitlement, id: 'logs' };
const leased = { approvedAt: TEN, settledBy: TEN };
const approved = (id: string, endsAt = TEN + 1, more: Partial<State> = {}) =>
  ({
    ...pending(id),
    ...leased,
    status: 'approved',
    lease: { startsAt: TEN - HOUR, endsAt },
    ...more,
  }) as State;
const active = (id: string, endsAt = TEN + 1) =>
  ({
    ...approved(id, endsAt),
    status: 'active',
    activeAt: TEN,
    receipt: {},
    warned: false,
    mints: 0,
  }) as State;
const denied = (id: string, closedAt: number, code: 'vote' | 'policy' = 'vote') =>
  ({
    ...pending(id),
    status: 'closed',
    outcome: 'denied',
    closedAt,
    by: bob,
    reason:
      code === 'vote'
        ? { code, stage: 'manager', text: 'no' }
        : { code, policies: [], advice: [], errors: [] },
  }) as State;

const headOf = (state: State): Head => ({ ...opened(state.id).head, state });

/** Gathers for the world's entitlement, from a record and an index that may be behind it. */
function setting({
  inputs = gathered,
  record = [],
  index = record,
  onCall = rotaUnknown,
  byRequester,
}: {
  inputs?: readonly GatheredInput[];
  record?: State[];
  index?: State[];
  onCall?: OnCall;
  byRequester?: InputDeps['store']['byRequester'];
} = {}) {
  const w = world();
  const heads: string[] = [];
  const directory = { ...w.config, onCall: { everything: { http: 'https://rota.example/' }, groups: {} } };
  const bundle: Bundle = { ...w.deps.bundle(), directory, inputs };
  const warned: object[] = [];
  const deps: InputDeps = {
    bundle: () => bundle,
    store: {
      byRequester: byRequester ?? (async (_, limit) => index.map(headOf).slice(0, limit)),
      openByRequester: async () => index.filter(({ status }) => status !== 'closed').map(headOf),
      head: async (id) => {
        heads.push(id);
        const state = record.find((one) => one.id === id);
        return state && headOf(state);
      },
    },
    onCall,
    log: { warn: (about) => void warned.push(about) },
  };
  const gather = async (at = TEN) => (await gatherInputs(deps, ana, [w.entitlement], at))(w.entitlement);
  return { gather, deps, heads, warned, w, bundle };
}

const only = (name: string) => gathered.filter((input) => input.name === name);
const never = () => new Promise<never>(() => undefined);

describe('an input that fails', () => {
  test('invariant 4: is named with a reason and without a value, and the others stand', async () => {
    const { gather, warned } = setting({
      record: [active('R1')],
      onCall: async () => {
        throw new Error('https://secret.example/?key=1');
      },
    });
    expect(await gather()).toEqual({
      given: { liveGrants: 1, hasThis: true, recentDenials: 0 },
      failed: { onCall: 'it could not be asked who is on call' },
    });
    expect(JSON.stringify(warned)).not.toContain('secret');
  });

  test('invariant 4: an unusable index fails what is counted from it, and nothing else', async () => {
    const { gather, warned } = setting({
      byRequester: async () => {
        throw new Error('no table');
      },
      onCall: async () => true,
    });
    const why = 'it could not be looked up';
    expect(await gather()).toEqual({ given: { onCall: true }, failed: { grants: why, denials: why } });
    expect(warned).toHaveLength(2);
  });

  test('invariant 4: a request in the index whose record is missing fails the count', async () => {
    const { gather } = setting({ index: [active('R1')], record: [], inputs: only('grants') });
    expect(await gather()).toEqual({
      given: {},
      failed: { grants: 'a request in the list of requests has no record' },
    });
  });

  test('invariant 4: more requests than can be counted hide none: the count fails', async () => {
    const flood = Array.from({ length: MOST_COUNTED }, (_, n) => denied(`R${n}`, TEN - 1, 'policy'));
    const { gather } = setting({ record: [...flood, active('R')], inputs: only('grants') });
    expect(await gather()).toEqual({
      given: {},
      failed: { grants: `there are more than ${MOST_COUNTED - 1} requests within 16 days` },
    });
  });

  test('many requests that are long over do not stand in the way', async () => {
    const old = Array.from({ length: MOST_COUNTED }, (_, n) => ({
      ...denied(`R${n}`, TEN - 30 * DAY),
      requestedAt: TEN - 30 * DAY,
    }));
    const { gather } = setting({ record: [active('R'), ...old], inputs: only('grants') });
    expect(await gather()).toMatchObject({ given: { liveGrants: 1 }, failed: {} });
  });

  test('invariant 15: access counts however much was asked for after it', async () => {
    const old = { requestedAt: TEN - 40 * DAY };
    const since = Array.from({ length: 2 * MOST_COUNTED }, (_, n) => ({
      ...denied(`R${n}`, TEN - 30 * DAY),
      ...old,
    }));
    const { gather } = setting({ record: [...since, { ...active('R'), ...old }], inputs: only('grants') });
    expect(await gather()).toMatchObject({ given: { liveGrants: 1, hasThis: true }, failed: {} });
  });

  test('invariant 4: where nobody can be asked who is on call, nobody is', async () => {
    const { gather } = setting({ inputs: only('onCall') });
    expect(await gather()).toEqual({
      given: {},
      failed: { onCall: 'this process cannot ask who is on call' },
    });
  });
});

describe('an input that is late', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('invariant 4: is given up after two seconds, all together, and the others stand', async () => {
    const { gather } = setting({ onCall: never, record: [active('R1')] });
    let told: unknown;
    void gather().then((found) => (told = found));
    await jest.advanceTimersByTimeAsync(INPUT_LIMIT - 1);
    expect(told).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(told).toEqual({
      given: { liveGrants: 1, hasThis: true, recentDenials: 0 },
      failed: { onCall: 'there was no answer within 2 s' },
    });
    expect(INPUT_LIMIT).toBe(2_000);
  });

  test('all late at once take no longer than one', async () => {
    const { gather } = setting({ onCall: never, byRequester: never });
    let told: { failed?: object } | undefined;
    void gather().then((found) => (told = found));
    await jest.advanceTimersByTimeAsync(INPUT_LIMIT);
    expect(Object.keys(told?.failed ?? {})).toEqual(['grants', 'denials', 'onCall']);
  });

  test('leaves no timer behind where nothing is late', async () => {
    const { gather } = setting({ onCall: async () => true });
    await gather();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('what is counted', () => {
  const count = async (record: State[], index = record) => (await setting({ record, index }).gather()).given;

  test('live grants: approved and active ones that have not ended, and this entitlement among them', async () => {
    expect(await count([])).toMatchObject({ liveGrants: 0, hasThis: false });
    expect(await count([pending('R1'), active('R2', TEN), denied('R3', TEN - 1)])).toMatchObject({
      liveGrants: 0,
      hasThis: false,
    });
    expect(await count([active('R1'), approved('R2', TEN + 1, { entitlement: other })])).toMatchObject({
      liveGrants: 2,
      hasThis: true,
    });
    expect(await count([approved('R2', TEN + 1, { entitlement: other })])).toMatchObject({
      liveGrants: 1,
      hasThis: false,
    });
  });

  test('what can still change is counted as the record has it, not as an index that lags', async () => {
    expect(await count([active('R1')], [pending('R1')])).toMatchObject({ liveGrants: 1 });
    expect(await count([denied('R1', TEN - 1)], [pending('R1')])).toMatchObject({ recentDenials: 1 });
  });

  test('denials: of people, within a day, since what policy refuses would feed on itself', async () => {
    const record = [
      denied('R1', TEN - 1),
      denied('R2', TEN - DAY + 1),
      denied('R3', TEN - DAY),
      denied('R4', TEN - 1, 'policy'),
    ];
    expect(await count(record)).toMatchObject({ recentDenials: 2 });
  });

  test('the record is read once, and closed requests not again', async () => {
    const { gather, heads } = setting({ record: [active('R1'), denied('R2', TEN - 1)] });
    await gather();
    expect(heads).toEqual(['R1']);
  });
});

describe('who is on call', () => {
  const rota = { http: 'https://rota.example/' };
  const dba = { pagerduty: { schedule: 'P1', apiUrl: 'https://api.pagerduty.com/' } };
  const of = async (onCall: object, answer: OnCall, owners = ['dba']) => {
    const { deps, bundle, w } = setting({ inputs: only('onCall'), onCall: answer });
    const changed = { ...bundle, directory: { ...w.config, onCall } } as Bundle;
    const entitlement = { ...w.entitlement, owners };
    return (await gatherInputs({ ...deps, bundle: () => changed }, ana, [entitlement], TEN))(entitlement);
  };

  test('is asked of the rota of what owns it, which stands in the place of the one for everything', async () => {
    const both = { everything: rota, groups: { dba } };
    const everywhere: OnCall = async (source) => source === rota;
    expect(await of(both, everywhere)).toMatchObject({ given: { onCall: false } });
    expect(await of(both, everywhere, ['web'])).toMatchObject({ given: { onCall: true } });
    expect(await of(both, everywhere, ['dba', 'web'])).toMatchObject({ given: { onCall: true } });
    expect(await of(both, everywhere, [])).toMatchObject({ given: { onCall: true } });
  });

  test('invariant 4: is not known where one of several rotas is not, or none is named', async () => {
    const both = { everything: rota, groups: { dba } };
    const half: OnCall = async (source) => (source === rota ? true : 'PagerDuty answered 500');
    expect(await of(both, half, ['dba', 'web'])).toMatchObject({
      failed: { onCall: 'PagerDuty answered 500' },
    });
    expect(await of({ groups: { dba } }, half, ['web'])).toMatchObject({
      failed: { onCall: 'directory.yml names no onCall source for it' },
    });
  });
});

describe('the workflow', () => {
  type Ask = Parameters<Pdp['request']>[0];

  /** The world with inputs, of which policy denies whom it does not know to be on call. */
  function reading(onCall: OnCall) {
    const w = world();
    const asks: Ask[] = [];
    const plain = w.deps.bundle();
    const directory = { ...w.config, onCall: { everything: { http: 'https://rota.example/' }, groups: {} } };
    const pdp: Pdp = {
      ...plain.pdp,
      request(ask) {
        asks.push(ask);
        if (ask.given?.['onCall'] === true) return plain.pdp.request(ask);
        return { outcome: 'denied', policies: [], advice: [], bundle: 'b1', errors: ['not on call'] };
      },
    };
    const lines: object[] = [];
    const log = { info: (about: object) => void lines.push(about) };
    const bundle = withDecisionLog({ ...plain, directory, pdp, inputs: gathered }, log, () => 0);
    const deps = { ...w.deps, bundle: () => bundle, onCall };
    const people = front({ ...deps, newId: () => 'R1', wake: () => undefined });
    return { w, asks, lines, people, engine: w.makeEngine({ bundle: () => bundle, onCall }) };
  }

  test('looks up before it asks, and the log has values and reasons and no text of anybody’s', async () => {
    const { w, lines, people } = reading(async () => true);
    expect(await people.submit(actor('ana'), w.form, w.seen())).toHaveProperty('ok');
    expect(lines).toContainEqual(
      expect.objectContaining({
        action: 'request',
        inputs: { liveGrants: 0, hasThis: false, recentDenials: 0, onCall: true },
      }),
    );
    expect(JSON.stringify(lines)).not.toContain(w.form.justification);
  });

  test('invariant 4: who cannot be known to be on call is denied, and the log says why', async () => {
    const { w, lines, people } = reading(async () => 'PagerDuty answered 500');
    expect(await people.submit(actor('ana'), w.form, w.seen())).toMatchObject({
      refusal: { code: 'denied-by-policy', errors: ['not on call'] },
    });
    expect(lines.at(-1)).toMatchObject({
      inputs: { liveGrants: 0, hasThis: false, recentDenials: 0 },
      failedInputs: { onCall: 'PagerDuty answered 500' },
    });
  });

  test('what may be asked for, and why not, is found with the same look-ups', async () => {
    let answer = true;
    const { people } = reading(async () => answer);
    expect(await people.offers(actor('ana'))).toMatchObject({ ok: [{ durations: expect.any(Array) }] });
    expect(await people.whyNot(actor('ana'), 'orders-db-admin')).toBeUndefined();
    answer = false;
    expect(await people.offers(actor('ana'))).toEqual({ ok: [] });
    expect(await people.whyNot(actor('ana'), 'orders-db-admin')).toMatchObject({ code: 'denied-by-policy' });
    expect(await people.suggest(actor('ana'), '', 9)).toEqual({ ok: [] });
  });

  test('invariant 3: when it takes effect everything is looked up anew, who cannot be known waits, and who has gone off call gets nothing', async () => {
    let answer: boolean | string = true;
    const { w, people, engine } = reading(async () => answer);
    w.policy.chain = 'manager';
    await people.submit(actor('ana'), w.form, w.seen());
    for (let round = 0; round < 5; round++) await engine.sweep();
    answer = 'PagerDuty answered 500';
    await people.approve(actor('bob'), { id: 'R1', stage: 'manager', revision: 0 }, w.seen());
    for (let round = 0; round < 5; round++) await engine.sweep();
    expect(await w.state('R1')).toMatchObject({ status: 'pending' });
    answer = false;
    w.pass(60_000);
    for (let round = 0; round < 5; round++) await engine.sweep();
    expect(await w.state('R1')).toMatchObject({ status: 'closed', outcome: 'denied' });
    expect(w.aws.provisions).toBe(0);
  });

  test('a bundle whose policies read nothing looks nothing up', async () => {
    const { gather, heads } = setting({ inputs: [], record: [active('R1')], onCall: never });
    expect(await gather()).toEqual({});
    expect(heads).toEqual([]);
  });
});
