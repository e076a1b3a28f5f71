import type { UsersInfoResponse, WebClient } from '@slack/web-api';
import { emailOf } from '../domain/email.js';
import type { Instant } from '../domain/entitlement.js';
import { TooMuchAsked, type PeopleSource, type SourceUser } from '../ports/people.js';
import { notifyFault, slackError } from './wire/faults.js';

type User = NonNullable<UsersInfoResponse['user']>;

/**
 * Who is who, as Slack's Web API answers now. Throws when it does not, or when its answer is not whole.
 * @param team the workspace that is served: an app that is installed for a whole organisation must name it (usergroups.list)
 */
export function slackPeople(client: WebClient, team: string): Omit<PeopleSource, 'rest'> {
  return {
    provider: 'slack',
    name: 'Slack',
    async groups() {
      const answer = await asked(() =>
        client.usergroups.list({ include_users: true, include_disabled: false, team_id: team }),
      );
      if (!answer.usergroups) throw new Error('Slack gave no list of user groups');
      const members: Record<string, string[]> = {};
      for (const { id, users, user_count: count, date_delete: disabledAt } of answer.usergroups) {
        // A group without its members is not an empty group: it is left out, and so unknown.
        const known = users ?? (Number(count) === 0 ? [] : undefined);
        if (id && known && !disabledAt) members[id] = known;
      }
      return members;
    },
    byId: (id) => found('user_not_found', () => client.users.info({ user: id })),
    byEmail: (email) => found('users_not_found', () => client.users.lookupByEmail({ email })),
  };
}

/** When people are at rest, as Slack says now. Throws when no answer comes. */
export function slackRest(client: WebClient, team: string, now: () => Instant): PeopleSource['rest'] {
  return async (id) => {
    const [user, quietUntil] = await Promise.all([
      found('user_not_found', () => client.users.info({ user: id })),
      quiet(client, { user: id, team_id: team }, now),
    ]);
    if (!user) return undefined;
    const { timezone } = user;
    return { ...(timezone && { timezone }), ...(quietUntil !== undefined && { quietUntil }) };
  };
}

/**
 * Until when somebody has Do Not Disturb on; undefined where they do not, or where that cannot be read: the manifest of
 * an earlier version does not ask for the scope. Slack tells of the window that is on or comes next, in seconds, and of a
 * snooze only to the person (docs.slack.dev, dnd.info). Throws when no answer comes.
 */
async function quiet(
  client: WebClient,
  of: { user: string; team_id: string },
  now: () => Instant,
): Promise<Instant | undefined> {
  try {
    const said = await asked(() => client.dnd.info(of));
    const { dnd_enabled: isOn, next_dnd_start_ts: start = 0, next_dnd_end_ts: end = 0 } = said;
    const at = now();
    return isOn && start * 1000 <= at && at < end * 1000 ? end * 1000 : undefined;
  } catch (error) {
    if (error instanceof TooMuchAsked || !notifyFault(error).permanent) throw error;
    return undefined;
  }
}

async function found(
  absent: string,
  ask: () => Promise<Pick<UsersInfoResponse, 'user'>>,
): Promise<SourceUser | undefined> {
  try {
    const { user } = await asked(ask);
    if (!user?.id) throw new Error('Slack gave no user');
    return read(user, user.id);
  } catch (error) {
    if (slackError(error) === absent) return undefined;
    throw error;
  }
}

async function asked<T>(ask: () => Promise<T>): Promise<T> {
  return ask().catch((error: unknown) => {
    if (!/^rate_?limited$/.test(notifyFault(error).code)) throw error;
    throw new TooMuchAsked('Slack refuses to be asked so often (rate limited)', { cause: error });
  });
}

function read(user: User, id: string): SourceUser {
  const { email, title } = user.profile ?? {};
  return {
    id,
    // `profile.team` and `teams` say where a person was seen, not where they belong.
    tenants: [...new Set([user.team_id ?? [], user.enterprise_user?.teams ?? []].flat())],
    ...(email && { email: emailOf(email) }),
    ...(user.is_email_confirmed === false && { unconfirmed: true }),
    ...(title && { title }),
    kind: kindOf(user),
    deactivated: user.deleted === true,
    ...(user.tz && { timezone: user.tz }),
  };
}

function kindOf(user: User): SourceUser['kind'] {
  if (user.is_bot || user.is_workflow_bot || user.is_connector_bot || user.id === 'USLACKBOT') return 'bot';
  if (user.is_stranger) return 'stranger';
  if (user.is_restricted || user.is_ultra_restricted) return 'guest';
  return 'member';
}
