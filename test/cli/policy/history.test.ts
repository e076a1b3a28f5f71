import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { upcastEvent } from '../../../src/domain/record/upcast.js';
import { NO_TAIL, seal, type AuditRecord } from '../../../src/domain/record/seal.js';
import type { Event } from '../../../src/domain/request/event.js';
import type { PolicyDiff } from '../../../src/policy/diff/index.js';
import { ledgerOf } from '../../support/heads.js';
import { historyReader, type RecordedRequest } from '../../../src/policy/diff/past/recorded.js';
import { front } from '../../../src/workflow/front/index.js';
import { jit, jitIn } from '../../support/cli.js';
import { dump, type DumpName } from '../../support/old-records.js';
import { bundleAt, FILES, folder, removeFolders } from '../../support/policy.js';
import { actor, HOUR, world } from '../../support/world.js';

const made: string[] = [];
afterAll(async () => {
  await removeFolders();
  await Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true })));
});

type Files = Parameters<typeof folder>[0];
const forbid = (id: string, condition: string): Files => ({
  [`${id}.cedar`]: `@id("${id}") forbid (principal, action == Jit::Action::"request", resource) when { ${condition} };`,
});
const fewAtOnce = (most: number) =>
  forbid('few-at-once', `context has liveGrants && context.liveGrants >= ${most}`);
const weaker: Files = { 'policies.cedar': FILES['policies.cedar'].replace('"auto"', '"security"') };
const votes: Files = {
  'votes.cedar': `@id("vote") permit (principal, action == Jit::Action::"approve", resource) when { principal in context.group };`,
};
const BOTH = { ...fewAtOnce(3), ...weaker, ...votes };
const listed: Files = {
  'directory.yml': FILES['directory.yml'].replace('usergroup: S0ENG', 'usergroup: S0OTHER'),
};

async function fileOf(text: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'jit-history-'));
  made.push(dir);
  const file = join(dir, 'audit.jsonl');
  await writeFile(file, text);
  return file;
}

/** The real workflow under this folder: of Slack’s groups the person is in `engineers`, and who is in `dba` is not known. */
async function company(dir: string) {
  const w = world();
  const bundle = await bundleAt(dir);
  const directory = {
    ...w.deps.directory,
    groups: async () => ({
      groups: ['engineers'],
      unknown: [{ name: 'lost', why: 'Slack does not have it', lasting: true }],
    }),
  };
  const engine = w.makeEngine({ bundle: () => bundle, directory });
  let ids = 0;
  const deps = {
    ...w.deps,
    bundle: () => bundle,
    directory,
    newId: () => `R${++ids}`,
    wake: () => undefined,
  };
  const people = front(deps);
  const settle = async () => {
    for (let round = 0; round < 20 && (await engine.sweep()).looked.length > 0; round++);
  };
  return {
    w,
    async ask() {
      const form = { entitlement: 'logs', duration: '1h', justification: 'reading the logs of orders' };
      const answer = await people.submit(actor('ana'), form, w.seen());
      await settle();
      return 'refusal' in answer ? answer.refusal.code : (await w.state(answer.ok.state.id)).status;
    },
    async approve(id: string) {
      const { revision } = await w.state(id);
      const vote = { id, stage: 'security', revision };
      const answer = await people.approve(actor('sam'), vote, w.seen());
      await settle();
      return 'refusal' in answer ? answer.refusal.code : (await w.state(id)).status;
    },
    events: async (id: string) => (await w.store.records(id)).map(({ event }) => upcastEvent(event)),
    async exported(...args: string[]) {
      const { code, out } = await jit(w.store, 'audit', 'export', ...args);
      expect(code).toBe(0);
      return out;
    },
  };
}

async function diff(before: string, after: string, text: string, ...args: string[]) {
  const file = await fileOf(text);
  const { code, out, err } = await jitIn(
    {},
    'policy',
    'diff',
    before,
    after,
    '--history',
    file,
    '--json',
    ...args,
  );
  return { code, err, history: out === '' ? undefined : (JSON.parse(out) as PolicyDiff).history! };
}

/** A history of one line, sealed anew. */
const lineOf = (event: Event) => `${JSON.stringify({ record: seal('R1', NO_TAIL, event) })}\n`;

describe('from the asking to the difference', () => {
  test('the record holds what policy decided on, at the asking and at the approval: names and facts, no text', async () => {
    const c = await company(await folder({ ...fewAtOnce(3) }));
    expect([await c.ask(), await c.ask()]).toEqual(['active', 'active']);
    const basis = (liveGrants: number) => ({
      groups: ['engineers'],
      unknownGroups: ['lost'],
      given: { liveGrants, hasThis: liveGrants > 0 },
    });
    const [asked] = await c.events('R2');
    const approved = (await c.events('R2')).find(({ type }) => type === 'RequestApproved');
    expect(asked).toMatchObject({ type: 'RequestSubmitted', ...basis(1) });
    expect(approved).toMatchObject({ ...basis(1), decidedAt: c.w.now() });
    const kept = JSON.stringify([asked, approved].map((event) => ({ ...event, asked: undefined })));
    expect(kept).not.toContain('reading the logs');
    expect(JSON.stringify(await c.w.store.head('R2'))).not.toContain('liveGrants');
    expect(await jit(c.w.store, 'audit', 'verify')).toMatchObject({ code: 0 });
  });

  test('where an approver gave less, its approval was decided for that, and its asking for what was asked', async () => {
    const w = world();
    w.policy.chain = 'manager';
    const id = await w.ask();
    const button = { id, stage: 'manager', revision: 0 };
    expect(await w.front.shorten(actor('bob'), button, '15m', w.seen())).toHaveProperty('ok');
    await w.settle();
    const { out } = await jit(w.store, 'audit', 'export');
    const reader = historyReader();
    for (const text of out.trim().split('\n')) reader.read(text);
    const [request] = reader.requests() as RecordedRequest[];
    expect(request!.question.duration).toBe(HOUR);
    expect(request!.decisions.map(({ when, duration }) => [when, duration])).toEqual([
      ['asking', undefined],
      ['approval', HOUR / 4],
    ]);
  });

  test('a request that was refused at once is on record with the same', async () => {
    const c = await company(await folder({ ...fewAtOnce(1) }));
    expect([await c.ask(), await c.ask()]).toEqual(['active', 'denied-by-policy']);
    const [refused] = await c.events('R2');
    expect(refused).toMatchObject({
      type: 'RequestRefused',
      groups: ['engineers'],
      given: { liveGrants: 1 },
    });
  });

  test('what was exported is decided again with it', async () => {
    const before = await folder(BOTH);
    const c = await company(before);
    expect([await c.ask(), await c.approve('R1'), await c.ask()]).toEqual(['pending', 'active', 'pending']);
    const text = await c.exported();
    expect(await diff(before, before, text, '--exit-code')).toMatchObject({
      code: 0,
      history: { requests: 2, differ: [], otherwise: [], unjudged: [] },
    });
    const after = await folder({ ...BOTH, ...fewAtOnce(1) });
    expect(await diff(before, after, text)).toMatchObject({
      code: 0,
      history: { differ: [{ id: 'R2', when: 'asking', after: 'refused' }], otherwise: [], unjudged: [] },
    });
  });

  test('an input that could not be known is on record by its name', async () => {
    const rota = `${FILES['directory.yml']}onCall: { http: "https://rota.corp.example/now" }\n`;
    const forbids = forbid('rota', 'context has onCall && !context.onCall');
    const dir = await folder({ ...forbids, 'directory.yml': rota });
    const c = await company(dir);
    expect(await c.ask()).toBe('denied-by-policy');
    expect((await c.events('R1'))[0]).toMatchObject({ unknownInputs: ['onCall'], given: {} });
    expect((await diff(dir, dir, await c.exported())).history).toMatchObject({ otherwise: [], unjudged: [] });
  });

  test('a decision that its own policies would not make now is told, and --exit-code exits with 1', async () => {
    const dir = await folder(BOTH);
    const c = await company(dir);
    await c.ask();
    const [first] = await c.events('R1');
    if (first?.type !== 'RequestSubmitted') throw new Error('not submitted');
    const text = lineOf({ ...first, asked: { ...first.asked, chain: [] } });
    expect(await diff(dir, dir, text, '--exit-code')).toMatchObject({
      code: 1,
      history: { otherwise: [{ id: 'R1', recorded: 'auto (low-at-once)', now: 'security (low-at-once)' }] },
    });
    const told = await jitIn({}, 'policy', 'diff', dir, dir, '--history', await fileOf(text));
    expect(told.out).not.toContain('Nothing differs');
    expect(told.out).toContain(
      'R1  ana@corp.example, logs: on record auto (low-at-once); the same policies now say security (low-at-once)',
    );
  });

  test('older records are counted apart, with why, and do not change the exit code', async () => {
    const before = await folder();
    const c = await company(before);
    await c.ask();
    const {
      groups: _g,
      given: _f,
      ...older
    } = (await c.events('R1'))[0] as Extract<Event, { type: 'RequestSubmitted' }>;
    const text = lineOf(older);
    const after = await folder(listed);
    const { out } = await jitIn({}, 'policy', 'diff', before, after, '--history', await fileOf(text));
    expect(out).toContain('0 of 1 recorded requests would differ: 0 become automatic; 1 could not be judged');
    expect(out).toMatch(/^  R1: the record does not say in which groups .*--groups$/m);
    expect((await diff(before, before, text, '--exit-code')).code).toBe(0);

    const file = await fileOf('ana@corp.example: [engineers]\n');
    const changed = await folder(weaker);
    expect((await diff(before, changed, text, '--groups', file)).history).toMatchObject({
      differ: [{ id: 'R1', before: 'at once', after: 'security' }],
      unjudged: [],
    });
  });
});

describe('a history that is not whole', () => {
  const small = async () => {
    const dir = await folder();
    const c = await company(dir);
    await c.ask();
    c.w.pass(2 * HOUR);
    return { dir, c, lines: (await c.exported()).trimEnd().split('\n') };
  };
  const changedAt = (
    line: string,
    change: (record: AuditRecord & { event: Record<string, unknown> }) => void,
  ) => {
    const parsed = JSON.parse(line) as { record: AuditRecord & { event: Record<string, unknown> } };
    change(parsed.record);
    return JSON.stringify(parsed);
  };

  test.each([
    ['half a line', (line: string) => line.slice(0, 40)],
    ['no record', () => '{"a":1}'],
    ['a request without what was asked', (line: string) => sealed(line, { asked: undefined })],
    ['a text in the place of a list', (line: string) => sealed(line, { groups: 'engineers' })],
  ])('%s: exits with 2 and names the line', async (_, broken) => {
    const { dir, lines } = await small();
    // Of another request: what is altered of one that is known is another matter.
    const whole = lines[0]!.replaceAll('R1', 'R0');
    const { code, err, history } = await diff(dir, dir, [whole, broken(lines[0]!)].join('\n'));
    expect({ code, history }).toEqual({ code: 2, history: undefined });
    expect(err).toMatch(/audit\.jsonl:2 is not a line of the record; write the file with: jit audit export/);
  });

  test.each<[string, (lines: string[]) => string[], RegExp]>([
    [
      'a format that this version does not know',
      ([first, ...rest]) => [sealed(first!, { format: 3, asked: undefined }), ...rest],
      /a later version of jit wrote the record/,
    ],
    [
      'an altered record',
      ([first, ...rest]) => [
        changedAt(first!, ({ event }) => void (event['groups'] = ['security'])),
        ...rest,
      ],
      /not what jit wrote: see jit audit verify/,
    ],
    [
      'an altered approval',
      (lines) =>
        lines.map((line) =>
          line.includes('"decidedAt"')
            ? changedAt(line, ({ event }) => void (event['groups'] = ['security']))
            : line,
        ),
      /not what jit wrote: see jit audit verify/,
    ],
    ['its beginning left out', (lines) => lines.slice(1), /does not go back to where it was asked for/],
  ])('%s: not judged, and said why', async (_, change, why) => {
    const { dir, lines } = await small();
    const { code, history } = await diff(dir, dir, change(lines).join('\n'), '--exit-code');
    expect(history).toMatchObject({ requests: 1, differ: [], otherwise: [] });
    expect(history!.unjudged).toEqual([{ why: expect.stringMatching(why), requests: ['R1'] }]);
    expect(code).toBe(0);
  });

  test('what is not about one request is passed over', async () => {
    const { lines } = await small();
    const reader = historyReader();
    const { records } = ledgerOf('JIT#lockdowns', [{ type: 'LockdownStarted', at: 1, by: 'jit' }]);
    for (const line of [...lines, JSON.stringify({ request: 'JIT#lockdowns', record: records[0] })])
      reader.read(line);
    expect(reader.requests()).toMatchObject([{ id: 'R1' }]);
  });

  test('two exports that overlap are one history', async () => {
    const { dir, lines } = await small();
    const reader = historyReader();
    for (const line of [...lines, ...lines]) reader.read(line);
    expect(reader.requests()).toMatchObject([{ decisions: [{ when: 'asking' }, { when: 'approval' }] }]);
    const { history } = await diff(dir, dir, `${[...lines, ...lines].join('\n')}\n\n`);
    expect(history).toEqual({
      requests: 1,
      counts: { 'become automatic': 0 },
      differ: [],
      otherwise: [],
      unjudged: [],
    });
  });

  test.each<DumpName>(['0.1.0', 'before-accounts'])('records of %s are read, and are older', async (name) => {
    const catalog = { 'catalog.yml': FILES['catalog.yml'].replace('id: logs', 'id: orders-db-admin') };
    const [before, after] = [await folder(catalog), await folder({ ...catalog, ...weaker })];
    const { history } = await diff(before, after, dump(name).jsonl.join('\n'));
    expect(history).toMatchObject({ requests: 14, differ: [], otherwise: [] });
    expect(history!.unjudged).toEqual([
      {
        why: expect.stringMatching(/^the record does not say in which groups .* older/),
        requests: expect.arrayContaining(['R2', 'R14']),
      },
    ]);
  });

  function sealed(line: string, over: object): string {
    const { record } = JSON.parse(line) as { record: AuditRecord };
    return JSON.stringify({
      record: seal(record.requestId, NO_TAIL, { ...upcastEvent(record.event), ...over }),
    });
  }
});
