import { WebClient } from '@slack/web-api';
import type { Event } from '../../src/domain/request/event.js';
import { grantKinds } from '../../src/grants/kinds.js';
import type { Copy, RequestView } from '../../src/ports/messages.js';
import { buttonsOf, startSlack } from '../../src/sandbox/slack/index.js';
import { slackNotifier } from '../../src/slack/notifier.js';
import { ana, bob, kim, min, pending, sam, T0, voted } from '../support/requests.js';
import { bundleOf, directory, stateAfter } from '../support/slack.js';

const people = [ana, bob, sam, kim];
const approvers = { manager: [bob], security: [sam, kim] };

const workspace = () =>
  startSlack({
    now: () => T0,
    signingSecret: 'secret',
    team: { id: 'T1', domain: 'corp' },
    users: people.map(({ email, account: { id } }) => ({ id, email, name: email.split('@')[0]! })),
    channels: ['C0ACCESS', 'C0SECURITY'].map((id) => ({ id, name: id.toLowerCase(), members: [] })),
  });

let slack: Awaited<ReturnType<typeof workspace>>;
beforeEach(async () => {
  slack = await workspace();
});
afterEach(() => slack.stop());

/** A process whose Slack client makes so many calls, each of which lands, and then hears no more. */
function processThatMakes(calls: number, change: Parameters<typeof bundleOf>[0] = {}) {
  let made = 0;
  let died!: () => void;
  const dead = new Promise<'dead'>((resolve) => (died = () => resolve('dead')));
  class Dying extends WebClient {
    override async apiCall(...args: Parameters<WebClient['apiCall']>) {
      if (made >= calls) return new Promise<never>(() => undefined);
      const isLast = ++made === calls;
      const answer = await super.apiCall(...args);
      if (!isLast) return answer;
      died();
      return new Promise<never>(() => undefined);
    }
  }
  const client = new Dying(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  const stages = directory.stages.map((stage) => ({ ...stage, tell: 'people' as const }));
  const notifier = slackNotifier({
    client,
    bundle: bundleOf({ stages, channel: 'C0ACCESS', ...change }),
    kinds: grantKinds,
    botUserId: slack.botUserId,
    now: () => T0,
  });
  return { notifier, dead };
}

const viewOf = (events: Event[], posts: RequestView['posts'] = {}): RequestView => {
  const state = stateAfter(events);
  // As the engine has it: who may fill a stage is looked up only while one is open.
  return { state, posts, asked: state.status === 'pending' ? { ...approvers, dba: [] } : {} };
};
const withButtons = () =>
  [
    ...people.map(({ account }) => slack.dms(account.id)),
    slack.messages('C0ACCESS'),
    slack.messages('C0SECURITY'),
  ]
    .flat()
    .filter((message) => buttonsOf(message).some(({ actionId }) => actionId === 'approve'));

const records = async () => [];
const open = [...pending('2 of security')];
const cancelled: Event = { type: 'RequestCancelled', at: min(2), by: ana };
const ways = [
  ['by people', {}],
  [
    'in a channel in which they are not',
    { stages: directory.stages.map((stage) => ({ ...stage, tell: 'channel' as const })) },
  ],
] as const;

describe.each(ways)('invariant 5: a process that dies while it asks %s, after any call', (_, change) => {
  /** The first process dies after so many calls; what it wrote down first is all that the second knows of copies. */
  async function dies(calls: number, then: Event[]): Promise<boolean> {
    let noted: Copy[] = [];
    const note = async (copies: Copy[]) => void (noted = structuredClone(copies));
    const { notifier, dead } = processThatMakes(calls, change);
    const came = notifier.cards(viewOf(open), { retry: false, records, copies: [], note });
    const ended = await Promise.race([dead, came]);
    if (ended !== 'dead') return false;
    const second = processThatMakes(Infinity, change).notifier;
    const after = await second.cards(viewOf([...open, ...then]), {
      retry: true,
      records,
      copies: noted,
      note,
    });
    expect(after.fault).toBeUndefined();
    return true;
  }
  const each = async (then: Event[], look: () => void): Promise<number> => {
    for (let calls = 1; calls < 20; calls++) {
      if (!(await dies(calls, then))) return calls - 1;
      look();
      await slack.stop();
      slack = await workspace();
    }
    throw new Error('there is no end of calls');
  };

  test('leaves no button, where the request is over before the next one comes', async () => {
    expect(await each([cancelled], () => expect(withButtons()).toEqual([]))).toBeGreaterThan(1);
  });

  test('and everybody is asked once, where it is still open', async () => {
    const look = () => {
      const direct = withButtons().filter(({ channel }) => channel.startsWith('D'));
      expect(direct.map(({ channel }) => channel).sort()).toEqual(
        [sam, kim].map(({ account }) => slack.dmOf(account.id)).sort(),
      );
    };
    expect(await each([], look)).toBeGreaterThan(1);
  });

  test('leaves none to who has voted meanwhile', async () => {
    const look = () =>
      expect(withButtons().some(({ channel }) => channel === slack.dmOf(sam.account.id))).toBe(false);
    expect(await each([voted(sam, 'security')], look)).toBeGreaterThan(1);
  });
});
