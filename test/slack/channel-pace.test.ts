import type { NotifyFault } from '../../src/ports/messages.js';
import { channelPace } from '../../src/slack/wire/channel-pace.js';
import { engineClient } from '../../src/slack/wire/clients.js';
import { slack } from '../support/sandbox-slack.js';
import { logTo } from '../support/slack.js';

/** A pace on a clock that is moved by hand; whoever waits is let go when their time has come. */
function paced() {
  let now = 0;
  const waiting: { at: number; go: () => void }[] = [];
  const pace = channelPace(
    () => now,
    (ms) => new Promise<void>((go) => void waiting.push({ at: now + ms, go })),
  );
  return {
    pace,
    waiting,
    pass(ms: number) {
      now += ms;
      for (const one of waiting.splice(0)) {
        if (one.at <= now) one.go();
        else waiting.push(one);
      }
    },
    now: () => now,
  };
}
const POST = 'chat.postMessage';
const later = (turn: Promise<void>) =>
  turn.then(
    () => undefined,
    (fault: NotifyFault) => fault.retryAfter,
  );

describe('the pace of a channel', () => {
  test('a small burst goes at once, a little more waits, and the rest is told when to come back, one a second', async () => {
    const { pace, waiting } = paced();
    const turns = Array.from({ length: 12 }, () => later(pace.turn(POST, 'C1')));
    const told = await Promise.all(turns.filter((_, n) => n !== 4));
    expect(told.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
    expect(waiting).toHaveLength(1);
    const comeBack = told.slice(4) as number[];
    expect(comeBack).toHaveLength(7);
    for (const [n, at] of comeBack.entries())
      expect(at - (comeBack[n - 1] ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  test('another channel waits for nobody, and methods that Slack limits as a whole are not paced', async () => {
    const { pace } = paced();
    for (let n = 0; n < 10; n++) await pace.turn('chat.update', 'C1');
    for (let n = 0; n < 10; n++) void later(pace.turn(POST, 'C1'));
    expect(await later(pace.turn(POST, 'C2'))).toBeUndefined();
  });

  test('what Slack has closed is asked by nobody until it opens, whichever request it is about', async () => {
    const { pace, pass } = paced();
    pace.close(POST, 'C1', 30_000);
    pace.close('chat.update', 'C1', 10_000);
    expect(await later(pace.turn(POST, 'C1'))).toBeGreaterThanOrEqual(30_000);
    expect(await later(pace.turn('chat.update', 'C9'))).toBeGreaterThanOrEqual(10_000);
    expect(await later(pace.turn(POST, 'C2'))).toBeUndefined();
    pass(30_000);
    expect(await later(pace.turn(POST, 'C1'))).toBeUndefined();
    expect(await later(pace.turn('chat.update', 'C9'))).toBeUndefined();
  });
});

test('twelve cards at once in one channel: all arrive, and Slack refuses next to none', async () => {
  const { double, stopwatch } = await slack({ postsASecond: 1 });
  try {
    const pace = channelPace(stopwatch.now, async (ms) => stopwatch.move(ms));
    const client = engineClient({
      token: double.botToken,
      slackApiUrl: double.apiUrl,
      log: logTo([]),
      pace,
    });
    const due = Array.from({ length: 12 }, (_, n) => ({ n, at: 0 }));
    for (let tries = 0; due.length > 0 && tries < 200; tries++) {
      const ready = due.filter(({ at }) => at <= stopwatch.now());
      if (ready.length === 0) stopwatch.move(500);
      for (const one of ready) {
        const wait = await later(
          client.chat.postMessage({ channel: 'C0ACCESS', text: `card ${one.n}` }).then(() => undefined),
        );
        if (wait === undefined && double.messages('C0ACCESS').some(({ text }) => text === `card ${one.n}`))
          due.splice(due.indexOf(one), 1);
        else one.at = stopwatch.now() + (wait ?? 1_000);
      }
    }
    expect(double.messages('C0ACCESS')).toHaveLength(12);
    const refused = double.calls(POST).filter(({ answer }) => answer?.['ok'] === false);
    expect(refused.length).toBeLessThanOrEqual(2);
  } finally {
    await double.stop();
  }
});
