import type { JsonObject } from '../../../domain/entitlement.js';
import { emailOf } from '../../../domain/email.js';
import { page, refuse, word, yes, type Method } from './reply.js';
import type { User, SlackUsergroup } from '../surface.js';
import { APP_ID, BOT_ID, BOT_USER_ID, isOurs, teamOf, type Workspace } from '../workspace.js';

export const people: Record<string, Method> = {
  'auth.test': {
    run: (ws) => ({
      ok: true,
      url: `https://${ws.setup.team.domain ?? 'sandbox'}.slack.com/`,
      team: ws.setup.team.name ?? 'Sandbox',
      user: 'jit',
      team_id: ws.setup.enterprise ?? ws.teamId,
      user_id: BOT_USER_ID,
      bot_id: BOT_ID,
      is_enterprise_install: ws.setup.enterprise !== undefined,
    }),
  },

  'users.info': {
    scope: 'users:read',
    run(ws, args) {
      const user = ws.users.get(word(args, 'user') ?? '');
      return user ? { ok: true, user: apiUser(ws, user) } : refuse('user_not_found');
    },
  },

  'users.lookupByEmail': {
    scope: 'users:read.email',
    run(ws, args) {
      const email = emailOf(word(args, 'email') ?? '');
      const user = [...ws.users.values()].find(
        (one) => one.email && emailOf(one.email) === email && !one.deleted && isOurs(ws, one),
      );
      return user ? { ok: true, user: apiUser(ws, user) } : refuse('users_not_found');
    },
  },

  'users.list': {
    scope: 'users:read',
    run(ws, args) {
      const { items, cursor } = page(
        [...ws.users.values()].filter((one) => isOurs(ws, one)),
        args,
        1000,
      );
      const members = items.map((user) => apiUser(ws, user));
      return { ok: true, members, response_metadata: { next_cursor: cursor } };
    },
  },

  /** As Slack tells it of others: the window that is on or comes next, or 1 and 1 where there is none. */
  'dnd.info': {
    scope: 'dnd:read',
    run(ws, args) {
      const user = ws.users.get(word(args, 'user') ?? BOT_USER_ID);
      if (!user) return refuse('user_not_found');
      const [from, to] = user.disturbNot ?? [];
      return {
        ok: true,
        dnd_enabled: from !== undefined,
        next_dnd_start_ts: from === undefined ? 1 : Math.floor(from / 1000),
        next_dnd_end_ts: to === undefined ? 1 : Math.floor(to / 1000),
      };
    },
  },

  'usergroups.list': {
    scope: 'usergroups:read',
    run(ws, args) {
      if (ws.setup.enterprise !== undefined && word(args, 'team_id') !== ws.teamId)
        return refuse('missing_argument');
      const groups = [...ws.usergroups.values()].filter(
        (one) => !one.disabled || yes(args, 'include_disabled'),
      );
      return { ok: true, usergroups: groups.map((one) => apiUsergroup(ws, one, yes(args, 'include_users'))) };
    },
  },

  'usergroups.users.list': {
    scope: 'usergroups:read',
    run(ws, args) {
      const group = ws.usergroups.get(word(args, 'usergroup') ?? '');
      if (!group) return refuse('no_such_subteam');
      if (group.disabled && !yes(args, 'include_disabled')) return refuse('subteam_disabled');
      return { ok: true, users: [...group.users] };
    },
  },
};

function apiUser(ws: Workspace, user: User): JsonObject {
  const { scopes } = ws.setup;
  const { leavesOut = [], workspaces } = user;
  // Whom Slack does not call a stranger, it shows as it shows everybody.
  const strange = !isOurs(ws, user) && !leavesOut.includes('is_stranger');
  const shown = !strange && (!scopes || scopes.includes('users:read.email'));
  const name = user.realName ?? user.name;
  return {
    id: user.id,
    ...(!leavesOut.includes('team_id') && { team_id: teamOf(ws, user) }),
    ...(workspaces && { enterprise_user: { id: user.id, teams: [...workspaces] } }),
    name: user.name,
    real_name: name,
    deleted: user.deleted ?? false,
    tz: user.tz ?? 'Europe/London',
    profile: {
      real_name: name,
      display_name: user.name,
      title: user.title ?? '',
      team: teamOf(ws, user),
      ...(shown && user.email !== undefined && { email: user.email }),
      ...(user.id === BOT_USER_ID && { bot_id: BOT_ID, api_app_id: APP_ID }),
    },
    is_bot: user.bot ?? false,
    is_app_user: false,
    ...(strange && { is_stranger: true }),
    // Slack leaves these out of deactivated accounts.
    ...(!user.deleted && {
      ...(isOurs(ws, user) && !user.bot && { is_email_confirmed: !user.unconfirmed }),
      is_admin: false,
      is_owner: false,
      is_primary_owner: false,
      is_restricted: user.guest !== undefined,
      is_ultra_restricted: user.guest === 'ultra-restricted',
    }),
    updated: Math.floor(ws.now() / 1000),
  };
}

function apiUsergroup(ws: Workspace, group: SlackUsergroup, withUsers: boolean): JsonObject {
  return {
    id: group.id,
    team_id: ws.teamId,
    is_usergroup: true,
    is_subteam: true,
    name: group.handle,
    handle: group.handle,
    description: '',
    is_external: false,
    date_delete: group.disabled ? Math.floor(ws.now() / 1000) : 0,
    user_count: group.users.length,
    ...(withUsers && { users: [...group.users] }),
  };
}
