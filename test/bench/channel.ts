import { openForm } from './acts.js';
import { until } from './load.js';
import type { Place } from './place.js';
import type { Row } from './row.js';

const POST = 'chat.postMessage';
const CHANNEL = 'C0SECURITY';
const LINE = '/jit orders-logs 1h why the orders service answers so slowly OPS-12';

/** Whoever is on call asks at the same moment, and all their cards go to one channel, which takes one a second. */
export async function crowdedChannel({ slack, onCall }: Place): Promise<Row> {
  const before = slack.calls(POST).length;
  const begun = performance.now();
  await Promise.all(
    onCall.map(async (id) => {
      await slack.as(id).submit(await openForm(slack, id, LINE));
    }),
  );
  await until('each has a card', 60_000, async () => slack.messages(CHANNEL).length === onCall.length);
  const spent = (performance.now() - begun) / 1000;
  const calls = slack
    .calls(POST)
    .slice(before)
    .filter(({ args }) => args['channel'] === CHANNEL);
  const refused = calls.filter(({ answer }) => answer?.['ok'] === false).length;
  return {
    name: 'channel',
    what: `${onCall.length} cards at once in a channel that takes one message a second`,
    values: { seconds: spent, calls: calls.length, refused },
    unit: 's, calls',
    aim: 'refused <= 2',
    met: refused <= 2,
  };
}

/** How many messages Slack has refused until now because a channel had had too many. */
export function refusedPosts({ slack }: Place, name: string, what: string): Row {
  const calls = slack.calls(POST);
  const refused = calls.filter(({ answer }) => answer?.['error'] === 'ratelimited').length;
  return { name, what, values: { calls: calls.length, refused }, unit: 'calls' };
}
