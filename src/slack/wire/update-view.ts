import type { WebClient } from '@slack/web-api';
import { slackError } from './faults.js';

/** The person has chosen again since (that choice draws the modal by its own call), or has closed the modal. */
const MOVED_ON = ['hash_conflict', 'not_found'];

/** Draws an open modal anew. That the person has moved on is no error. @throws what else Slack says */
export async function updateView(
  slack: WebClient,
  call: Parameters<WebClient['views']['update']>[0],
): Promise<void> {
  try {
    await slack.views.update(call);
  } catch (error) {
    if (!MOVED_ON.includes(slackError(error) ?? '')) throw error;
  }
}
