import type { Button } from '@slack/types';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { isLive, type State } from '../../domain/request/state.js';
import {
  UNKNOWN_BUTTON,
  type SignedAct,
  type Click,
  type Desk,
  type Told,
  type TypedCommand,
} from './handler-context.js';
import { spelled } from '../../words/english.js';
import { parseRequestValue, parseTypedId } from '../ids.js';
import { button, say, type Message } from '../messages/blocks.js';
import { cancelButton, endButton, explainButton } from '../messages/buttons.js';
import { choice, explained, NEVER_ASKED, statusOf } from '../messages/requests.js';

/** What a person does with one request, by a button or by the subcommand of the same name. */
export interface Deed {
  /** What may follow the subcommand's name. */
  usage: string;
  summary: string;
  /** It cancels a request or ends access. */
  ends?: true;
  /** Over the person's own requests to choose from, where they named none. */
  heading: string;
  button: (state: State) => Button;
  /** Which of those that are not over are to choose from, however old; absent: all, and the newest that are over. */
  fits?: (state: State) => boolean;
  /** Where there is none to choose from. */
  none: string;
  /** @param reason what was typed after the request's id */
  run(act: SignedAct, id: string, desk: Desk, reason: string): Promise<Told>;
}

export const DEEDS: Record<'status' | 'explain' | 'cancel' | 'revoke', Deed> = {
  status: {
    usage: '[request id]',
    summary: 'shows where a request stands and what has happened to it',
    heading: 'Which request do you want to see?',
    button: ({ id }) => button('status', 'Show', id),
    none: NEVER_ASKED,
    async run({ actor }, id, { front, bundle, kinds }) {
      const answer = await front.status(actor, id);
      if ('refusal' in answer) return answer;
      // Both belong to the served workspace; the team in the payload proves nothing.
      const own = answer.ok.state.requester.account.id === actor.id;
      return statusOf(answer.ok, bundle().directory, own, kinds);
    },
  },
  explain: {
    usage: '[request id]',
    summary: 'shows how policy decided on a request, and what would change that',
    heading: 'Which request do you want explained?',
    button: explainButton,
    none: NEVER_ASKED,
    async run({ actor }, id, { front }) {
      const answer = await front.explain(actor, id);
      return 'refusal' in answer ? answer : explained(answer.ok);
    },
  },
  cancel: {
    usage: '[request id]',
    summary: 'cancels a request that is still waiting',
    ends: true,
    heading: 'Which request do you want to cancel?',
    button: cancelButton,
    fits: ({ status }) => status === 'pending',
    none: 'You have no request waiting for a decision. /jit revoke ends access that you have.',
    async run({ actor, seen }, id, { front }) {
      const answer = await front.cancel(actor, id, seen);
      if ('refusal' in answer) return answer;
      return say(`Your request for ${answer.ok.entitlement.name} is cancelled.`);
    },
  },
  revoke: {
    usage: '[request id] [reason]',
    summary: 'ends access early: your own, or someone else’s where policy permits it',
    ends: true,
    heading: 'Which access do you want to end?',
    button: endButton,
    fits: isLive,
    none: 'You have no access to end. To end someone else’s, give its request id and a reason.',
    async run({ actor, seen }, id, { front, now }, reason) {
      const answer = await front.revoke(actor, id, reason, seen);
      if ('refusal' in answer) return answer;
      const { entitlement, requester } = answer.ok;
      const own = requester.account.id === actor.id;
      return say(
        own
          ? handedBack(answer.ok, now())
          : `The access ${entitlement.name} of ${requester.email} ends within seconds (rarely minutes). They are told.`,
      );
    },
  },
};

/** "I'm done": one's own access, and never another's. */
export async function releaseClick({ actor, value, seen }: Click, { front, now }: Desk): Promise<Told> {
  const id = parseRequestValue(value);
  if (id === undefined) return UNKNOWN_BUTTON;
  const answer = await front.release(actor, id, seen);
  return 'refusal' in answer ? answer : say(handedBack(answer.ok, now()));
}

const MINUTE: Millis = 60_000;

/** Thanks, and how much time was given back. */
function handedBack(state: State, now: Instant): string {
  const left = 'lease' in state && state.lease ? state.lease.endsAt - now : 0;
  const given = left < MINUTE ? '' : ` You gave back ${spelled(left)}.`;
  return `Thank you.${given} Your access ${state.entitlement.name} ends within seconds (rarely minutes). The message about your request says when it is gone.`;
}

export function byButton(deed: Deed) {
  return async (click: Click, desk: Desk): Promise<Told> => {
    const id = parseRequestValue(click.value);
    return id === undefined ? UNKNOWN_BUTTON : deed.run(click, id, desk, '');
  };
}

/** With the request whose id the person typed, or else a choice among their own. */
export async function byWords(deed: Deed, ask: TypedCommand, desk: Desk): Promise<Told> {
  const [word, ...reason] = ask.words;
  if (word === undefined) return choose(deed, ask, desk);
  const id = parseTypedId(word);
  if (id !== undefined) return deed.run(ask, id, desk, reason.join(' '));
  return noId(word);
}

/** @param word what was typed in its place */
export function noId(word: string): Message {
  return say(
    `"${word.slice(0, 64)}" is not a request id, which has 26 letters and digits. /jit list shows yours.`,
  );
}

async function choose(deed: Deed, { actor }: SignedAct, { front }: Desk): Promise<Told> {
  const mine = await front.mine(actor);
  if ('refusal' in mine) return mine;
  const { open, closed, more } = mine.ok;
  const { heading, fits, none } = deed;
  const fitting = fits ? open.filter(fits) : [...open, ...closed];
  return fitting.length === 0 ? say(none) : choice(heading, fitting, deed.button, !fits && more);
}
