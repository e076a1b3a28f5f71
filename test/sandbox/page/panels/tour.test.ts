import type { RequestRow } from '../../../../src/sandbox/page/model/model.js';
import {
  remembered,
  stepNow,
  STEPS,
  tourRequest,
} from '../../../../src/sandbox/page/browser/panels/tour/tour-steps.js';

const START = 1_000_000;
const END = START + 3_600_000;
const row = (more: Partial<RequestRow> = {}): RequestRow => ({
  id: 'R1',
  requester: 'ana@corp.example',
  entitlement: 'orders-db-admin',
  name: 'Orders database admin',
  duration: 3_600_000,
  status: 'pending',
  requestedAt: START + 1,
  ...more,
});
const scene = (requests: RequestRow[], now = START + 10) => ({
  requests,
  clock: { now, rate: 1 as const, timezone: 'Europe/Berlin' },
});
const active = row({ status: 'active', endsAt: END });
const at = (step: number, more = {}) => ({ step, since: START, ...more });

describe('the tour', () => {
  test('has at most six steps', () => {
    expect(STEPS.length).toBeLessThanOrEqual(6);
  });

  test('waits for a request made since it began', () => {
    expect(stepNow(at(0), scene([]))).toBe(0);
    expect(stepNow(at(0), scene([row({ requestedAt: START - 1 })]))).toBe(0);
    expect(stepNow(at(0), scene([row({ entitlement: 'orders-logs' })]))).toBe(0);
    expect(stepNow(at(0), scene([row()]))).toBe(1);
  });

  test('leaves time to read who must agree, until all have agreed', () => {
    expect(stepNow(at(1), scene([row()]))).toBe(1);
    expect(stepNow(at(2), scene([row()]))).toBe(2);
    expect(stepNow(at(1), scene([active]))).toBe(3);
  });

  test('waits for the access to be used, or to be over', () => {
    expect(stepNow(at(3), scene([active]))).toBe(3);
    expect(stepNow(at(3, { allowed: true }), scene([active]))).toBe(4);
    expect(stepNow(at(3), scene([active], END))).toBe(4);
  });

  test('shows that the end was kept before it goes on to the record', () => {
    expect(stepNow(at(4, { denied: true }), scene([active]))).toBe(4);
    expect(stepNow(at(4), scene([active], END))).toBe(4);
    expect(stepNow(at(4, { denied: true }), scene([active], END))).toBe(5);
  });

  test('never goes back', () => {
    expect(stepNow(at(5), scene([]))).toBe(5);
  });

  test('follows the latest request of its kind', () => {
    const later = row({ id: 'R2', requestedAt: START + 5 });
    expect(tourRequest({ requests: [later, row()] }, START)?.id).toBe('R2');
  });
});

describe('what was remembered of the tour', () => {
  test('is taken up again', () => {
    expect(remembered(JSON.stringify(at(2)), START + 5)).toEqual(at(2));
    expect(remembered('done', START)).toBe('done');
  });

  test.each([null, '', '{', '{}', 'null', '{"step":9,"since":1}', '{"step":"1","since":1}'])(
    'is nothing when it reads %j',
    (text) => {
      expect(remembered(text, START)).toBeUndefined();
    },
  );

  test('is of another sandbox when it began later than it is now', () => {
    expect(remembered(JSON.stringify(at(2)), START - 1)).toBeUndefined();
  });
});
