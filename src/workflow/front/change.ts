import type { Person } from '../../domain/person.js';
import type { Command } from '../../domain/request/command.js';
import type { Head } from '../../domain/request/head.js';
import type { State } from '../../domain/request/state.js';
import { decide } from '../../domain/request/stories/index.js';
import type { Answer } from '../../ports/front.js';
import { inForce } from '../in-force.js';
import { recordForPerson } from '../record-command.js';
import type { FrontDeps } from './deps.js';
import { UNKNOWN, whyRefused } from './disclosure.js';
import { placeholderRequest } from './placeholder-request.js';

/** What somebody wants of a request, worked out on it as it is; of one that does not exist, on what stands in for it. */
export type ChangeWanted = (about: { state: State }) => Promise<Command>;

/** Records what a person wants of a request, where the request lets it happen. */
export async function change(
  deps: FrontDeps,
  by: Person,
  { id, seen }: { id: string; seen: string },
  wish: ChangeWanted,
): Promise<Answer<State>> {
  let met: Head | undefined;
  let made: Command | undefined;
  const recorded = await recordForPerson(deps.store, id, seen, async (head) => {
    met = head;
    made = await wish(head ?? placeholderRequest(deps, id));
    return head ? made : UNKNOWN;
  });
  if ('refusal' in recorded) return whyRefused(deps, by, id, { met, made, refused: recorded });
  deps.wake(id);
  return { ok: inForce(recorded.head.state, deps.bundle()) };
}

/** What it would meet now, without recording anything. */
export async function rehearse(
  deps: FrontDeps,
  by: Person,
  id: string,
  wish: ChangeWanted,
): Promise<Answer<State>> {
  const met = await deps.store.head(id);
  const made = await wish(met ?? placeholderRequest(deps, id));
  const decided = met ? decide(made, met.state) : UNKNOWN;
  return 'refusal' in decided
    ? whyRefused(deps, by, id, { met, made, refused: decided })
    : { ok: inForce(met!.state, deps.bundle()) };
}
