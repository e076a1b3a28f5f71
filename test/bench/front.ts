import { buttonsOf, textOf, type PostedMessage } from '../../src/sandbox/slack/index.js';
import { javaAvailable } from '../support/dynamodb-local.js';
import { A_SECOND, asked, row, warm } from './acts.js';
import { costFrom } from './cost.js';
import { crowdedChannel, refusedPosts } from './channel.js';
import { paced, until } from './load.js';
import { place, type Place } from './place.js';
import type { Measure } from './row.js';
import { corp } from '../support/people.js';

/**
 * What people wait for: signed requests over HTTP, twenty a second of each kind, while the engine does what follows, and
 * while Slack takes one message a second in a channel.
 */
export const frontDoor: Measure = {
  name: 'front',
  async run(size) {
    if (!javaAvailable()) return [];
    const count = { quick: 20, usual: 300, full: 2_400 }[size];
    const [warmUp, cards] = size === 'quick' ? [10, 6] : [60, 12];
    const there = await place({ askers: count + warmUp, onCall: cards, postsASecond: 1 });
    const bot = await there.startBot();
    const processes = { bot: bot.pid, dynamoDb: there.dynamoDbPid };
    try {
      await warm(there, there.askers.slice(0, 3));
      const first = (await asked(there, there.askers.slice(0, warmUp))).took;
      const list = await paced(
        A_SECOND,
        there.askers.slice(warmUp).map(
          ({ id }) =>
            () =>
              there.slack.as(id).command('/jit list'),
        ),
      );
      const asking = costFrom(processes);
      const { commands, changes, submits, took } = await asked(there, there.askers.slice(warmUp));
      const costOfAsking = asking('front-cost-asking', 'opening the form, changing and sending it', count);
      const all = await cardsOf(there, [...first, ...took]);
      const click = ({ card, manager }: Card) => there.slack.as(manager).click(card, 'approve');
      await paced(
        A_SECOND,
        all.slice(0, first.length).map((card) => () => click(card)),
      );
      const approving = costFrom(processes);
      const approvals = await paced(
        A_SECOND,
        all.slice(first.length).map((card) => () => click(card)),
      );
      const missing = await without(there, took);
      const costOfApproving = approving('front-cost-approving', 'approving it, and giving access', count);
      return [
        row('front-list', '/jit list: signed request to answer', list),
        row('front-command', '/jit: signed request to answer, with its form opened', commands),
        row('front-change', 'another choice in the form: signed request to the form drawn anew', changes),
        row('front-submit', 'a form sent: signed request to answer, with the request recorded', submits),
        costOfAsking,
        row(
          'front-approve',
          'Approve pressed: signed request to answer, before it is recorded',
          approvals,
          Math.max(missing, complaints(there)),
        ),
        costOfApproving,
        refusedPosts(there, 'front-refused', 'messages in direct messages that Slack refused as too many'),
        await crowdedChannel(there),
      ];
    } finally {
      await bot.stop();
      await there.close();
    }
  },
};

interface Card {
  card: PostedMessage;
  manager: string;
}

/** The cards of these people's requests, in this order, each with the one who is to approve it. */
async function cardsOf({ slack }: Place, people: Place['askers']): Promise<Card[]> {
  let byAsker = new Map<string | undefined, PostedMessage>();
  await until('all cards are posted', 60_000, async () => {
    const open = [...new Set(people.map(({ manager }) => manager))]
      .flatMap((id) => slack.dms(id))
      .filter((message) => buttonsOf(message).some(({ actionId }) => actionId === 'approve'));
    byAsker = new Map(open.map((card) => [/U0ASK\d+/.exec(textOf(card))?.[0], card]));
    return people.every(({ id }) => byAsker.has(id));
  });
  return people.map(({ id, manager }) => ({ card: byAsker.get(id)!, manager }));
}

function complaints({ slack, askers }: Place): number {
  return [...new Set(askers.map(({ manager }) => manager))].flatMap((id) => slack.ephemerals(id)).length;
}

/** How many of them have no access yet, when all have or a minute is over. */
async function without({ store }: Place, people: Place['askers']): Promise<number> {
  const waiting = new Set(people.map(({ email }) => email));
  const look = async () => {
    for (const email of waiting) {
      const [head] = await store.byRequester(corp(email), 1);
      if (head?.state.status !== 'active') return false;
      waiting.delete(email);
    }
    return true;
  };
  await until('all have access', 60_000, look).catch(() => undefined);
  return waiting.size;
}
