import type { PlainTextOption } from '@slack/types';
import type { Desk } from './handler-context.js';
import { suggestionOption } from './request-modal.js';
import type { Actor } from '../../ports/people.js';

/** What Slack shows at once. */
const MOST = 100;

/** What fits the text that is being typed. Whoever may not ask for anything is suggested nothing, and not told why. */
export async function suggestEntitlements(
  actor: Actor,
  typed: string,
  { front }: Desk,
): Promise<PlainTextOption[]> {
  const answer = await front.suggest(actor, typed, MOST);
  return 'refusal' in answer ? [] : answer.ok.slice(0, MOST).map(suggestionOption);
}
