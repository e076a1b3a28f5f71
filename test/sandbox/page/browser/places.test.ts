import { composed } from '../../../../src/sandbox/page/browser/slack/text/composed.js';
import { placesOf, threads, unread } from '../../../../src/sandbox/page/browser/slack/messages/unread.js';
import type { PostedMessage } from '../../../../src/sandbox/slack/surface.js';
import type { PageSnapshot } from '../../../../src/sandbox/page/model/model.js';

const message = (n: number, more: Partial<PostedMessage> = {}): PostedMessage => ({
  channel: 'C1',
  ts: `1763649005.00000${n}`,
  user: 'U0BOT',
  text: `message ${n}`,
  blocks: [],
  ...more,
});
const snapshot = (more: Partial<PageSnapshot>): PageSnapshot =>
  ({
    me: 'U1',
    channels: [],
    dm: [],
    dmChannel: 'D1',
    ephemerals: [],
    ...more,
  }) as Partial<PageSnapshot> as PageSnapshot;

describe('places', () => {
  test('the bot’s direct channel is there before anything has been said in it', () => {
    expect(placesOf(snapshot({}))).toMatchObject([{ id: 'D1', dm: true, messages: [] }]);
  });

  test('what only one person sees stands among the rest, in order, and in its own channel only', () => {
    const channel = { id: 'C1', name: 'access', shared: false, messages: [message(1), message(3)] };
    const other = { id: 'C2', name: 'other', shared: true, messages: [] };
    const own = message(2, { to: 'U1' });
    const [first, second] = placesOf(snapshot({ channels: [channel, other], ephemerals: [own] }));
    expect(first?.messages.map(({ text }) => text)).toEqual(['message 1', 'message 2', 'message 3']);
    expect(second?.messages).toEqual([]);
  });

  test('unread is what came after the last message that was seen', () => {
    const place = {
      id: 'C1',
      name: '',
      dm: false,
      shared: false,
      messages: [1, 2, 3].map((n) => message(n)),
    };
    expect(unread(place, undefined)).toBe(3);
    expect(unread(place, message(2).ts)).toBe(1);
    expect(unread(place, message(3).ts)).toBe(0);
    const replies = [
      message(4, { threadTs: message(1).ts }),
      message(5, { threadTs: message(1).ts, broadcast: true }),
    ];
    expect(unread({ ...place, messages: [...place.messages, ...replies] }, message(3).ts)).toBe(1);
  });
});

describe('threads', () => {
  test('replies stand under their parent, wherever they came', () => {
    const parent = message(1);
    const reply = message(3, { threadTs: parent.ts, broadcast: true });
    expect(threads([parent, message(2), reply])).toEqual([
      { parent, replies: [reply] },
      { parent: message(2), replies: [] },
    ]);
  });

  test('a reply whose parent is gone is not lost', () => {
    const orphan = message(3, { threadTs: '1.000001' });
    expect(threads([orphan])).toEqual([{ parent: orphan, replies: [] }]);
  });
});

describe('the box', () => {
  test.each(['/jit', '/jit list', '  /jit orders-db-admin 1h  two  spaces '])('%j is a command', (line) => {
    expect(composed(line, 'C1')).toEqual({ do: 'command', line: line.trim(), channel: 'C1' });
  });

  test.each(['hello', '/jitter', '/remind me', 'see /jit'])(
    '%j is not sent, and its writer is told',
    (line) => {
      expect(composed(line, 'C1')).toEqual({ hint: expect.stringContaining('/jit') });
    },
  );
});
