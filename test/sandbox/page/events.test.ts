import { active, HOUR, lease } from '../../support/requests.js';
import { ACCOUNT, place, type Place } from '../../support/sandbox-page.js';

let here: Place;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  here = await place();
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  await here.close();
});

/** A page that listens; `next` gives what comes, and undefined when nothing does for a while, or nothing ever will. */
async function listen() {
  const response = await fetch(`${here.url}/api/events`);
  const reader = response.body!.getReader();
  stops.push(() => reader.cancel().catch(() => undefined));
  const read = async () => {
    const { value } = await reader.read();
    return value && Buffer.from(value).toString();
  };
  let waiting: Promise<string | undefined> | undefined;
  const next = async (within = 150) => {
    waiting ??= read();
    const quiet = new Promise<'quiet'>((resolve) => setTimeout(() => resolve('quiet'), within));
    const came = await Promise.race([waiting, quiet]);
    if (came === 'quiet') return undefined;
    waiting = undefined;
    return came;
  };
  expect(await next(1_000)).toBe(': here\n\n');
  return { response, next };
}
const CHANGED = 'data: changed\n\n';

test('are a stream that says nothing while nothing changes', async () => {
  const { response, next } = await listen();
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(await next()).toBeUndefined();
});

test.each<[string, () => unknown]>([
  ['Slack', () => here.client.chat.postMessage({ channel: 'C0ACCESS', text: 'x' })],
  ['AWS', () => here.cloud.addUser({ account: ACCOUNT, name: 'new' })],
  ['the clock', () => here.clock.setRate(60)],
  ['the bot', () => here.post('bot', { running: false })],
  ['the record', () => here.onRecord(active)],
  ['the trouble', () => here.post('trouble', { trouble: 'slow' })],
])('come after a change of %s', async (_, change) => {
  const { next } = await listen();
  await change();
  expect(await next(1_000)).toBe(CHANGED);
  expect(await next()).toBeUndefined();
});

test('come once for a burst, to all pages', async () => {
  const pages = [await listen(), await listen()];
  for (let n = 0; n < 50; n++) here.cloud.addUser({ account: ACCOUNT, name: `u${n}` });
  for (const { next } of pages) {
    expect(await next(1_000)).toBe(CHANGED);
    expect(await next()).toBeUndefined();
  }
});

test('come when a lease ends, though nothing does anything about it', async () => {
  here.onRecord(active);
  const { next } = await listen();
  here.clock.advance(lease.endsAt - here.clock.now() - 100);
  expect(await next(1_000)).toBe(CHANGED);
  here.wall.now += 100;
  expect(await next(1_000)).toBe(CHANGED);
  expect(await next()).toBeUndefined();
});

test('a page that has gone is forgotten, and the others hear on', async () => {
  const [gone, stays] = [await listen(), await listen()];
  await stops.shift()!();
  here.clock.advance(HOUR);
  expect(await stays.next(1_000)).toBe(CHANGED);
  expect(await gone.next(50)).toBeUndefined();
});

test('the line is kept open by a comment each 15 seconds', async () => {
  const set = jest.spyOn(globalThis, 'setInterval');
  await here.close();
  here = await place();
  const [ping] = set.mock.calls.find(([, ms]) => ms === 15_000)!;
  set.mockRestore();
  const { next } = await listen();
  ping();
  expect(await next(1_000)).toBe(': ping\n\n');
});

test('end when the sandbox is closed', async () => {
  const { next } = await listen();
  const closing = here.close();
  await expect(next(1_000)).resolves.toBeUndefined();
  await closing;
  here = await place();
});
