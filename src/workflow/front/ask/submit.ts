import type { Person } from '../../../domain/person.js';
import { refusalFor, type Refusal } from '../../../domain/refusal.js';
import type { CommandOf } from '../../../domain/request/command.js';
import type { Reason } from '../../../domain/request/state.js';
import type { Form, Front } from '../../../ports/front.js';
import { askerOf, basisOf, questionOf } from '../../ask-policy.js';
import { asAskedFor, candidatesFor, emails, pinFor } from '../../facts.js';
import { recordForPerson } from '../../record-command.js';
import type { FrontDeps } from '../deps.js';
import { asPersonOnce } from '../person.js';
import { checkForm } from './form.js';
import { overcrowded, overLimit } from './limits.js';

export function submit(deps: FrontDeps): Front['submit'] {
  return (actor, form, seen) =>
    asPersonOnce(deps, actor, seen, (person) => submitted(deps, person, form, seen));
}

/** Checks the form, asks policy, and records the request, or its denial. One write, nothing slow. */
async function submitted(
  deps: FrontDeps,
  person: Person,
  form: Form,
  seen: string,
): ReturnType<Front['submit']> {
  const { bundle, clock, store, newId, wake } = deps;
  const policy = bundle();
  const checked = checkForm(form, policy);
  if ('code' in checked) return { refusal: checked };
  const { entitlement, ...written } = checked;
  const pinned = pinFor(deps, entitlement.id, person.email);
  if ('why' in pinned) return { refusal: { code: 'no-principal', why: pinned.why } };

  const at = clock.now();
  const over = await overLimit(store, person, at);
  if (over) return { refusal: over };
  const crowded = await overcrowded(deps, person, pinned.grant, at);
  if (crowded) return { refusal: crowded };
  const asker = await askerOf(deps, person, [entitlement], at);
  const id = newId();
  const question = questionOf(asker, checked);
  const decision = policy.pdp.request({ id, ...question });
  // Nothing has been decided then, so nothing is on record.
  if (decision.outcome === 'denied' && decision.unknownGroups) return { refusal: refusalFor(decision) };
  const chain = decision.outcome === 'denied' ? [] : decision.chain;
  const { asked, unknown } = await candidatesFor(deps, chain, person.email, entitlement.owners);
  const lapsesAt = at + policy.directory.approvalTimeout;
  const command: CommandOf<'Submit'> = {
    type: 'Submit',
    at,
    asked: {
      id,
      requester: person,
      entitlement: asAskedFor(entitlement),
      ...written,
      lapsesAt,
      grant: pinned.grant,
    },
    decision,
    basis: basisOf(question, asker.lost),
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
