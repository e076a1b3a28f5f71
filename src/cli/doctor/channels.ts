import type { Bundle } from '../../ports/policy.js';
import { standingIn } from '../../slack/inspect.js';
import { channelsOf } from '../../slack/places.js';
import { slackAway } from './slack.js';
import { counted, eachOf, type Diagnosis, type Examined } from '../../kit/diagnosis.js';

type Client = Parameters<typeof standingIn>[0];
type Standing = Awaited<ReturnType<typeof standingIn>>;

/** Whether the bot may post in each channel that the policy folder names. */
export async function channels(client: Client, bundle: Bundle): Promise<Examined<true>> {
  const named = [...channelsOf(bundle)];
  const problems = await eachOf(named, async ([id, where]) =>
    judgeChannel(`${id} (${where.join(', ')})`, await standingIn(client, id)),
  );
  return { problems: problems.flat(), value: true, about: counted(named.length, 'channel') };
}

export function judgeChannel(channel: string, standing: Standing): Diagnosis[] {
  if (standing === 'member') return [];
  if (standing === 'outside')
    return [{ what: `the bot is not in ${channel}`, fix: 'write /invite @jit in that channel' }];
  if (standing === 'archived')
    return [{ what: `${channel} is archived`, fix: 'unarchive it, or name another channel' }];
  if (standing.error === 'channel_not_found')
    return [
      {
        what: `Slack shows the bot no channel ${channel}`,
        fix: 'correct the id (channel details, at the bottom); if it is private, write /invite @jit in it',
      },
    ];
  return [slackAway(standing.error, channel)];
}
