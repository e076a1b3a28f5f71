import type { Person } from '../../../domain/person.js';
import type { Command } from '../../../domain/request/command.js';
import type { Reason, State } from '../../../domain/request/state.js';
import { refusalFor, type Refusal } from '../../../domain/refusal.js';
import type { Answer, Form } from '../../../ports/front.js';
import type { Candidate } from '../../../ports/people.js';
import { candidatesFor, emails, pinFor, who } from '../../facts.js';
import { checkForm } from './form.js';
import type { FrontDeps } from '../index.js';
import { gatherInputs } from '../../gather-inputs.js';
import { overLimit } from './limits.js';
import { overcrowded } from './role-room.js';
import { PROBE_TICKET } from './offers.js';
import { recordForPerson } from '../../record-command.js';

/** What policy says to somebody who may not ask for this entitlement, not even for the shortest time. */
export async function whyNot(deps: FrontDeps, person: Person, id: string): Promise<Refusal | undefined> {
  const { bundle, clock } = deps;
  const { entitlements, pdp } = bundle();
  const entitlement = entitlements.get(id);
  const [duration] = entitlement?.durations ?? [];
  if (!entitlement || duration === undefined)
    return { code: 'unknown-entitlement', entitlement: id.slice(0, 64) };
  const at = clock.now();
  const [asker, inputs] = await Promise.all([
    who(deps, person),
    gatherInputs(deps, person, [entitlement], at),
  ]);
  const ask = { who: asker, entitlement: id, duration, at, ticket: PROBE_TICKET };
  const decision = pdp.request({ ...ask, ...inputs(entitlement) });
  if (decision.outcome !== 'denied') return undefined;
  return refusalFor(decision);
}

/** Checks the form, asks policy, and records the request, or its denial. One write, nothing slow. */
export async function submit(
  deps: FrontDeps,
  person: Person,
  form: Form,
  seen: string,
): Promise<Answer<{ state: State; asked: Record<string, Candidate[]> }>> {
  const { bundle, clock, store, newId, wake } = deps;
  const policy = bundle();
  const checked = checkForm(form, policy);
  if ('code' in checked) return { refusal: checked };
  const { entitlement, duration, justification, ticket } = checked;
  const pinned = pinFor(deps, entitlement.id, person.email);
  if ('why' in pinned) return { refusal: { code: 'no-principal', why: pinned.why } };

  const at = clock.now();
  const over = await overLimit(store, person, at);
  if (over) return { refusal: over };
  const crowded = await overcrowded(deps, person, pinned.grant, at);
  if (crowded) return { refusal: crowded };
  const [asker, inputs] = await Promise.all([
    who(deps, person),
    gatherInputs(deps, person, [entitlement], at),
  ]);
  const id = newId();
  const ask = { id, who: asker, entitlement: entitlement.id, duration, at, ...(ticket && { ticket }) };
  const decision = policy.pdp.request({ ...ask, ...inputs(entitlement) });
  // Nothing has been decided then, so nothing is on record.
  if (decision.outcome === 'denied' && decision.unknownGroups) return { refusal: refusalFor(decision) };
  const chain = decision.outcome === 'denied' ? [] : decision.chain;
  const { asked, unknown } = await candidatesFor(deps, chain, person.email, entitlement.owners);

  const { name, environment, account, risk, owners, channel, description } = entitlement;
  const command: Command = {
    type: 'Submit',
    at,
    asked: {
      id,
      requester: person,
      entitlement: {
        id: entitlement.id,
        name,
        description,
        environment,
        account,
        risk,
        owners,
        ...(channel && { channel }),
      },
      duration,
      justification,
      ...(ticket && { ticket }),
      lapsesAt: at + policy.directory.approvalTimeout,
      grant: pinned.grant,
    },
    decision,
    candidates: emails(asked, [person]),
    unknown,
  };
  const recorded = await recordForPerson(store, id, seen, async () => command);
  if ('refusal' in recorded) return recorded;
  const { state } = recorded.head;
  if (state.status === 'closed') return { refusal: denied(id, state.reason) };
  wake(id);
  return { ok: { state, asked } };
}

function denied(request: string, reason: Reason | undefined): Refusal {
  if (reason?.code === 'unfillable') return { ...reason, request };
  if (reason?.code === 'policy') return { ...reason, code: 'denied-by-policy', request };
  return { code: 'denied-by-policy', policies: [], advice: [], errors: [], request };
}
