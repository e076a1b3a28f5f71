import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OnCallSource } from '../../../src/domain/directory.js';
import { onCallFrom } from '../../../src/people/on-call/index.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const NOW = Date.UTC(2026, 10, 20, 10);
let handler: Handler;
let base: string;
const asked: { url: string; authorization: string | undefined }[] = [];
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
  handler(request, response);
});

beforeAll(async () => {
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});
beforeEach(() => void asked.splice(0));

function asking(token: string | undefined = 'pd-secret') {
  let now = NOW;
  const onCall = onCallFrom({ now: () => now, pagerDutyToken: async () => token });
  return {
    pass: (ms: number) => void (now += ms),
    ask: (source: OnCallSource, email = 'ana@corp.example', at = now) =>
      onCall(source, { email, at, timezone: 'UTC' }),
  };
}
const pagerduty = (): OnCallSource => ({ pagerduty: { schedule: 'PABC123', apiUrl: `${base}/` } });
const list = (): OnCallSource => ({ http: `${base}/now?key=in-the-address` });
const says =
  (status: number, body: unknown, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

const closes: Handler = (_, response) => void response.destroy();
const noText: Handler = (_, response) => void response.end(Buffer.from([0xff, 0xfe]));

/** As PagerDuty answers `GET /schedules/{id}/users`. */
const users = (...emails: string[]) => ({
  users: emails.map((email, n) => ({ id: `P${n}`, type: 'user', name: email, email, role: 'user' })),
});

describe('PagerDuty', () => {
  test('is asked for the people of the schedule at this second, with the key', async () => {
    handler = says(200, users('Ana@corp.example'));
    const { ask } = asking();
    expect(await ask(pagerduty())).toBe(true);
    expect(await ask(pagerduty(), 'bob@corp.example')).toBe(false);
    const until = encodeURIComponent('2026-11-20T10:00:01.000Z');
    expect(asked).toEqual([
      {
        url: `/schedules/PABC123/users?since=${encodeURIComponent('2026-11-20T10:00:00.000Z')}&until=${until}`,
        authorization: 'Token token=pd-secret',
      },
    ]);
  });

  test.each([
    ['429', says(429, 'Rate limit exceeded'), 'PagerDuty answered 429'],
    ['500', says(500, users('ana@corp.example')), 'PagerDuty answered 500'],
    ['404', says(404, {}), 'PagerDuty answered 404'],
    ['no JSON', says(200, '<html>'), 'did not answer with a list of users'],
    ['another JSON', says(200, { oncalls: [] }), 'did not answer with a list of users'],
    [
      'a user without an address',
      says(200, { users: [{ id: 'P1' }] }),
      'did not answer with a list of users',
    ],
    ['a redirect', says(302, '', { location: 'https://elsewhere.example/' }), 'redirects are not followed'],
    ['a closed line', closes, 'could not be read'],
  ] as const)('invariant 4: %s is a reason, and no answer', async (_, answer, why) => {
    handler = answer;
    const found = await asking().ask(pagerduty());
    expect(found).toContain(why);
    expect(found).not.toContain('secret');
  });

  test('invariant 4: without a key nobody is asked', async () => {
    const onCall = onCallFrom({ now: () => NOW, pagerDutyToken: async () => undefined });
    const found = await onCall(pagerduty(), { email: 'ana@corp.example', at: NOW, timezone: 'UTC' });
    expect(found).toBe('the key for PagerDuty is missing; set PAGERDUTY_TOKEN or PAGERDUTY_TOKEN_PARAMETER');
    expect(asked).toEqual([]);
  });

  test('invariant 4: a key that cannot be read is a reason, with what to do', async () => {
    const pagerDutyToken = () => Promise.reject(new Error('there is no SSM parameter /jit/pagerduty'));
    const onCall = onCallFrom({ now: () => NOW, pagerDutyToken });
    const found = await onCall(pagerduty(), { email: 'ana@corp.example', at: NOW, timezone: 'UTC' });
    expect(found).toBe('the key for PagerDuty cannot be read: there is no SSM parameter /jit/pagerduty');
    expect(asked).toEqual([]);
  });

  test('a key is not sent on to where a redirect leads', async () => {
    handler = says(302, '', { location: `${base}/thief` });
    await asking().ask(pagerduty());
    expect(asked.map(({ url }) => url.split('?')[0])).toEqual(['/schedules/PABC123/users']);
  });
});

describe('a list', () => {
  test('says who is on call', async () => {
    handler = says(200, ['Ana@corp.example']);
    const { ask } = asking();
    expect(await ask(list())).toBe(true);
    expect(await ask(list(), 'bob@corp.example')).toBe(false);
  });

  test.each([
    ['a mapping', says(200, { 'ana@corp.example': true })],
    ['one odd entry', says(200, ['ana@corp.example', 7])],
    ['one that is no address', says(200, ['ana@corp.example', 'everybody'])],
    ['bytes that are no text', noText],
    ['nothing', says(204, '')],
    ['too much', says(200, JSON.stringify(['x'.repeat(3_000_000)]))],
  ] as const)(
    'invariant 4: %s is no answer, and the reason does not repeat the address',
    async (_, answer) => {
      handler = answer;
      const found = await asking().ask(list());
      expect(found).toEqual(expect.stringMatching(/^the on-call list /));
      expect(found).not.toContain('in-the-address');
    },
  );

  test('is asked once a minute, by however many at once', async () => {
    handler = says(200, ['ana@corp.example']);
    const { ask, pass } = asking();
    expect(await Promise.all([ask(list()), ask(list()), ask(list())])).toEqual([true, true, true]);
    pass(59_999);
    await ask(list());
    expect(asked).toHaveLength(1);
    handler = says(200, []);
    pass(1);
    expect(await ask(list())).toBe(false);
    expect(asked).toHaveLength(2);
  });

  test('that failed is asked again at once, and an old answer does not stand in for it', async () => {
    handler = says(200, ['ana@corp.example']);
    const { ask, pass } = asking();
    await ask(list());
    pass(60_000);
    handler = says(500, '');
    expect(await ask(list())).toBe('the on-call list answered 500');
    handler = says(200, ['ana@corp.example']);
    expect(await ask(list())).toBe(true);
  });
});

describe('a calendar', () => {
  const text = `BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART:20261120T080000Z
DTEND:20261120T100030Z
SUMMARY:ana@corp.example
END:VEVENT
END:VCALENDAR
`;

  test('says who is on call at the very second', async () => {
    handler = says(200, text);
    const { ask } = asking();
    const source = { ical: `${base}/rota.ics` };
    expect(await ask(source)).toBe(true);
    expect(await ask(source, 'ana@corp.example', NOW + 29_999)).toBe(true);
    expect(await ask(source, 'ana@corp.example', NOW + 30_000)).toBe(false);
    expect(asked).toHaveLength(1);
  });

  test('invariant 16: an event that cannot be read puts in doubt those whom it names, and nobody else', async () => {
    const odd = 'BEGIN:VEVENT\nDTSTART:tomorrow\nSUMMARY:ana@corp.example, kim@corp.example\nEND:VEVENT\n';
    handler = says(200, text.replace('BEGIN:VEVENT', `${odd}BEGIN:VEVENT`));
    const { ask } = asking();
    const source = { ical: `${base}/rota.ics` };
    expect(await ask(source)).toBe(true);
    expect(await ask(source, 'bob@corp.example')).toBe(false);
    const why = 'the on-call calendar has an event of theirs with a time that is none';
    expect(await ask(source, 'kim@corp.example')).toBe(why);
    expect(await ask(source, 'ana@corp.example', NOW + 30_000)).toBe(why);
  });

  test('invariant 4: nobody is on call, or not on call, at a time for which it was not read', async () => {
    handler = says(200, text);
    const { ask } = asking();
    const source = { ical: `${base}/rota.ics` };
    for (const at of [NOW - 3_600_000, NOW + 3_600_000])
      expect(await ask(source, 'ana@corp.example', at)).toBe(
        'the on-call calendar was read for another time',
      );
  });

  test('of a whole day is asked about by the zone of the directory, for each of them', async () => {
    handler = says(200, text.replace(/DTSTART.*\nDTEND.*/, 'DTSTART;VALUE=DATE:20261121'));
    const onCall = onCallFrom({ now: () => NOW, pagerDutyToken: async () => undefined });
    const ask = (timezone: string) =>
      onCall({ ical: `${base}/rota.ics` }, { email: 'ana@corp.example', at: NOW, timezone });
    expect([await ask('Pacific/Kiritimati'), await ask('UTC')]).toEqual([true, false]);
  });
});
