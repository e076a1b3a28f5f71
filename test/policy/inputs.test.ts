import * as fc from 'fast-check';
import { load, problemsOf, POLICIES, removeFolders } from '../support/policy.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFolder } from '../../src/policy/load.js';
import { runCases } from '../../src/policy/cases/run.js';
import { createPdp } from '../../src/policy/pdp.js';
import { whatCan } from '../../src/policy/questions/access/what-can.js';
import type { RequestAsk } from '../../src/policy/inputs/index.js';
import type { Chain } from '../../src/domain/chain.js';
import type { RequestDecision } from '../../src/domain/request/decision.js';
import type { InputValues } from '../../src/domain/request/decision.js';
import { folder, FROM, kinds, loadedAt } from '../support/policy.js';
import { tries } from '../support/tries.js';

afterAll(removeFolders);

const SCHEMA = readFileSync(join(POLICIES, 'schema.cedarschema'), 'utf8');
const OLD_SCHEMA = SCHEMA.replace(/ticket\?: String,[\s\S]*businessHours\?: Bool/, 'ticket?: String');
const ana = { email: 'ana@corp.example', groups: ['engineers'] };
const FRIDAY_11 = Date.UTC(2026, 10, 20, 10); // in Berlin
const ask: RequestAsk = { who: ana, entitlement: 'logs', duration: 3_600_000, at: FRIDAY_11 };

const on = 'principal, action == Jit::Action::"request", resource';
const PLAIN = `@id("plain") @chain("manager") permit (${on});`;
const ON_CALL = `@id("on-call") @chain("auto") permit (${on}) when { context has onCall && context.onCall };`;
const FEW = `@id("few") @advice("Hand something back.") forbid (${on})
  when { context has liveGrants && context.liveGrants > 3 };`;
const ONCE = `@id("once") forbid (${on}) when { context has hasThis && context.hasThis };`;
const CONTRACTORS = `@id("contractors") forbid (principal in Jit::Group::"dba", action == Jit::Action::"request", resource)
  when { context has recentDenials && context.recentDenials > 0 };`;

const DIRECTORY = `channel: C0ACCESS
timezone: Europe/Berlin
groups:
  engineers: { usergroup: S0ENG }
  dba: { members: [dan@corp.example] }
  security: { members: [sam@corp.example, kim@corp.example] }
stages:
  manager: { manager: true }
  owners: { owners: true }
  security: { group: security }
businessHours: { days: [1, 2, 3, 4, 5], from: 8, to: 18, holidays: ["2026-12-25"] }
onCall: { http: "https://rota.example/now" }
`;
const filesOf = (...policies: string[]) => ({
  'policies.cedar': policies.join('\n'),
  'directory.yml': DIRECTORY,
});
const bundleOf = (...policies: string[]) => load(filesOf(...policies));

describe('an input that is not known', () => {
  test('invariant 4: takes out the permit that reads it, and the denial names input, policy and reason', async () => {
    const { pdp } = await bundleOf(ON_CALL);
    expect(pdp.request({ ...ask, given: {}, failed: { onCall: 'the rota answered 500' } })).toMatchObject({
      outcome: 'denied',
      policies: [],
      errors: ['policy "on-call" counts as no: it reads onCall, which is not known: the rota answered 500'],
    });
  });

  test('invariant 4: makes the forbid that reads it hold, without the advice that it would give', async () => {
    const { pdp } = await bundleOf(PLAIN, FEW);
    expect(pdp.request({ ...ask, failed: { grants: 'there was no answer within 2 s' } })).toMatchObject({
      outcome: 'denied',
      policies: ['few'],
      advice: [],
      errors: [
        'policy "few" counts as no: it reads liveGrants of the input grants, which is not known: there was no answer within 2 s',
      ],
    });
  });

  test('invariant 4: counts as no also where nobody looked it up', async () => {
    const { pdp } = await bundleOf(PLAIN, ONCE);
    expect(pdp.request(ask)).toMatchObject({
      outcome: 'denied',
      policies: ['once'],
      errors: [
        expect.stringContaining('hasThis of the input grants, which is not known: it was not looked up'),
      ],
    });
  });

  test('invariant 4: a value beside its failure is not believed', async () => {
    const { pdp } = await bundleOf(ON_CALL);
    const both = { ...ask, given: { onCall: true }, failed: { onCall: 'late' } };
    expect(pdp.request(both).outcome).toBe('denied');
  });

  test.each([
    ['a number', 1],
    ['a text', 'true'],
    ['nothing', undefined],
    ['a list', [true]],
  ])('invariant 4: %s is no yes or no', async (_, onCall) => {
    const { pdp } = await bundleOf(ON_CALL);
    const given = { onCall } as unknown as InputValues;
    expect(pdp.request({ ...ask, given }).outcome).toBe('denied');
  });

  test.each([1.5, NaN, Infinity, 2 ** 53, true])('invariant 4: %s is no count', async (liveGrants) => {
    const { pdp } = await bundleOf(PLAIN, FEW);
    expect(pdp.request({ ...ask, given: { liveGrants } }).outcome).toBe('denied');
  });

  test('leaves alone every policy that does not read it', async () => {
    const { pdp } = await bundleOf(PLAIN, ON_CALL);
    expect(pdp.request({ ...ask, failed: { onCall: 'late' } })).toMatchObject({
      outcome: 'needs-approval',
      chain: [{ name: 'manager', quorum: 1 }],
      policies: ['on-call', 'plain'],
    });
  });

  test('a permit that cannot be known permits nothing, but the stages that it would add stay', async () => {
    const wary = `@id("wary") @chain("security") permit (${on}) when { context has recentDenials && context.recentDenials > 3 };`;
    const { pdp } = await bundleOf(PLAIN, wary);
    const chainWith = (more: object) => chainOf(pdp.request({ ...ask, ...more })).map(({ name }) => name);
    expect(chainWith({ given: { recentDenials: 0 } })).toEqual(['manager']);
    expect(chainWith({ given: { recentDenials: 4 } })).toEqual(['manager', 'security']);
    expect(chainWith({ failed: { denials: 'late' } })).toEqual(['manager', 'security']);
    const alone = await bundleOf(wary);
    expect(alone.pdp.request({ ...ask, failed: { denials: 'late' } }).outcome).toBe('denied');
  });

  test('leaves alone what reads another input, also another value of the same look-up', async () => {
    const { pdp } = await bundleOf(PLAIN, FEW, ON_CALL);
    const given = { liveGrants: 1 };
    expect(pdp.request({ ...ask, given, failed: { onCall: 'late' } }).outcome).toBe('needs-approval');
    expect(pdp.request({ ...ask, given: { liveGrants: 4 }, failed: { onCall: 'late' } })).toMatchObject({
      policies: ['few'],
      advice: ['Hand something back.'],
      errors: [],
    });
  });

  test('leaves alone those whom the scope of the forbid does not mean', async () => {
    const { pdp } = await bundleOf(PLAIN, CONTRACTORS);
    const failed = { denials: 'late' };
    expect(pdp.request({ ...ask, failed }).outcome).toBe('needs-approval');
    const dan = { email: 'dan@corp.example', groups: ['dba'] };
    expect(pdp.request({ ...ask, who: dan, failed }).outcome).toBe('denied');
  });

  test('a forbid that looks whether it is there cannot be stepped around', async () => {
    const text = `@id("sly") forbid (${on}) when { context has onCall && !context.onCall };`;
    const { pdp } = await bundleOf(PLAIN, text);
    expect(pdp.request(ask)).toMatchObject({ outcome: 'denied', policies: ['sly'] });
    expect(pdp.request({ ...ask, given: { onCall: true } }).outcome).toBe('needs-approval');
  });

  test('a policy that takes the context as a whole reads every input', async () => {
    const text = `@id("whole") forbid (${on}) when { [context].contains(context) && false };`;
    const { pdp, inputs } = await bundleOf(PLAIN, text);
    expect(inputs?.map(({ name }) => name)).toEqual(['grants', 'denials', 'onCall']);
    const given = { liveGrants: 0, hasThis: false, recentDenials: 0, onCall: false };
    expect(pdp.request({ ...ask, given: { ...given } }).outcome).toBe('needs-approval');
    expect(pdp.request({ ...ask, given, failed: { denials: 'late' } }).outcome).toBe('denied');
  });

  test('the answers are those of before once it is known again', async () => {
    const { pdp } = await bundleOf(PLAIN, ON_CALL, FEW);
    const given = { liveGrants: 0, onCall: true };
    const before = pdp.request({ ...ask, given });
    expect(before).toMatchObject({ outcome: 'needs-approval', policies: ['on-call', 'plain'] });
    pdp.request({ ...ask, failed: { onCall: 'x', grants: 'y' } });
    expect(pdp.request({ ...ask, given })).toEqual(before);
  });
});

const chainOf = (decision: RequestDecision) => (decision.outcome === 'denied' ? [] : decision.chain);
const holds = (chain: Chain, { name, quorum }: Chain[number]) =>
  chain.some((stage) => stage.name === name && stage.quorum >= quorum);

const COMES_AND_GOES = [
  PLAIN,
  ON_CALL,
  FEW,
  ONCE,
  `@id("all-but-dba") @chain("security") permit (${on}) unless { principal in Jit::Group::"dba" };`,
  `@id("calm") @chain("owners") permit (${on}) when { context has recentDenials && context.recentDenials == 0 };`,
  `@id("not-idle") forbid (principal in Jit::Group::"engineers", action, resource is Jit::Entitlement)
    unless { context has onCall && (context.onCall || context.liveGrants < 2) } unless { context.hour > 6 };`.replace(
    'context.liveGrants < 2',
    '(context has liveGrants && context.liveGrants < 2)',
  ),
];

test('invariant 4: what is permitted without an input is permitted whatever it is, and by no fewer people', async () => {
  const loaded = await loadFolder(await folder(filesOf(...COMES_AND_GOES)), { kinds });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const { parts } = loaded;
  const inputs = { grants: ['liveGrants', 'hasThis'], denials: ['recentDenials'], onCall: ['onCall'] };
  const values = fc.record({
    liveGrants: fc.integer({ min: 0, max: 5 }),
    hasThis: fc.boolean(),
    recentDenials: fc.integer({ min: 0, max: 1 }),
    onCall: fc.boolean(),
  });
  let permitted = 0;
  fc.assert(
    fc.property(
      fc.subarray([...parts.policies]),
      fc.subarray(Object.keys(inputs) as (keyof typeof inputs)[]),
      values,
      values,
      fc.constantFrom<string[]>(['engineers'], ['dba'], ['security', 'engineers']),
      (policies, lost, given, instead, groups) => {
        const pdp = createPdp({ ...parts, policies });
        const question = { ...ask, who: { ...ana, groups } };
        const failed = Object.fromEntries(lost.map((name) => [name, 'late']));
        const without = pdp.request({ ...question, given, failed });
        const gone = lost.flatMap((name) => inputs[name] as (keyof typeof given)[]);
        const changed = { ...given, ...Object.fromEntries(gone.map((name) => [name, instead[name]])) };
        const whole = pdp.request({ ...question, given: changed });
        const allowed = { without: without.outcome !== 'denied', whole: whole.outcome !== 'denied' };
        if (allowed.without) permitted++;
        // What it changed, it says.
        const says = without.outcome === 'denied' && without.errors.length > 0;
        return allowed.without
          ? allowed.whole && chainOf(whole).every((stage) => holds(chainOf(without), stage))
          : says || !allowed.whole;
      },
    ),
    { numRuns: tries(40, 150), seed: 6 },
  );
  expect(permitted).toBeGreaterThan(tries(5, 20));
});

describe('what is looked up', () => {
  test('is only what a policy reads', async () => {
    const names = async (...policies: string[]) =>
      (await bundleOf(...policies)).inputs?.map(({ name }) => name);
    expect(await names(PLAIN)).toEqual([]);
    expect(await names(PLAIN, FEW)).toEqual(['grants']);
    expect(await names(CONTRACTORS, ON_CALL)).toEqual(['denials', 'onCall']);
  });

  test('is never sent to a folder whose schema does not have it, which decides as ever', async () => {
    const bundle = await load({ 'schema.cedarschema': OLD_SCHEMA, 'policies.cedar': PLAIN });
    expect(bundle.inputs).toEqual([]);
    const given = { liveGrants: 1, hasThis: true, recentDenials: 1, onCall: true };
    expect(bundle.pdp.request({ ...ask, given, failed: { onCall: 'late' } }).outcome).toBe('needs-approval');
  });

  test('a schema with a part of it is sent that part', async () => {
    const schema = OLD_SCHEMA.replace('ticket?: String', 'ticket?: String, liveGrants?: Long');
    const bundle = await load({ 'schema.cedarschema': schema, 'policies.cedar': `${PLAIN}\n${FEW}` });
    expect(bundle.pdp.request({ ...ask, given: { liveGrants: 1, hasThis: true } }).outcome).toBe(
      'needs-approval',
    );
  });

  test.each([
    ['liveGrants?: Long', 'liveGrants?: String', 'has liveGrants as another type; write liveGrants?: Long'],
    ['onCall?: Bool', 'onCall?: Long', 'has onCall as another type; write onCall?: Bool'],
    ['onCall?: Bool', 'onCall: Bool', 'does not fit what is sent for "request"'],
  ])('%s as %s is refused', async (ours, theirs, message) => {
    const problems = await problemsOf({ 'schema.cedarschema': SCHEMA.replace(ours, theirs) });
    expect(problems.join('\n')).toContain(message);
  });

  test('a policy that reads what nothing in directory.yml fills is refused, with what to write', async () => {
    const hours = `@id("h") forbid (${on}) unless { context has businessHours && context.businessHours };`;
    expect(await problemsOf({ 'policies.cedar': `${PLAIN}\n${ON_CALL}\n${hours}` })).toEqual([
      'policies.cedar:2: policy "on-call" reads onCall, and directory.yml has none; write onCall: there, with ical:, http: or pagerduty:',
      'policies.cedar:3: policy "h" reads businessHours, and directory.yml has none; write businessHours: { days: [1, 2, 3, 4, 5], from: 8, to: 18 } there',
    ]);
  });

  test('of a policy that was never read, everything is taken to be read', async () => {
    const dir = await folder(filesOf(PLAIN));
    const loaded = await loadFolder(dir, { kinds });
    if ('problems' in loaded) throw new Error('does not load');
    const policies = loaded.parts.policies.map((policy) => {
      const { reads, ...unread } = policy;
      expect(reads).toEqual(new Set());
      return unread;
    });
    expect(createPdp({ ...loaded.parts, policies }).request(ask).outcome).toBe('denied');
  });
});

describe('business hours', () => {
  const hours = `@id("hours") forbid (${on}) unless { context has businessHours && context.businessHours };`;
  test.each([
    ['a Friday at 11', '2026-11-20T10:00:00Z', true],
    ['its first minute', '2026-11-20T07:00:00Z', true],
    ['the minute before', '2026-11-20T06:59:00Z', false],
    ['the last minute', '2026-11-20T16:59:00Z', true],
    ['the first after', '2026-11-20T17:00:00Z', false],
    ['in summer, by the wall clock', '2026-07-03T06:00:00Z', true],
    ['a Saturday', '2026-11-21T10:00:00Z', false],
    ['a holiday on a Friday', '2026-12-25T10:00:00Z', false],
    ['the Friday after it', '2027-01-01T10:00:00Z', true],
  ])('%s', async (_, at, open) => {
    const { pdp } = await bundleOf(PLAIN, hours);
    const { outcome } = pdp.request({ ...ask, at: Date.parse(at) });
    expect(outcome).toBe(open ? 'needs-approval' : 'denied');
  });

  test('a table of hours tells them apart', async () => {
    const loaded = await loadFolder(await folder(filesOf(PLAIN, hours)), { kinds });
    if ('problems' in loaded) throw new Error('does not load');
    const { rows } = whatCan(loaded.parts, loaded.bundle.pdp, { who: ana, at: FRIDAY_11 });
    expect(rows.map(({ when }) => when)).toEqual(['Mon–Fri 8–18 except on 25 Dec 2026']);
  });

  test('nobody can say otherwise', async () => {
    const { pdp } = await bundleOf(PLAIN, hours);
    const at = Date.parse('2026-11-21T10:00:00Z');
    expect(pdp.request({ ...ask, at, given: { businessHours: true } }).outcome).toBe('denied');
  });

  test.each([
    ['{ from: 18, to: 8 }', 'businessHours.to: is not after from; write an hour above 18'],
    ['{ from: 8 }', 'to: is missing; write a whole number from 1 to 24'],
    ['{ from: 8, to: 25 }', '25 is not right; write a whole number from 1 to 24'],
    ['{ days: [0], from: 8, to: 9 }', '0 is not right; write a whole number from 1 to 7'],
    ['{ days: [], from: 8, to: 9 }', 'businessHours.days: write at least one weekday'],
    [
      '{ from: 8, to: 9, holidays: ["2026-02-30"] }',
      '"2026-02-30" is not right; write a day such as 2026-12-25',
    ],
    ['{ from: 8, to: 9, holiday: ["2026-12-25"] }', 'holiday'],
    ['', 'is missing; write days:, from: and to:'],
  ])('%j is refused by its line', async (written, message) => {
    const directory = DIRECTORY.replace(/businessHours: .*/, `businessHours: ${written}`);
    const problems = await problemsOf({ 'directory.yml': directory });
    expect(problems).toEqual([expect.stringMatching(/^directory\.yml:11: /)]);
    expect(problems[0]).toContain(message);
  });
});

describe('on call, in directory.yml', () => {
  test.each([
    ['{ http: "http://rota.example/" }', 'write a URL that begins with https://'],
    ['{ ical: "https://me:secret@rota.example/" }', 'has no user name in it'],
    ['{ ical: "https://a.example/", http: "https://b.example/" }', 'onCall: write exactly one of'],
    ['{}', 'onCall: write exactly one of'],
    ['{ pagerduty: {} }', "write a schedule's id"],
    ['{ pagerduty: { schedule: "../users" } }', "write a schedule's id"],
    ['{ groups: { dbas: { http: "https://b.example/" } } }', 'unknown group "dbas"; did you mean "dba"?'],
    ['{ groups: { dba: {} } }', 'onCall.groups.dba: write exactly one of'],
  ])('%s is refused by its line', async (written, message) => {
    const problems = await problemsOf({
      'directory.yml': DIRECTORY.replace(/onCall: .*/, `onCall: ${written}`),
    });
    expect(problems).toEqual([expect.stringMatching(/^directory\.yml:12: /)]);
    expect(problems[0]).toContain(message);
  });

  test('one for everything, and others for what a group owns', async () => {
    const written = `onCall:
  ical: https://cal.example/rota.ics
  groups:
    dba: { pagerduty: { schedule: PABC123 } }
    security: { http: "http://127.0.0.1:8080/now" }`;
    const { directory } = await load({ 'directory.yml': DIRECTORY.replace(/onCall: .*/, written) });
    expect(directory.onCall).toEqual({
      everything: { ical: 'https://cal.example/rota.ics' },
      groups: {
        dba: { pagerduty: { schedule: 'PABC123', apiUrl: 'https://api.pagerduty.com/' } },
        security: { http: 'http://127.0.0.1:8080/now' },
      },
    });
  });
});

describe('a case', () => {
  const run = async (more: string, outcome = 'denied') => {
    const dir = await folder({
      ...filesOf(PLAIN, FEW, ON_CALL),
      'cases/a.yml': `- name: a case
  requester: { email: ana@corp.example, groups: [engineers] }
  request: { entitlement: logs, duration: 1h }
  expect: { outcome: ${outcome} }
  ${more}
`,
    });
    const [result] = await runCases(dir, await loadedAt(dir), { from: FROM });
    return { passed: result!.passed, actual: result!.actual };
  };

  test('states what was looked up, and what could not be', async () => {
    expect(await run('inputs: { liveGrants: 1, onCall: false }', 'needs-approval')).toMatchObject({
      passed: true,
    });
    expect(await run('inputs: { liveGrants: 4 }')).toMatchObject({ passed: true });
    expect(await run('failedInputs: [grants]')).toMatchObject({ passed: true });
    const both = 'inputs: { liveGrants: 1 }\n  failedInputs: [onCall]';
    expect(await run(both, 'needs-approval')).toMatchObject({ passed: true });
  });

  test('that does not say what a policy reads is about a person of whom nothing out of the ordinary is found', async () => {
    expect(await run('inputs: { onCall: false }', 'needs-approval')).toMatchObject({ passed: true });
    expect(await run('inputs: {}', 'needs-approval')).toMatchObject({ passed: true });
  });

  test.each([
    ['inputs: { liveGrant: 1 }', 'inputs.liveGrant: unknown input "liveGrant"; did you mean "liveGrants"?'],
    ['inputs: { businessHours: true }', 'unknown input "businessHours"'],
    ['inputs: { liveGrants: true }', 'inputs.liveGrants: true is not right; write a whole number'],
    ['inputs: { onCall: 1 }', 'inputs.onCall: 1 is not right; write true or false'],
    ['inputs: { onCall: "yes" }', 'write a number, true or false'],
    ['inputs: [onCall]', 'write attributes with their values'],
    ['failedInputs: [oncall]', 'unknown input "oncall"; did you mean "onCall"?'],
    ['failedInput: [onCall]', 'failedInput'],
  ])('%s is refused', async (more, message) => {
    const { passed, actual } = await run(more);
    expect(passed).toBe(false);
    expect(actual).toContain(message);
  });
});
