import type { Person } from '../../../domain/person.js';
import type { Form, Front } from '../../../ports/front.js';
import { recordForPerson } from '../../record-command.js';
import type { FrontDeps } from '../deps.js';
import { asPersonOnce } from '../person.js';
import { consider, prepare, refusedAtOnce } from './consider.js';
import { checkForm } from './form.js';

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
  const { bundle, store, newId, wake } = deps;
  const checked = checkForm(form, bundle(), deps.clock.now());
  if ('code' in checked) return { refusal: checked };
  const prepared = await prepare(deps, person, checked.entitlement, checked.startsAt);
  if ('refusal' in prepared) return prepared;
  const id = newId();
  const considered = await consider(deps, person, prepared, { id, ...checked });
  if ('refusal' in considered) return considered;
  const recorded = await recordForPerson(store, id, seen, async () => considered.command);
  if ('refusal' in recorded) return recorded;
  const { state } = recorded.head;
  if (state.status === 'closed') return { refusal: refusedAtOnce(state.reason, { ...state, request: id }) };
  wake(id);
  return { ok: { state, asked: considered.asked } };
}
