import { NO_TAIL, brokenAt, seal, type AuditRecord, type Tail } from '../../../src/domain/record/seal.js';
import type { Event } from '../../../src/domain/request/event.js';
import { closed, kim } from '../../support/requests.js';

function sealed(events: Event[], id = 'r1'): AuditRecord[] {
  let tail: Tail = NO_TAIL;
  return events.map((event) => {
    const record = seal(id, tail, event);
    tail = record;
    return record;
  });
}
const records = sealed(closed);
const altered = (n: number, over: object) =>
  records.map((record) => (record.n === n ? { ...record, ...over } : record));

/** Every path to a leaf of a value: ['event', 'asked', 'grant', 'hash'] … */
function leaves(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]));
}
function tamper(value: unknown, [key, ...rest]: string[]): unknown {
  if (key === undefined) return typeof value === 'number' ? value + 1 : `${String(value)} and more`;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? (Object.assign([], value) as never)
    : { ...(value as object) };
  copy[key] = tamper(copy[key], rest);
  return copy;
}

describe('invariant 12: the record', () => {
  test.each(
    records.flatMap(({ n, event }) => leaves(records[n - 1]).map((path) => [n, event.type, path.join('.')])),
  )('shows that record %d (%s) was altered in %s', (n, _, path) => {
    const forged = records.map((record) =>
      record.n === n ? (tamper(record, String(path).split('.')) as AuditRecord) : record,
    );
    expect(brokenAt(forged)).toBe(n);
  });

  test('shows a member that was added, and one that was taken out', () => {
    const { event } = records[3]!;
    const { by: _, ...anonymous } = event;
    expect(brokenAt(altered(4, { event: { ...event, note: 'x' } }))).toBe(4);
    expect(brokenAt(altered(4, { event: anonymous }))).toBe(4);
  });

  test.each(records.slice(0, -1).map(({ n }) => n))('shows that record %d is missing', (n) => {
    expect(brokenAt(records.filter((record) => record.n !== n))).toBe(n);
  });

  test('shows records in another order, twice, or numbered anew', () => {
    const [one, two, ...rest] = records as [AuditRecord, AuditRecord];
    expect(brokenAt([two, one, ...rest])).toBe(1);
    expect(brokenAt([one, one, two, ...rest])).toBe(2);
    expect(brokenAt([one, ...rest].map((record, index) => ({ ...record, n: index + 1 })))).toBe(2);
  });

  test('shows an event that was put in or replaced and sealed anew', () => {
    const [one, two] = records as [AuditRecord, AuditRecord];
    const forged = seal('r1', one, { type: 'Voted', at: 1, by: kim } as Event);
    expect(brokenAt([one, forged, ...records.slice(2)])).toBe(3);
    expect(brokenAt([one, forged, two, ...records.slice(2)])).toBe(3);
  });

  test("shows a record of another request's", () => {
    const other = sealed(closed, 'r2');
    expect(brokenAt([...records.slice(0, 2), ...other.slice(2)])).toBe(3);
    expect(brokenAt(altered(2, { requestId: 'r2' }))).toBe(2);
  });

  test('holds as it was written, after any number of records, also through storage', () => {
    for (let n = 0; n <= records.length; n++) expect(brokenAt(records.slice(0, n))).toBeUndefined();
    expect(brokenAt(JSON.parse(JSON.stringify(records)) as AuditRecord[])).toBeUndefined();
  });

  test('counts from one without gaps, each hash resting on all that came before', () => {
    expect(records.map(({ n }) => n)).toStrictEqual(closed.map((_, index) => index + 1));
    expect(new Set(records.map(({ hash }) => hash)).size).toBe(records.length);
    expect(seal('r1', NO_TAIL, closed[0]!).hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
