import { buttonsOf, textOf, type BotAnswer, type PostedMessage } from '../../src/sandbox/slack/index.js';
import { javaAvailable } from '../support/dynamodb-local.js';
import { paced, until } from './load.js';
import { place, type Place } from './place.js';
import { spread, type Measure, type Row } from './row.js';
import { corp } from '../support/people.js';

const A_SECOND = 20;
const WARM_UP = 60;

/** What people wait for: signed requests over HTTP, twenty a second of each kind, while the engine does what follows. */
export const frontDoor: Measure = {
  name: 'front',
  async run(size) {
    if (!javaAvailable()) return [];
    const count = { quick: 20, usual: 300, full: 2_400 }[size];
    const warmUp = size === 'quick' ? 10 : WARM_UP;
    const there = await place({ askers: count + warmUp });
    const bot = await there.startBot();
    try {
      await asked(there, there.askers.slice(0, warmUp));
      const people = there.askers.slice(warmUp);
      const list = await paced(
        A_SECOND,
        people.map(
          ({ id }) =>
            () =>
              there.slack.as(id).command('/jit list'),
        ),
      );
      const { commands, submits } = await asked(there, people);
      const cards = await cardsOf(there, count + warmUp);
      const click = ({ card, manager }: Card) => there.slack.as(manager).click(card, 'approve');
      await paced(
        A_SECOND,
        cards.slice(0, warmUp).map((card) => () => click(card)),
      );
      const approvals = await paced(
        A_SECOND,
        cards.slice(warmUp).map((card) => () => click(card)),
      );
      await allActive(there);
      return [
        row('front-list', '/jit list', list),
        row('front-command', '/jit with its form opened', commands),
        row('front-submit', 'a form sent and recorded', submits),
        row('front-approve', 'Approve pressed, answered before it is recorded', approvals, complaints(there)),
      ];
    } finally {
      await bot.stop();
      await there.close();
    }
  },
};

/** Each person opens the form filled in, and sends it. */
export async function asked({ slack }: Place, people: Place['askers'], aSecond = A_SECOND) {
  const line = '/jit staging-deployer 1h deploying the new orders service OPS-12';
  const commands = await paced(
    aSecond,
    people.map(
      ({ id }) =>
        () =>
          slack.as(id).command(line),
    ),
  );
  const submits = await paced(
    aSecond,
    people.map(
      ({ id }) =>
        () =>
          slack.as(id).submit(slack.views(id).at(-1)!),
    ),
  );
  return { commands, submits };
}

interface Card {
  card: PostedMessage;
  manager: string;
}

/** The cards of all requests, in the order in which they were asked for, each with the one who is to approve it. */
async function cardsOf({ slack, askers }: Place, count: number): Promise<Card[]> {
  const open = () =>
    [...new Set(askers.map(({ manager }) => manager))]
      .flatMap((id) => slack.dms(id))
      .filter((message) => buttonsOf(message).some(({ actionId }) => actionId === 'approve'));
  await until('all cards are posted', 60_000, async () => open().length === count);
  const byAsker = new Map(open().map((card) => [/U0ASK\d+/.exec(textOf(card))?.[0], card]));
  return askers.map(({ id, manager }) => ({ card: byAsker.get(id)!, manager }));
}

function complaints({ slack, askers }: Place): number {
  return [...new Set(askers.map(({ manager }) => manager))].flatMap((id) => slack.ephemerals(id)).length;
}

async function allActive({ store, askers }: Place): Promise<void> {
  for (const { email } of askers)
    await until(`${email} has access`, 60_000, async () => {
      const [head] = await store.byRequester(corp(email), 1);
      return head?.state.status === 'active';
    });
}

/** @param complaints how often somebody was told no, which a status of 200 does not show */
export function row(name: string, what: string, answers: BotAnswer[], complaints = 0): Row {
  const failed = answers.filter(({ status, failure, body }) => {
    return status !== 200 || failure !== undefined || body.includes('"errors"');
  }).length;
  const { p50, p99, max } = spread(answers.map(({ ms }) => ms));
  return {
    name,
    what: `${what}: signed request to answer (${answers.length})`,
    values: { p50, p99, max, failed: failed + complaints },
    unit: 'ms',
    aim: 'p99 < 100',
    met: p99 < 100 && failed + complaints === 0,
  };
}
