import { openStage } from '../../src/domain/chain.js';
import { isLive, type State } from '../../src/domain/request/state.js';
import { approvedFor, decidedOn } from '../../src/domain/request/extension.js';
import { openQuestions } from '../../src/domain/request/stories/questions.js';
import { parseAnswerValue, parseRequestValue, parseStageValue } from '../../src/slack/ids.js';
import type { PostedMessage } from '../../src/sandbox/slack/index.js';
import { seeded } from '../simulation/random.js';
import { buttonsOf, cardWith, HOUR, livingIn, MINUTE, serveCompany } from '../support/company.js';

type Company = Awaited<ReturnType<typeof serveCompany>>;
const PEOPLE = ['U0ANA', 'U0BOB', 'U0SAM', 'U0KIM', 'U0LEE', 'U0DAN', 'U0OLI', 'U0CLEO'];
const CHANNELS = ['C0ACCESS', 'C0SECURITY', 'C0PRODACCESS'];
const THINGS = [
  { entitlement: 'orders-db-admin', ticket: 'OPS-12' },
  { entitlement: 'staging-deployer' },
  { entitlement: 'sandbox-power-user' },
];
const everything = ({ slack }: Company): PostedMessage[] => [
  ...CHANNELS.flatMap(slack.messages),
  ...PEOPLE.flatMap(slack.dms),
];

/** Why a button would be refused, as its request is now; undefined: it would not be, for somebody who may press it. */
const PRESSED: Record<
  string,
  (state: State, stage: ReturnType<typeof parseStageValue>, value: unknown) => boolean
> = {
  approve: isOpen,
  deny: isOpen,
  shorten: isOpen,
  question: isOpen,
  answer: (state, _, value) =>
    openQuestions(state).some(({ number }) => parseAnswerValue(value)?.question === number),
  cancel: ({ status }) => status === 'pending',
  revoke: isLive,
  release: isLive,
  extend: isExtendableNow,
  credentials: ({ status }) => status === 'active',
  explain: () => true,
  again: ({ status }) => status === 'closed',
};

/** The catalog of this company offers two extensions, up to 12 hours, of what is not of high risk. */
function isExtendableNow(state: State): boolean {
  const left = 12 * HOUR - approvedFor(state);
  return state.status === 'active' && !state.extension && (state.extended ?? []).length < 2 && left > 0;
}

function isOpen(of: State, button: ReturnType<typeof parseStageValue>): boolean {
  const state = decidedOn(of);
  if (state.status !== 'pending' || !state.checked) return false;
  return openStage(state)?.name === button?.stage && state.revision === button?.revision;
}

/** Each button anywhere that would be refused because of how its request stands. */
async function dead(it: Company): Promise<string[]> {
  const found: string[] = [];
  for (const message of everything(it)) {
    for (const { actionId, value } of buttonsOf(message)) {
      const button = parseStageValue(value);
      const head = await it.app.store.head(
        button?.id ?? parseAnswerValue(value)?.id ?? parseRequestValue(value) ?? '',
      );
      const state = head?.state;
      // A copy is its reader's alone: who has voted has nothing to approve there.
      const reader = PEOPLE.find((id) => it.slack.dmOf(id) === message.channel);
      const on = state && decidedOn(state);
      const hasVoted = button !== undefined && on?.votes.some(({ by }) => by.account.id === reader);
      if (!state || hasVoted || !PRESSED[actionId]?.(state, button, value))
        found.push(`${actionId} in ${message.channel}, of one that is ${state?.status}`);
    }
  }
  return found;
}

test.each([1, 2, 3])(
  'after any history no message anywhere has a button that would be refused because of the state (%s)',
  async (seed) => {
    const random = seeded(seed);
    const it = await serveCompany();
    const press = async (who: string, where: PostedMessage[], action: string) => {
      const found = where.filter((message) => buttonsOf(message).some(({ actionId }) => actionId === action));
      if (found.length > 0) await it.click(who, random.pick(found), action);
    };
    const vote = async (action: string) => {
      const who = random.pick(PEOPLE);
      await press(who, random.chance(0.5) ? it.slack.dms(who) : CHANNELS.flatMap(it.slack.messages), action);
    };
    const acts: (() => Promise<unknown>)[] = [
      // Who has too much waiting may not ask for more, and hears it.
      () =>
        it
          .ask('U0ANA', { ...random.pick(THINGS), duration: '1h', justification: 'fixing OPS-12 today' })
          .catch(() => undefined),
      () => vote('approve'),
      () => vote('approve'),
      () => vote('approve'),
      async () => {
        await vote('deny');
        for (const who of PEOPLE)
          for (const modal of it.slack.views(who).filter(({ view }) => view['callback_id'] === 'deny'))
            await it.slack.as(who).submit(modal.id, { reason: 'not today' });
        await it.quiet();
      },
      async () => {
        await vote(random.pick(['question', 'shorten']));
        for (const who of PEOPLE)
          for (const { id, view } of it.slack.views(who)) {
            if (view['callback_id'] === 'question')
              await it.slack.as(who).submit(id, { question: 'Which index?' });
            if (view['callback_id'] === 'shorten') await it.slack.as(who).submit(id, { duration: '15m' });
          }
        await it.quiet();
      },
      async () => {
        await press('U0ANA', it.slack.dms('U0ANA'), 'answer');
        for (const { id, view } of it.slack.views('U0ANA'))
          if (view['callback_id'] === 'answer')
            await it.slack.as('U0ANA').submit(id, { answer: 'The one on orders.id' });
        await it.quiet();
      },
      () => press('U0ANA', it.slack.dms('U0ANA'), 'cancel'),
      () => press('U0ANA', it.slack.dms('U0ANA'), random.pick(['revoke', 'release'])),
      ...[1, 2].map(() => async () => {
        await press('U0ANA', it.slack.dms('U0ANA'), 'extend');
        for (const { id, view } of it.slack.views('U0ANA'))
          if (view['callback_id'] === 'extend') await it.slack.as('U0ANA').submit(id, { duration: '30m' });
        await it.quiet();
      }),
      () => it.pass(random.pick([MINUTE, 10 * MINUTE, HOUR, 9 * HOUR])),
      async () => {
        const method = random.pick(['chat.update', 'chat.postMessage']);
        const fault = random.pick([
          { kind: 'lost', effect: true } as const,
          { kind: 'lost', effect: false } as const,
          { kind: 'error', error: 'internal_error' } as const,
          { kind: 'rate-limited', seconds: 5 } as const,
        ]);
        it.slack.misbehave(method, fault, random.between(1, 3));
      },
      async () => it.slack.changeChannel('C0SECURITY', { archived: random.chance(0.5) }),
      async () =>
        it.slack.changeUser('U0KIM', { takesNoDms: random.chance(0.5) ? 'user_disabled' : undefined }),
    ];
    try {
      await acts[0]!();
      for (let n = 0; n < 18; n++) {
        await random.pick(acts)();
        // What failed is tried again within minutes.
        it.slack.behave();
        it.slack.changeChannel('C0SECURITY', { archived: false });
        for (let minutes = 0; minutes < 3; minutes++) await it.pass(2 * MINUTE);
        expect(await dead(it)).toEqual([]);
      }
      await it.pass(12 * HOUR);
      expect((await dead(it)).length).toBe(0);
      const left = everything(it).flatMap((message) => buttonsOf(message).map(({ actionId }) => actionId));
      expect(new Set(left)).toEqual(new Set(['again']));
    } finally {
      await it.close();
    }
  },
);

test('Slack calls for a request with two stages of three people: thirty at most, whoever is in the channels', async () => {
  for (const members of [undefined, ['U0ANA']]) {
    const it = await serveCompany();
    try {
      if (members) for (const id of CHANNELS) it.slack.changeChannel(id, { members });
      const before = it.slack.calls().length;
      await it.ask('U0ANA', { ...THINGS[0]!, duration: '1h', justification: 'fixing OPS-12 today' });
      await it.click('U0BOB', cardWith(it.slack.dms('U0BOB'), 'approve'), 'approve');
      for (const who of ['U0SAM', 'U0KIM']) {
        const where = members ? it.slack.dms(who) : it.slack.messages('C0SECURITY');
        await it.click(who, cardWith(where, 'approve'), 'approve');
      }
      await it.pass(50 * MINUTE);
      await it.pass(11 * MINUTE);
      expect(buttonsOf(livingIn(it.slack.dms('U0ANA'))).map(({ actionId }) => actionId)).toEqual(['again']);
      const sent = it.slack
        .calls()
        .slice(before)
        .filter(({ method }) => /^chat\.|^conversations\./.test(method));
      expect(sent.length).toBeLessThanOrEqual(30);
    } finally {
      await it.close();
    }
  }
});
