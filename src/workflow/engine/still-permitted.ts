import type { Entitlement, Instant, Millis } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import { deniedBy } from '../../domain/request/decision.js';
import type { Reason } from '../../domain/request/state.js';
import { Unknowable } from '../../ports/policy.js';
import { inputsFor, questionAgain } from '../ask-policy.js';
import { problemWith } from '../facts.js';
import { withoutRequest, type LookedUp } from '../gather-inputs.js';
import type { EngineDeps } from './effect.js';

/** How long the last good answer counts while its source gives none. */
const LAST_GOOD: Millis = 15 * 60_000;

/** What the policies in force say now of a grant that exists. Nothing is ended by it. */
export type Standing = { permittedAt: Instant } | { denied: Denied } | 'unknown';
export type Denied = Extract<Reason, { code: 'policy' | 'requester' }>;

/**
 * Whether a further session of this grant may be opened: the requester is still a full member with the same account,
 * and the policies in force, with the groups of now, still permit the request. The present is `context.now`; hour,
 * weekday, business hours, ticket and looked-up inputs are those of the confirmation, or of the last extension. Chain, catalog and pinned grant
 * are not asked again. Grants of an older format hold no such facts: of them only the person is asked.
 */
export async function stillPermitted(deps: EngineDeps, grant: Grant): Promise<Standing> {
  const asked = await ask(deps, grant);
  if (asked !== 'unknown') return asked;
  const good = Math.max(grant.permittedAt ?? 0, grant.lease.startsAt);
  return deps.clock.now() - good < LAST_GOOD ? { permittedAt: good } : 'unknown';
}

async function ask(deps: EngineDeps, grant: Grant): Promise<Standing> {
  const { clock, directory, bundle, log } = deps;
  const { requestId: id, requester, entitlement, confirmed } = grant;
  const at = clock.now();
  try {
    const problem = await problemWith(directory, requester);
    if (problem !== undefined) return { denied: { code: 'requester', problem } };
    if (!confirmed) return { permittedAt: at };
    const { duration, ticket, emergency, about } = confirmed;
    const policy = bundle();
    const { clockAt = grant.lease.startsAt } = confirmed;
    const asked = { person: requester, entitlement, duration, ticket, emergency };
    const again = { id, ...asked, at, clockAt, about };
    const { question } = await questionAgain(deps, policy, again, (current) =>
      inputsOf(deps, grant, current, at),
    );
    const decision = policy.pdp.request(question);
    if (decision.outcome !== 'denied') return { permittedAt: at };
    const { length: errors } = decision.errors;
    if (errors === 0) return { denied: deniedBy(decision) };
    log.warn({ request: id, errors }, 'policy could not be asked about a session');
    return 'unknown';
  } catch (error) {
    if (error instanceof Unknowable) return 'unknown';
    throw error;
  }
}

/** Those of the confirmation; what only policies of today read is looked up now, without this grant itself. */
async function inputsOf(
  deps: EngineDeps,
  { requestId, requester, confirmed }: Grant,
  current: Entitlement | undefined,
  at: Instant,
): Promise<LookedUp> {
  const { store, bundle } = deps;
  const { inputs } = bundle();
  const given = confirmed?.given ?? {};
  const lacks = inputs.some(({ attributes }) => Object.keys(attributes).some((name) => !(name in given)));
  if (!lacks || !current) return { given };
  const now = await inputsFor({ ...deps, store: withoutRequest(store, requestId) }, requester, current, at);
  const failed = Object.entries(now.failed ?? {}).filter(([name]) =>
    inputs.some((input) => input.name === name && Object.keys(input.attributes).some((a) => !(a in given))),
  );
  return { given: { ...now.given, ...given }, failed: Object.fromEntries(failed) };
}
