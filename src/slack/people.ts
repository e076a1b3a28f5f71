import { WebAPIPlatformError, type UsersInfoResponse, type WebClient } from '@slack/web-api';
import type { SlackPeople, SlackUser } from '../ports.js';

type User = NonNullable<UsersInfoResponse['user']>;

/** Who is who, as Slack's Web API answers now. Throws when it does not, or when its answer is not whole. */
export function slackPeople(client: WebClient): SlackPeople {
  return {
    async usergroups() {
      const answer = await client.usergroups.list({ include_users: true, include_disabled: false });
      if (!answer.usergroups) throw new Error('Slack gave no list of user groups');
      const members: Record<string, string[]> = {};
      for (const { id, users, user_count: count, date_delete: disabledAt } of answer.usergroups) {
        // A group without its members is not an empty group: it is left out, and so unknown.
        const known = users ?? (Number(count) === 0 ? [] : undefined);
        if (id && known && !disabledAt) members[id] = known;
      }
      return members;
    },
    async user(slackId) {
      return found('user_not_found', () => client.users.info({ user: slackId }));
    },
    async byEmail(email) {
      return found('users_not_found', () => client.users.lookupByEmail({ email }));
    },
  };
}

async function found(
  absent: string,
  ask: () => Promise<Pick<UsersInfoResponse, 'user'>>,
): Promise<SlackUser | undefined> {
  try {
    const { user } = await ask();
    if (!user?.id) throw new Error('Slack gave no user');
    return read(user, user.id);
  } catch (error) {
    if (error instanceof WebAPIPlatformError && error.data.error === absent) return undefined;
    throw error;
  }
}

function read(user: User, slackId: string): SlackUser {
  const team = user.team_id ?? user.profile?.team;
  if (!team) throw new Error(`Slack did not say which workspace ${slackId} belongs to`);
  const email = user.profile?.email;
  return {
    slackId,
    team,
    ...(email && { email: lowerCase(email) }),
    kind: kindOf(user),
    deactivated: user.deleted === true,
  };
}

function kindOf(user: User): SlackUser['kind'] {
  if (user.is_bot || user.is_workflow_bot || user.is_connector_bot || user.id === 'USLACKBOT') return 'bot';
  if (user.is_stranger) return 'stranger';
  if (user.is_restricted || user.is_ultra_restricted) return 'guest';
  return 'member';
}

// ASCII only: toLowerCase() would turn a Kelvin sign (U+212A) into a k, and so one address into another's.
function lowerCase(email: string): string {
  return email.trim().replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
