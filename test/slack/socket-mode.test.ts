import { markOf, recognising, socketMode } from '../../src/slack/wire/socket-mode.js';
import { slackLogger } from '../../src/slack/wire/clients.js';
import { logTo } from '../support/slack.js';

describe('Socket Mode', () => {
  const body = { type: 'block_actions', trigger_id: '1.2.abc' };

  test('invariant 14: a thing that was done once has one mark, in whatever envelope it comes', () => {
    expect(markOf({ envelope_id: 'e1', body })).toBe(markOf({ envelope_id: 'e2', body }));
    expect(markOf({ envelope_id: 'e1', body })).not.toBe(
      markOf({ envelope_id: 'e1', body: { trigger_id: '3' } }),
    );
    expect(markOf({ body })).toMatch(/^[0-9a-f]{64}$/);
  });

  test('without a trigger the envelope is the mark, and without that its content; it never throws', () => {
    expect(markOf({ envelope_id: 'e1', body: {} })).not.toBe(markOf({ envelope_id: 'e2', body: {} }));
    expect(markOf({ body: { a: 1 } })).not.toBe(markOf({ body: { a: 2 } }));
    expect(markOf(undefined)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('Bolt is given what was recognised of a body, and nothing else', async () => {
    const given: unknown[] = [];
    let acknowledged = 0;
    const app = recognising({ processEvent: async ({ body }) => void given.push(body) }, logTo([]));
    const come = (body: Record<string, unknown>) =>
      app.processEvent({ body, ack: async () => void acknowledged++ });
    await come({
      command: '/jit',
      text: 'list',
      user_id: 'U1',
      team_id: 'T1',
      event: {},
      bot_access_token: 'x',
    });
    await come({ type: 'block_actions', user: { id: '__proto__' }, actions: [{ action_id: 'approve' }] });
    expect(given[0]).toEqual({ command: '/jit', text: 'list', user_id: 'U1', team_id: 'T1' });
    expect(given[1]).toMatchObject({ user: {} });
    expect(acknowledged).toBe(0);
    await come({ type: 'event_callback', event: {} });
    await come({ type: 'view_submission', view: 'none' });
    expect(given).toHaveLength(2);
    expect(acknowledged).toBe(2);
  });

  test('makes a receiver that Bolt can start', async () => {
    const receiver = await socketMode({
      appToken: 'xapp-1',
      slackApiUrl: 'http://127.0.0.1:9/api/',
      log: logTo([]),
    });
    expect(typeof receiver.start).toBe('function');
  });
});

describe('the logger of Bolt and its clients', () => {
  test('invariant 9: never writes at debug level, where they print payloads, and cannot be told to', () => {
    const lines: string[] = [];
    const logger = slackLogger(logTo(lines));
    logger.setLevel('debug' as never);
    logger.debug('a modal with credentials');
    expect(logger.getLevel()).toBe('info');
    expect(lines).toEqual([]);
  });

  test('writes texts and messages of errors, not what hangs on them', () => {
    const lines: string[] = [];
    slackLogger(logTo(lines)).error(Object.assign(new Error('refused'), { body: 'secret' }), {
      body: 'secret',
    });
    expect(lines.join()).toContain('refused object');
    expect(lines.join()).not.toContain('secret');
  });
});
