import type { WebClient } from '@slack/web-api';
import type { Instant, Millis } from '../domain/entitlement.js';
import type { SourceUser } from '../ports/people.js';
import { say } from './messages/blocks.js';
import { notifyFault } from './wire/faults.js';
import { codeOf } from '../kit/error-code.js';
import { outboundFetch } from '../kit/outbound/index.js';
import { at, textAt } from './wire/payload.js';
import { slackPeople } from './people.js';
import { signatureOf } from './wire/signature.js';

/** Slack's error name, or ours: `no_answer`, `ratelimited`, `http_502`. */
type SlackRefusal = { error: string };

/**
 * What the doctor asks Slack with one client. Nothing that anybody sees is changed, and no answer of Slack's is thrown.
 */
export function slackInspection(client: WebClient) {
  return {
    /** Whose token this is, and what it may do. */
    async token() {
      const answer = await asked(() => client.auth.test());
      if ('error' in answer) return answer;
      const {
        team_id: team = '',
        bot_id: botId,
        user_id: userId,
        is_enterprise_install: orgWide,
      } = answer.said;
      const { response_metadata: about } = answer.said;
      return {
        team,
        ...(orgWide && { orgWide: true as const }),
        ...(botId !== undefined && { botId }),
        ...(userId !== undefined && { userId }),
        ...(about?.scopes && { scopes: about.scopes.filter((scope) => scope !== '') }),
      };
    },

    /**
     * Whether the bot is in a channel. Older manifests do not ask for channels:read; without it, this tries to read the
     * channel, which only members may. It cannot tell then whether the channel is archived.
     */
    async channel(channel: string): Promise<'member' | 'outside' | 'archived' | SlackRefusal> {
      const info = await asked(() => client.conversations.info({ channel }));
      if (!('error' in info)) {
        if (info.said.channel?.is_archived) return 'archived';
        return info.said.channel?.is_member ? 'member' : 'outside';
      }
      if (info.error !== 'missing_scope') return info;
      const read = await asked(() => client.conversations.history({ channel, limit: 1 }));
      if (!('error' in read)) return 'member';
      return read.error === 'not_in_channel' ? 'outside' : read;
    },

    /**
     * Whether the app has a Home tab: tried by drawing the bot's own, which nobody can open. Slack says `not_enabled`
     * where there is none (docs.slack.dev, views.publish).
     */
    async homeTab(botUserId: string): Promise<'there' | 'missing' | SlackRefusal> {
      const view = { type: 'home' as const, blocks: say('jit doctor was here.').blocks };
      const answer = await asked(() => client.views.publish({ user_id: botUserId, view }));
      if (!('error' in answer)) return 'there';
      return answer.error === 'not_enabled' ? 'missing' : answer;
    },

    /**
     * Whether direct messages to somebody can be opened; where there are none yet, nothing is opened (docs.slack.dev,
     * conversations.open, `prevent_creation`; what Slack answers then is not documented).
     */
    async direct(user: string): Promise<'possible' | SlackRefusal> {
      const answer = await asked(() => client.conversations.open({ users: user, prevent_creation: true }));
      return 'error' in answer && answer.error !== 'channel_not_found' ? answer : 'possible';
    },

    /** All user groups, the disabled ones too. */
    async usergroups(team: string) {
      const answer = await asked(() =>
        client.usergroups.list({ include_users: true, include_disabled: true, team_id: team }),
      );
      if ('error' in answer) return answer;
      const { usergroups = [] } = answer.said;
      return {
        groups: usergroups.map(
          ({ id = '', handle = '', users, user_count: count, date_delete: disabledAt }) => ({
            id,
            handle,
            enabled: !disabledAt,
            members: users?.length ?? count ?? 0,
            ids: users ?? [],
          }),
        ),
      };
    },

    personByEmail: (team: string, email: string) => person(() => slackPeople(client, team).byEmail(email)),
    personById: (team: string, slackId: string) => person(() => slackPeople(client, team).byId(slackId)),
  };
}

/** @returns undefined: Slack has no such person */
async function person(ask: () => Promise<SourceUser | undefined>) {
  const answer = await asked(ask);
  if ('error' in answer) return answer;
  return answer.said && { user: answer.said };
}

/**
 * Sends what Slack sends to make sure of an address: signed, and with no effect.
 * @param secret the signing secret, or a wrong one to see it refused
 * @returns the status and the challenge that came back, or why nothing came
 */
export async function challenge(
  url: string,
  { secret, word, now, limit }: { secret: string; word: string; now: Instant; limit: Millis },
): Promise<{ status: number; challenge: string | undefined } | { error: string }> {
  const body = JSON.stringify({ type: 'url_verification', challenge: word });
  const timestamp = String(Math.floor(now / 1000));
  try {
    const answer = await outboundFetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signatureOf(secret, timestamp, body),
      },
      body,
      // What is signed goes to the address that was named, and nowhere else.
      redirect: 'manual',
      signal: AbortSignal.timeout(limit),
    });
    const said: unknown = await answer.json().catch(() => undefined);
    return { status: answer.status, challenge: textAt(said, 'challenge') };
  } catch (error) {
    // `ECONNREFUSED`, `TimeoutError`, …: a name, and nothing of what was sent.
    return { error: textAt(error, 'cause', 'code') ?? codeOf(error) };
  }
}

/** Whether jit itself listens here. */
export async function answersHealth(origin: string, limit: Millis): Promise<boolean> {
  try {
    const answer = await outboundFetch(`${origin}/healthz`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(limit),
    });
    return at(await answer.json(), 'ok') !== undefined;
  } catch {
    return false;
  }
}

async function asked<T>(ask: () => Promise<T>): Promise<{ said: T } | SlackRefusal> {
  try {
    return { said: await ask() };
  } catch (error) {
    return { error: notifyFault(error).code };
  }
}
