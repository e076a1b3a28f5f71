import type { Entitlement } from '../../../domain/entitlement.js';
import type { Person } from '../../../domain/person.js';
import type { RequestDecision } from '../../../domain/request/decision.js';
import type { CommandOf } from '../../../domain/request/command.js';
import type { AskedFor } from '../../../domain/request/state.js';
import type { Bundle, Pdp } from '../../../ports/policy.js';
import { questionOf, type Asker, type Wanted } from '../../ask-policy.js';
import { emergenciesOf } from '../../emergencies.js';
import type { FrontDeps } from '../deps.js';
import type { RefusedAct } from '../disclosure.js';
import { knowsEmergencies, probeTicket } from './probe.js';

type AccessQuestion = Parameters<Pdp['request']>[0];

/**
 * Whether an emergency helps: a permit that reads whether it is one lets it through, and without the emergency it would
 * be denied, or would take more people.
 */
function helps(
  { emergencyPermits = [] }: Bundle,
  inEmergency: RequestDecision,
  without: RequestDecision,
): boolean {
  if (inEmergency.outcome === 'denied') return false;
  if (!inEmergency.policies.some((id) => emergencyPermits.includes(id))) return false;
  return without.outcome === 'denied' || seats(inEmergency) < seats(without);
}

const seats = ({ chain }: Exclude<RequestDecision, { outcome: 'denied' }>) =>
  chain.reduce((sum, { quorum }) => sum + quorum, 0);

/** What an emergency adds to a request: who is passed over by it, and what stands against it. Of any other, nothing. */
interface Special {
  asked: Pick<AskedFor, 'passedOver'>;
  others: Pick<CommandOf<'Submit'>, 'contested'>;
}

const NOTHING: Special = { asked: {}, others: {} };

/** @param of.decision what policy says of it as an emergency */
export async function asEmergency(
  { bundle, store }: FrontDeps,
  person: Person,
  of: { question: AccessQuestion; decision: RequestDecision; entitlement: Entitlement },
): Promise<Special | RefusedAct> {
  const { question, decision, entitlement } = of;
  if (!question.emergency) return NOTHING;
  const policy = bundle();
  if (decision.outcome === 'denied') return NOTHING;
  const { emergency: _, ...plain } = question;
  const without = policy.pdp.request({ ...plain, probe: true });
  if (!helps(policy, decision, without)) return { refusal: { code: 'emergency-needless' } };
  const others = await emergenciesOf(store, person, { entitlement });
  const isAuto = decision.chain.length === 0;
  if (others === 'unknown') {
    if (isAuto) return { refusal: { code: 'reviews-unknown' } };
  } else if (others.open !== undefined) return { refusal: { code: 'emergency-open', open: others.open } };
  const { contested } = others === 'unknown' ? {} : others;
  // Where only a ticket was wanting, those who would have been asked with one are passed over.
  const usual =
    without.outcome === 'denied' && plain.ticket === undefined
      ? policy.pdp.request({ ...plain, ticket: probeTicket(policy), probe: true })
      : without;
  return {
    asked: usual.outcome === 'denied' ? {} : { passedOver: usual.chain },
    others: contested === undefined ? {} : { contested },
  };
}

/**
 * Whether this could be asked for in an emergency.
 * @param ticket where none is written yet, also with one
 */
export function couldBeEmergency(
  policy: Bundle,
  asker: Asker,
  { ticket, ...choice }: Pick<Wanted, 'entitlement' | 'duration' | 'ticket'>,
): boolean {
  if (!knowsEmergencies(policy)) return false;
  const tickets = ticket === undefined ? [undefined, probeTicket(policy)] : [ticket];
  return tickets.some((one) => {
    const ask = (emergency?: true) =>
      policy.pdp.request({ ...questionOf(asker, { ...choice, ticket: one, emergency }), probe: true });
    return helps(policy, ask(true), ask());
  });
}
