import type { Millis } from '../domain/entitlement.js';
import type { SandboxClock } from './clock.js';
import { buttonsOf, textOf, type BotAnswer, type PostedMessage, type SlackDouble } from './slack/index.js';

/** What a scenario plays on. */
export interface Scene {
  slack: SlackDouble;
  clock: Pick<SandboxClock, 'advance'>;
  /** Resolves when the bot has nothing more to do now. */
  settle: () => Promise<void>;
}

/** In real time. Nothing takes nearly as long, unless it never comes. */
const PATIENCE: Millis = 10_000;
const REQUEST_ID = /Request `(\w+)`/;

/** What people can do with jit in Slack, each resolving when its effect is there to see. */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function deeds({ slack, clock, settle }: Scene) {
  async function sent(doing: Promise<BotAnswer>): Promise<void> {
    const { failure } = await doing;
    if (failure !== undefined) throw new Error(`Slack says ${failure}.`);
    await settle();
  }

  async function see<T>(what: string, look: () => T | undefined | false): Promise<T> {
    return slack.until(look, PATIENCE).catch((error: unknown) => {
      throw new Error(`${what} did not come.`, { cause: error });
    });
  }

  /** A direct message of the bot's about this request. */
  function news(
    who: string,
    id: string,
    fits: (message: PostedMessage) => boolean,
  ): PostedMessage | undefined {
    return slack.dms(who).findLast((message) => textOf(message).includes(id) && fits(message));
  }

  async function card(id: string, stage: string): Promise<PostedMessage> {
    const forIt = ({ actionId, value = '' }: { actionId: string; value?: string | undefined }) =>
      actionId === 'approve' && value.startsWith(`${id}.`) && value.endsWith(`.${stage}`);
    return see(`the card for ${stage}`, () =>
      [
        ...slack.channels().flatMap((channel) => slack.messages(channel.id)),
        ...slack.users().flatMap((user) => slack.dms(user.id)),
      ].find((one) => buttonsOf(one).some(forIt)),
    );
  }

  const redrawn = ({ channel, ts }: PostedMessage, fits: (card: PostedMessage) => boolean) =>
    slack.messages(channel).some((one) => one.ts === ts && fits(one));

  async function given(who: string, id: string): Promise<PostedMessage> {
    return see(`the access of ${who}`, () => news(who, id, (one) => has(one, 'revoke')));
  }

  async function over(who: string, id: string): Promise<void> {
    const closed = (message: PostedMessage) =>
      / is cancelled| has ended| has lapsed| was denied/.test(message.text);
    await see(`the message to ${who} that it is over`, () => news(who, id, closed));
  }

  return {
    /**
     * Asks in the form, filled in by the words after the command.
     * @returns the request's id
     */
    async ask(who: string, words: string): Promise<string> {
      const person = slack.as(who);
      const told = slack.ephemerals(who).length;
      await sent(person.command(`/jit ${words}`));
      const shown = await see('the form', () => slack.views(who).at(-1) ?? slack.ephemerals(who)[told]);
      if (!('view' in shown))
        throw new Error(`${who} asked with "/jit ${words}" and was told: ${textOf(shown)}`);
      await sent(person.submit(shown));
      const after = slack.views(who).at(-1);
      const id = after && REQUEST_ID.exec(textOf(after))?.[1];
      if (!id) throw new Error(`${who} asked with "/jit ${words}" and was told: ${wrong(after?.errors)}`);
      await person.close(after);
      await see(`the message to ${who} that it is sent`, () => news(who, id, () => true));
      return id;
    },

    async approve(who: string, id: string, stage: string): Promise<void> {
      const before = await card(id, stage);
      await sent(slack.as(who).click(before, 'approve'));
      const counted = new RegExp(`approved by [^\n]*<@${who}>`);
      await see(`the approval of ${who}`, () => redrawn(before, (one) => counted.test(textOf(one))));
    },

    async deny(who: string, id: string, stage: string, reason: string): Promise<void> {
      const before = await card(id, stage);
      await sent(slack.as(who).click(before, 'deny'));
      await sent(slack.as(who).submit(await see('the form', () => slack.views(who).at(-1)), { reason }));
      await see(`the denial of ${who}`, () => redrawn(before, (one) => !has(one, 'deny')));
    },

    async cancel(who: string, id: string): Promise<void> {
      const mine = await see('the button to cancel', () => news(who, id, (one) => has(one, 'cancel')));
      await sent(slack.as(who).click(mine, 'cancel'));
      await over(who, id);
    },

    /** Until the requester has what they asked for. */
    given,

    async openSession(who: string, id: string): Promise<void> {
      const mine = await see('the button for a session', () =>
        news(who, id, (one) => has(one, 'credentials')),
      );
      await sent(slack.as(who).click(mine, 'credentials'));
      const shown = await see('the session', () => {
        const view = slack.views(who).at(-1);
        return view && textOf(view).includes('AWS_SESSION_TOKEN') && view;
      });
      await slack.as(who).close(shown);
    },

    /** Hands one's own access back. */
    async release(who: string, id: string): Promise<void> {
      await sent(slack.as(who).click(await given(who, id), 'revoke'));
      await over(who, id);
    },

    /** Takes somebody else's access away. */
    async revoke(who: string, id: string, requester: string, reason: string): Promise<void> {
      await sent(slack.as(who).command(`/jit revoke ${id} ${reason}`));
      await over(requester, id);
    },

    /** Until what ends by itself has ended. */
    over,

    async pass(time: Millis): Promise<void> {
      clock.advance(time);
      await settle();
    },
  };
}

function has(message: PostedMessage, actionId: string): boolean {
  return buttonsOf(message).some((button) => button.actionId === actionId);
}

function wrong(errors: Record<string, string> = {}): string {
  return Object.values(errors).join(' ') || 'nothing';
}
