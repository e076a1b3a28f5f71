import type { Playground } from '../../playground.js';
import type { Channel, PostedMessage } from '../../slack/index.js';

type Slack = Playground['slack'];

/** The channels before this person: their own; for people of other companies only those that are shared. */
export function visibleChannels(
  { slack, shared }: Pick<Playground, 'slack' | 'shared'>,
  userId: string,
): Channel[] {
  const user = slack.users().find(({ id }) => id === userId);
  if (!user) return [];
  const { teamId } = slack;
  const stranger = (user.team ?? teamId) !== teamId && !user.workspaces?.includes(teamId);
  return slack
    .channels()
    .filter(({ archived }) => !archived)
    .filter(({ members }) => members?.includes(userId) ?? true)
    .filter(({ id }) => !stranger || shared.includes(id));
}

/** A message that this person has before them, an ephemeral one too. */
export function visibleMessage(
  playground: Pick<Playground, 'slack' | 'shared'>,
  userId: string,
  { channel, ts }: { channel: string; ts: string },
): PostedMessage | undefined {
  const { slack } = playground;
  return [...messagesIn(playground, userId, channel), ...slack.ephemerals(userId)].find(
    (message) => message.channel === channel && message.ts === ts,
  );
}

function messagesIn(
  playground: { slack: Slack; shared: string[] },
  userId: string,
  channel: string,
): PostedMessage[] {
  const { slack } = playground;
  if (channel === slack.dmOf(userId)) return slack.dms(userId);
  return visibleChannels(playground, userId).some(({ id }) => id === channel) ? slack.messages(channel) : [];
}
