import type { HomeView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { GrantKind } from '../../ports/access.js';
import type { HomeScreen } from '../../ports/home.js';
import type { Bundle } from '../../ports/policy.js';
import { notifyFault } from '../wire/faults.js';
import { homeView } from './view.js';

/** App Homes, over Slack's Web API. Throws `NotifyFault` only. */
export function homeScreen(
  client: WebClient,
  { kinds, bundle }: { kinds: readonly GrantKind[]; bundle: () => Pick<Bundle, 'directory'> },
): HomeScreen {
  return {
    draw: ({ id }, home) => publish(client, id, homeView(home, { kinds, directory: bundle().directory })),
  };
}

/** @throws NotifyFault `not_enabled` where the app was made from a manifest without a home tab */
export async function publish(client: WebClient, user: string, view: HomeView): Promise<void> {
  await client.views.publish({ user_id: user, view }).catch((error: unknown) => {
    throw notifyFault(error);
  });
}
