import type { PlainTextOption } from '@slack/types';
import type { Desk } from './handler-context.js';
import { suggestionOption } from './request-modal.js';
import type { Actor } from '../../ports/people.js';

/** Slack shows no more at once. */
const MOST = 100;

/** Entitlements that fit the text being typed; none, and no reason, for a person who may not ask for anything. */
export async function suggestEntitlements(
  actor: Actor,
  typed: string,
  { front }: Desk,
): Promise<PlainTextOption[]> {
  const answer = await front.suggest(actor, typed, MOST);
  return 'refusal' in answer ? [] : answer.ok.slice(0, MOST).map(suggestionOption);
}
