import type { SlackInspection, ChannelStanding } from '../outside.js';
import { slackAway } from './token.js';
import { counted, eachOf, type Diagnosis, type Examined } from '../../../kit/diagnosis.js';

/** Whether the bot may post in each channel that the policy folder names. @param named where it names them */
export async function channels(
  slack: SlackInspection,
  named: Map<string, string[]>,
): Promise<Examined<true>> {
  const problems = await eachOf([...named], async ([id, where]) =>
    judgeChannel(`${id} (${where.join(', ')})`, await slack.channel(id)),
  );
  return { problems: problems.flat(), value: true, about: counted(named.size, 'channel') };
}

export function judgeChannel(channel: string, standing: ChannelStanding): Diagnosis[] {
  if (standing === 'member') return [];
  if (standing === 'outside')
    return [{ what: `the bot is not in ${channel}`, fix: 'write /invite @jit in that channel' }];
  if (standing === 'archived')
    return [{ what: `${channel} is archived`, fix: 'unarchive it, or name another channel' }];
  if (standing.error === 'channel_not_found')
    return [
      {
        what: `the bot cannot see the channel ${channel}`,
        fix: 'correct the id (channel details, at the bottom); if it is private, write /invite @jit in it',
      },
    ];
  return [slackAway(standing.error, channel)];
}
