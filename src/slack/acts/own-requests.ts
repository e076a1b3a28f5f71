import type { Actor } from '../../ports/people.js';
import type { ClickHandler, Desk } from './handler-context.js';
import { parseRequestValue } from '../ids.js';
import { say, type Message } from '../messages/blocks.js';
import { explained } from '../messages/explained.js';
import { statusOf } from '../messages/requests.js';
import { sentenceFor } from '../../words/refusal.js';

/** An act on a request with a known id: by a button, or by a command that names it. */
type Deed = (actor: Actor, id: string, seen: string, desk: Desk, text: string) => Promise<Message>;

export const cancelRequest: Deed = async (actor, id, seen, { front }) => {
  const answer = await front.cancel(actor, id, seen);
  if ('refusal' in answer) return say(sentenceFor(answer.refusal));
  return say(`Your request for ${answer.ok.entitlement.name} is cancelled.`);
};

export const endRequest: Deed = async (actor, id, seen, { front }, reason) => {
  const answer = await front.revoke(actor, id, reason, seen);
  if ('refusal' in answer) return say(sentenceFor(answer.refusal));
  const { entitlement } = answer.ok;
  return say(
    `${entitlement.name}: access ends within seconds (rarely minutes). The requester is told when it is gone.`,
  );
};

export const showRequest: Deed = async (actor, id, _seen, { front, bundle, kinds }) => {
  const answer = await front.status(actor, id);
  if ('refusal' in answer) return say(sentenceFor(answer.refusal));
  const { requester } = answer.ok.state;
  // Both belong to the served workspace; the team in the payload proves nothing.
  const own = requester.account.id === actor.id;
  return statusOf(answer.ok, bundle().directory, own, kinds);
};

export const explainRequest: Deed = async (actor, id, _seen, { front }) => {
  const answer = await front.explain(actor, id);
  if ('refusal' in answer) return say(sentenceFor(answer.refusal));
  return explained(answer.ok);
};

export const cancelClick = click(cancelRequest);
export const endClick = click(endRequest);
export const statusClick = click(showRequest);
export const explainClick = click(explainRequest);

function click(deed: Deed): ClickHandler {
  return async ({ actor, value, seen }, desk) => {
    const id = parseRequestValue(value);
    return id === undefined ? say(sentenceFor({ code: 'unknown-button' })) : deed(actor, id, seen, desk, '');
  };
}
