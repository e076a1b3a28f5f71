import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reader } from '../../src/cli/audit/verify.js';
import { rowOf } from '../../src/cli/audit/export.js';
import { brokenAt, type AuditRecord } from '../../src/domain/record/seal.js';
import { personLedger } from '../../src/domain/record/ledger.js';
import type { Event } from '../../src/domain/request/event.js';
import { ana, bob, ledgerOf, TEN } from '../support/heads.js';
import { lived } from '../support/record.js';
import { person, world } from '../support/world.js';
import { jit } from '../support/cli.js';

/** A store with the changes that somebody made behind its back. */
function tampered(store: Reader, over: Partial<Reader>): Reader {
  const { ids, head, records, grant, end, ledgers, ledger, ledgerRecords } = store;
  return { ids, head, records, grant, end, ledgers, ledger, ledgerRecords, ...over };
}

describe('jit audit verify', () => {
  test('says that every chain is whole, and exits with 0', async () => {
    const { w } = await lived();
    await w.ask('dan');
    expect(await jit(w.store, 'audit', 'verify')).toEqual({
      code: 0,
      out: expect.stringMatching(
        /^2 requests, \d+ records: every chain is whole, and every history is possible\.\n$/,
      ),
      err: '',
    });
  });

  test('invariant 12: names the request and what is wrong with it, and exits with 1', async () => {
    const { w, id } = await lived();
    const other = await w.ask('dan');
    const store = tampered(w.store, {
      records: async (of) => (await w.store.records(of)).slice(0, of === id ? -1 : undefined),
    });
    const { code, out } = await jit(store, 'audit', 'verify');
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^${id}  cut-off: the records end at \\d+, while HEAD ends at \\d+`));
    expect(out).toContain('1 request cannot be trusted');
    expect(out).not.toContain(`${other}  `);
    expect(await jit(store, 'audit', 'verify', '--request', other)).toMatchObject({ code: 0 });
    expect(await jit(store, 'audit', 'verify', '--request', id)).toMatchObject({ code: 1 });
  });

  test('as JSON for programs', async () => {
    const { w, id } = await lived();
    const store = tampered(w.store, { grant: async () => undefined });
    const { code, out } = await jit(store, 'audit', 'verify', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      requests: 1,
      ledgers: 0,
      records: expect.any(Number),
      findings: [{ request: id, code: 'grant', what: 'it was approved, and there is no grant' }],
    });
  });

  test('invariant 12: a request whose HEAD was deleted, and a grant that nobody asked for, are found too', async () => {
    const { w, id } = await lived();
    const grant = (await w.store.grant(id))!;
    await w.store.saveGrant({ ...grant, requestId: 'R9' });
    const store = tampered(w.store, { head: async () => undefined });
    const { out } = await jit(store, 'audit', 'verify');
    expect(out).toContain(`${id}  no-head: there are records, and no HEAD that they lead to`);
    expect(out).toContain('R9  no-records: there is a grant, and no record of who approved it');
  });

  test('an item that jit did not write is a finding, and no end of the work', async () => {
    const { w, id } = await lived();
    const other = await w.ask('dan');
    const store = tampered(w.store, {
      async head(of) {
        if (of === id)
          throw new Error(`The item REQUEST#${id} / HEAD cannot be read: it was not written by jit.`);
        return w.store.head(of);
      },
    });
    const { code, out } = await jit(store, 'audit', 'verify');
    expect(code).toBe(1);
    expect(out).toContain(`${id}  unreadable: The item REQUEST#${id}`);
    expect(out).not.toContain(`${other}  `);
  });

  test('a request that is written to meanwhile is read again, not suspected', async () => {
    const w = world();
    const id = await w.ask();
    let writing = true;
    const store = tampered(w.store, {
      async records(of) {
        const records = await w.store.records(of);
        if (writing) {
          writing = false;
          await w.vote('bob', id, 'manager');
        }
        return records;
      },
    });
    expect(await jit(store, 'audit', 'verify')).toMatchObject({ code: 0 });
    expect(writing).toBe(false);
  });

  test('one that never stands still is said to be so', async () => {
    const w = world();
    const id = await w.ask();
    let version = 0;
    const store = tampered(w.store, {
      head: async (of) => ({ ...(await w.store.head(of))!, version: ++version }),
    });
    const { code, out } = await jit(store, 'audit', 'verify', '--request', id);
    expect(code).toBe(1);
    expect(out).toContain('verify it again later');
  });

  test('a request that does not exist is not one that is in order', async () => {
    const { code, out } = await jit(world().store, 'audit', 'verify', '--request', 'R404');
    expect(code).toBe(1);
    expect(out).toContain('R404  no-records: there is no record of it');
  });

  test('text from the table cannot move the cursor of whoever reads the report', async () => {
    const { w } = await lived();
    const store = tampered(w.store, { ids: async () => ['R1\u001b[2K\u202E\r all is well'] });
    const { out } = await jit(store, 'audit', 'verify');
    for (const control of ['\u001b', '\u202E', '\r']) expect(out).not.toContain(control);
  });
});

describe('jit audit export', () => {
  async function exported(...args: string[]) {
    const { w, id } = await lived();
    return { w, id, ...(await jit(w.store, 'audit', 'export', ...args)) };
  }

  test('JSON Lines: when, who, what, why, by which policies, with the record for whoever checks the chain', async () => {
    const { w, id, code, out } = await exported();
    expect(code).toBe(0);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const records = await w.store.records(id);
    expect(rows.map(({ record }) => record)).toEqual(records);
    expect(brokenAt(rows.map(({ record }) => record as AuditRecord))).toBeUndefined();
    expect(rows[0]).toMatchObject({
      at: '2026-11-20T10:00:00.000Z',
      request: id,
      n: '1',
      event: 'RequestSubmitted',
      who: 'ana@corp.example',
      slackId: 'U-ana',
      what: 'orders-db-admin',
      account: '111122223333',
      why: 'fixing the orders schema',
      ticket: 'OPS-12',
      policies: 'p',
      bundle: 'b1',
    });
    expect(rows.find(({ event }) => event === 'Voted')).toMatchObject({
      who: 'bob@corp.example',
      requester: 'ana@corp.example',
      why: 'for manager',
      policies: 'v',
    });
    expect(rows.find(({ event }) => event === 'RequestApproved')).toMatchObject({
      who: 'jit',
      endsAt: '2026-11-20T11:00:00.000Z',
      bundle: 'b1',
    });
    expect(rows.at(-1)).toMatchObject({ event: 'RequestClosed', outcome: 'expired', why: 'gone' });
  });

  test('invariant 9: no secret is in it', async () => {
    for (const format of ['csv', 'jsonl']) {
      const { out } = await exported('--format', format);
      expect(out).not.toMatch(/very-secret|token-secret/);
    }
  });

  test('CSV: a head, a line for each event, everything quoted', async () => {
    const { out, w, id } = await exported('--format', 'csv');
    const lines = out.split('\r\n');
    expect(lines[0]).toBe(
      '"at","request","n","event","who","slackId","requester","what","account","why","ticket","policies","bundle","outcome","endsAt","hash"',
    );
    expect(lines.slice(1, -1)).toHaveLength((await w.store.records(id)).length);
    expect(lines.at(-1)).toBe('');
  });

  test.each([
    ["=cmd|' /C calc'!A0", `"'=cmd|' /C calc'!A0"`],
    ['+1+1 and more text', `"'+1+1 and more text"`],
    ['-2+3 and more text', `"'-2+3 and more text"`],
    ['@SUM(A1:A9) and more', `"'@SUM(A1:A9) and more"`],
    ['＝1+1, full width', `"'＝1+1, full width"`],
    ['\u200b=1+1 behind nothing', `"'\u200b=1+1 behind nothing"`],
    ['a "quote", a comma', `"a ""quote"", a comma"`],
    ['closed","=1+1","more', `"closed"",""=1+1"",""more"`],
    ['two\nlines of text', `"two\nlines of text"`],
  ])('CSV: %j does not run in a spreadsheet', async (justification, cell) => {
    const w = world();
    w.form.justification = justification;
    await w.ask();
    const { out } = await jit(w.store, 'audit', 'export', '--format', 'csv');
    expect(out).toContain(`,${cell},`);
  });

  test('only what happened from a time on', async () => {
    const events = (out: string) =>
      out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { event: string }).event);
    const late = await exported('--since', '2026-11-20T10:30:00Z');
    expect(events(late.out)).toEqual(
      ['EndAnnounced', 'RevocationStarted', 'RequestClosed'].slice(-events(late.out).length),
    );
    expect(events(late.out)).toContain('RequestClosed');
    expect(events((await exported('--since', '2026-11-20')).out)[0]).toBe('RequestSubmitted');
    expect((await exported('--since', '2026-11-21')).out).toBe('');
  });

  test.each(['yesterday', '2026-13-01', '2026-11-20T10:00:00', '1'])(
    'a time like %j is refused',
    async (since) => {
      const { code, err, out } = await exported('--since', since);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('Write it as 2026-11-20');
    },
  );

  test('into a file that only its owner may read, and that is there only when it is whole', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jit-export-'));
    const file = join(folder, 'record.jsonl');
    const { w, id, code, out } = await exported('--out', file);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength((await w.store.records(id)).length);
    expect(statSync(file).mode & 0o077).toBe(0);
    const broken = tampered(w.store, { records: () => Promise.reject(new Error('the network is away')) });
    const second = join(folder, 'second.jsonl');
    expect(await jit(broken, 'audit', 'export', '--out', second)).toMatchObject({
      code: 2,
      err: `jit: the request ${id} cannot be exported: the network is away\n`,
    });
    expect(readdirSync(folder)).not.toContain('second.jsonl');
  });
});

test('an export names an operator by the ARN', () => {
  const by = { operator: 'arn:aws:iam::777788889999:user/kim' };
  const event = { type: 'RevocationStarted', at: TEN, by, cause: 'revoked' } as const;
  const row = rowOf({ requestId: 'R1', n: 9, event, hash: 'h' }, undefined);
  expect(row).toMatchObject({ who: 'an operator (arn:aws:iam::777788889999:user/kim)', slackId: '' });
});

test('an export says what was given instead, what was asked, and what the requester answered', () => {
  const by = person('bob');
  const whyOf = (event: Event) => rowOf({ requestId: 'R1', n: 2, event, hash: 'h' }, undefined).why;
  const HOUR = 3_600_000;
  expect([
    whyOf({ type: 'DurationShortened', at: TEN, by, from: 4 * HOUR, to: HOUR, stage: 'manager' }),
    whyOf({ type: 'QuestionAsked', at: TEN, by, stage: 'manager', text: 'Which table?' }),
    whyOf({ type: 'QuestionAnswered', at: TEN, by, question: 1, text: 'orders' }),
  ]).toEqual(['for manager: 1h instead of 4h', 'for manager: Which table?', 'to question 1: orders']);
});

describe('what is not about one request', () => {
  async function withLedgers() {
    const { w, id } = await lived();
    await w.store.append(ledgerOf('JIT#lockdowns', [{ type: 'LockdownStarted', at: TEN, by: bob }]));
    await w.store.append(ledgerOf(personLedger(ana.account)));
    return { w, id };
  }

  test('invariant 12: is verified with the rest, or by itself', async () => {
    const { w } = await withLedgers();
    expect((await jit(w.store, 'audit', 'verify')).out).toMatch(
      /^1 request, 2 ledgers, \d+ records: every chain is whole/,
    );
    const one = await jit(w.store, 'audit', 'verify', '--request', 'JIT#lockdowns', '--json');
    expect(JSON.parse(one.out)).toEqual({ ok: true, requests: 0, ledgers: 1, records: 1, findings: [] });
  });

  test('invariant 12: a ledger that was changed is named, and exits with 1', async () => {
    const { w } = await withLedgers();
    const store = tampered(w.store, { ledgerRecords: async () => [] });
    const { code, out } = await jit(store, 'audit', 'verify');
    expect(code).toBe(1);
    expect(out).toMatch(/^JIT#lockdowns {2}cut-off: the records end at 0, while HEAD ends at 1/);
    expect(out).toContain('1 ledger cannot be trusted');
  });

  test('is exported after the requests, under its name; an unreadable one stops the export', async () => {
    const { w } = await withLedgers();
    const lines = (await jit(w.store, 'audit', 'export')).out.trim().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({
      request: 'JIT#lockdowns',
      n: '1',
      event: 'LockdownStarted',
      who: 'bob@corp.example',
      slackId: 'U0BOB',
      at: '2026-11-20T10:00:00.000Z',
      record: { ledger: 'JIT#lockdowns', n: 1 },
    });
    expect((await jit(w.store, 'audit', 'export', '--since', '2099-01-01')).out).toBe('');
    const broken = async () => Promise.reject(new Error('it was not written by jit'));
    const { code, err } = await jit(tampered(w.store, { ledgerRecords: broken }), 'audit', 'export');
    expect(code).not.toBe(0);
    expect(err).toContain('the ledger JIT#lockdowns cannot be exported');
  });
});

describe('the command line', () => {
  test('nothing is written, and nothing but the record is read', async () => {
    const { w } = await lived();
    const touched = new Set<string | symbol>();
    const watched = new Proxy(w.store, {
      get: (store, name) => (touched.add(name), Reflect.get(store, name) as unknown),
    });
    for (const command of ['verify', 'export']) expect((await jit(watched, 'audit', command)).code).toBe(0);
    // A promise of the store is looked at for a `then`.
    touched.delete('then');
    expect(touched).toEqual(new Set(['ids', 'head', 'records', 'grant', 'end', 'ledgers']));
  });

  test('help names every command, and is no failure', async () => {
    const { code, out } = await jit(world().store, 'audit', '--help');
    expect(code).toBe(0);
    expect(out).toMatch(/verify[\s\S]*export/);
  });

  test.each([
    [['audit', 'verify', '--nonsense'], 'unknown option'],
    [['nonsense'], 'unknown command'],
    [['audit', 'export', '--format', 'xml'], 'Allowed choices are jsonl, csv'],
  ])('%j is refused with a sentence, and exits with 2', async (args, sentence) => {
    const { code, err } = await jit(world().store, ...args);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
  });

  test('a table that cannot be read is said with what to check, and is not a record in order', async () => {
    const before = { ...process.env };
    const nowhere = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
    Object.assign(process.env, nowhere, {
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9',
      JIT_TABLE: 'jit',
    });
    try {
      const { code, err, out } = await jit(undefined, 'audit', 'verify');
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('The table "jit" cannot be read');
      process.env['JIT_STORE'] = 'memory';
      expect((await jit(undefined, 'audit', 'verify')).err).toContain('JIT_STORE is memory');
    } finally {
      process.env = before;
    }
  });
});
