import { samePerson } from '../../../domain/person.js';
import type { State } from '../../../domain/request/state.js';
import type { Candidate } from '../../../ports/people.js';
import { candidatesFor, inForce } from '../../facts.js';
import { type CarryOut, type EngineDeps } from '../effect.js';
import { MOST_TRIES, sendOrPutOff, viewOf } from '../message.js';

/** So many are told in person; the rest read it in the channel. */
export const MOST_TOLD = 10;

/** Tells those who would have had to agree without the emergency that somebody has got access without them. */
export const passedOver: CarryOut<'passed-over'> = async (deps, head, owed) => {
  const { id, attempts } = owed;
  return sendOrPutOff(deps, head, owed, MOST_TRIES, async () => {
    const all = await whoWasPassedOver(deps, head.state);
    if (all.length === 0) return;
    const told = { to: all.slice(0, MOST_TOLD), others: Math.max(0, all.length - MOST_TOLD) };
    const alert = { what: 'passed-over', ...told, inThread: false, id: `${head.id}.${id}` } as const;
    await deps.notifier.alert(await viewOf(deps, head), alert, attempts > 1);
  });
};

/** Those of the stages that it would have needed, without whoever is of a stage that it needs all the same. */
async function whoWasPassedOver(deps: EngineDeps, state: State): Promise<Candidate[]> {
  const { passedOver: chain = [], requester } = state;
  if (!deps.bundle().directory.emergency || chain.length === 0) return [];
  const { owners } = inForce(state, deps.bundle()).entitlement;
  const [instead, own] = await Promise.all(
    [chain, state.chain].map((one) => candidatesFor(deps, one, requester.email, owners)),
  );
  const people = (found: typeof instead) => Object.values(found?.asked ?? {}).flat();
  const asked = new Set([requester.email, ...people(own).map(({ email }) => email)]);
  const passed = people(instead).filter(
    ({ email, account }) =>
      !asked.has(email) && !(account && samePerson(requester, { email, account }) !== 'other'),
  );
  return [...new Map(passed.map((one) => [one.email, one])).values()];
}
