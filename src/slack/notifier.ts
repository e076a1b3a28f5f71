import type { ModalView } from '@slack/types';
import type { GrantKind } from '../ports/access.js';
import type { Notifier } from '../ports/messages.js';
import { buzzer } from './delivery/buzz.js';
import { cardKeeper, type SlackDelivery } from './delivery/cards.js';
import { alerter } from './delivery/emergency/alert.js';
import { incidentKeeper } from './delivery/emergency/incident.js';
import { livingMessage } from './delivery/living.js';
import { delegationTeller } from './delivery/waiting/delegation.js';
import { reminder } from './delivery/waiting/remind.js';
import { credentialsView, noCredentialsView } from './messages/sessions/credentials.js';
import { notifyFault } from './wire/faults.js';

/**
 * Messages out, over Slack's Web API. Throws `NotifyFault` only.
 * @param options.client with the engine's patience, and without retries of its own
 * @param options.ailing hears which channels take no cards, and which people no direct messages
 */
export function slackNotifier(options: SlackDelivery & { kinds: readonly GrantKind[] }): Notifier {
  const { client } = options;
  const [cards, living, tell] = [cardKeeper(options), livingMessage(options), buzzer(options)];
  const [remind, tellDelegation] = [reminder(options), delegationTeller(options)];
  const [incident, alert] = [incidentKeeper(options), alerter(options)];

  return {
    cards: (...about) => faultsOf(cards(...about)),
    living: (...about) => faultsOf(living(...about)),
    tell: (...about) => faultsOf(tell(...about)),
    remind: (...about) => faultsOf(remind(...about)),
    incident: (...about) => faultsOf(incident(...about)),
    alert: (...about) => faultsOf(alert(...about)),
    tellDelegation: (...about) => faultsOf(tellDelegation(...about)),
    showCredentials: (viewId, state, credentials, shell) =>
      show(viewId, credentialsView(state, credentials, shell)),
    showNoCredentials: (viewId, why, hint) => show(viewId, noCredentialsView(why, hint)),
  };

  async function show(viewId: string, view: ModalView): Promise<void> {
    await faultsOf(client.views.update({ view_id: viewId, view }));
  }
}

async function faultsOf<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw notifyFault(error);
  });
}
