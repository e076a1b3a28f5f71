import type { Entitlement, Instant, Millis, PinnedGrant } from '../../../domain/entitlement.js';
import type { Person } from '../../../domain/person.js';
import { asOf, lapseOf } from '../../../domain/lease.js';
import { defined } from '../../../domain/objects.js';
import { refusalFor, type Refusal } from '../../../domain/refusal.js';
import type { CommandOf } from '../../../domain/request/command.js';
import type { Reason } from '../../../domain/request/state.js';
import type { Candidate } from '../../../ports/people.js';
import type { Pdp } from '../../../ports/policy.js';
import { askerOf, basisOf, questionOf, type Asker } from '../../ask-policy.js';
import { asAskedFor, candidatesFor, emails, pinFor } from '../../facts.js';
import type { FrontDeps } from '../deps.js';
import type { RefusedAct } from '../disclosure.js';
import { asEmergency } from './emergency.js';
import { overcrowded, overLimit } from './limits.js';

/** What is looked up of a person and of what they ask for before policy is asked. */
export interface PreparedAsk {
  at: Instant;
  /** As of the start, where that is later. */
  asker: Asker;
  grant: PinnedGrant;
}

/**
 * @param startsAt where it is to begin later
 * @returns a refusal where policy need not be asked
 */
export async function prepare(
  deps: FrontDeps,
  person: Person,
  entitlement: Entitlement,
  startsAt?: Instant,
): Promise<PreparedAsk | RefusedAct> {
  const { clock, store } = deps;
  const pinned = pinFor(deps, entitlement.id, person.email);
  if ('why' in pinned) return { refusal: { code: 'no-principal', why: pinned.why } };
  const at = clock.now();
  const [over, crowded] = await Promise.all([
    overLimit(store, person, at),
    overcrowded(deps, person, pinned.grant, at),
  ]);
  const refusal = over ?? crowded;
  if (refusal) return { refusal };
  const start = asOf(defined({ startsAt }), at);
  return { at, asker: await askerOf(deps, person, [entitlement], start), grant: pinned.grant };
}

/** A form that has been checked. */
export interface CheckedForm {
  id: string;
  entitlement: Entitlement;
  duration: Millis;
  justification: string;
  ticket?: string;
  startsAt?: Instant;
  emergency?: true;
}

/** A request as it would go on record, with those who would be asked. */
export interface Considered {
  command: CommandOf<'Submit'>;
  asked: Record<string, Candidate[]>;
}

/**
 * Asks policy once, and who may approve. Writes nothing.
 * @param how.probe nothing will follow from the answer
 */
export async function consider(
  deps: FrontDeps,
  person: Person,
  { at, asker, grant }: PreparedAsk,
  { entitlement, ...written }: CheckedForm,
  how: Pick<Parameters<Pdp['request']>[0], 'probe'> = {},
): Promise<Considered | RefusedAct> {
  const policy = deps.bundle();
  const question = questionOf(asker, { entitlement, ...written });
  const decision = policy.pdp.request({ id: written.id, ...question, ...how });
  // Nothing has been decided then, so nothing is on record.
  if (decision.outcome === 'denied' && decision.unknownGroups) return { refusal: refusalFor(decision) };
  const special = await asEmergency(deps, person, { question, decision, entitlement });
  if ('refusal' in special) return special;
  const chain = decision.outcome === 'denied' ? [] : decision.chain;
  const { asked, unknown } = await candidatesFor(deps, chain, person.email, entitlement.owners);
  const lapsesAt = lapseOf(written, at, policy.directory.approvalTimeout);
  const entry = asAskedFor(entitlement);
  const command: CommandOf<'Submit'> = {
    type: 'Submit',
    at,
    asked: { requester: person, entitlement: entry, ...written, ...special.asked, lapsesAt, grant },
    decision,
    basis: basisOf(question, asker.lost),
    ...special.others,
    candidates: emails(asked, [person]),
    unknown,
  };
  return { command, asked };
}

/** What to tell a person whose request is refused at once. @param request where the refusal is on record */
export function refusedAtOnce(
  reason: Reason | undefined,
  { request, startsAt }: { request?: string; startsAt?: Instant },
): Refusal {
  const where = { ...defined({ request }), ...(startsAt !== undefined && { later: true as const }) };
  if (reason?.code === 'unfillable') return { ...reason, ...defined({ request }) };
  if (reason?.code === 'contested')
    return { code: 'contested', contested: reason.request, ...defined({ request }) };
  if (reason?.code === 'policy') return { ...reason, code: 'denied-by-policy', ...where };
  return { code: 'denied-by-policy', policies: [], advice: [], errors: [], ...where };
}
