import type { DirectoryConfig } from '../../../domain/directory.js';
import { counted, eachOf, wrong, type Diagnosis, type Examined } from '../../../kit/diagnosis.js';
import type { SlackInspection } from '../outside.js';
import { emailsOf } from './people.js';
import { slackAway } from './token.js';

/** A fault of the app or the workspace shows with a few people; each costs a call of which Slack takes fifty a minute. */
const TRIED = 10;

/**
 * Whether the bot may write direct messages to people: requesters hear everything by them, managers are asked by them.
 * Whether the app's Messages tab is on Slack tells only when a message is sent (`messages_tab_disabled`), so that is
 * named, to be looked up by hand.
 */
export async function directMessages(
  slack: SlackInspection,
  team: string,
  directory: DirectoryConfig,
): Promise<Examined<true>> {
  const some = emailsOf(directory).slice(0, TRIED);
  const judged = await eachOf(some, async (email) => {
    const person = await slack.personByEmail(team, email);
    // Of who is not there, or cannot be looked up, the step about people tells.
    if (!person || 'error' in person || person.user.deactivated) return undefined;
    return judgeDirect(email, await slack.direct(person.user.id));
  });
  const known = judged.filter((one) => one !== undefined);
  if (known.length === 0) return { skipped: 'directory.yml names nobody whom Slack knows' };
  return {
    warnings: known.flat(),
    value: true,
    about: `tried for ${counted(known.length, 'person', 'people')}; whether the Messages tab is on, Slack does not tell: look at api.slack.com/apps → App Home`,
  };
}

export function judgeDirect(email: string, said: 'possible' | { error: string }): Diagnosis[] {
  if (said === 'possible') return [];
  if (/^(?:user_disabled|user_not_found|user_not_visible|cannot_dm_bot|restricted_action)$/.test(said.error))
    return wrong(
      `jit cannot write direct messages to ${email} (${said.error})`,
      'name somebody else, or let the app write to them (Slack administration); until then they are told in a channel only',
    );
  return slackAway(said.error, email);
}
