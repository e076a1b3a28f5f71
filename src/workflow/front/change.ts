import type { Person } from '../../domain/person.js';
import type { Command } from '../../domain/request/command.js';
import type { Head } from '../../domain/request/head.js';
import type { State } from '../../domain/request/state.js';
import { decide } from '../../domain/request/stories/index.js';
import type { Answer, Front } from '../../ports/front.js';
import type { Actor } from '../../ports/people.js';
import { inForce } from '../facts.js';
import { recordForPerson } from '../record-command.js';
import { reasonText } from './ask/form.js';
import type { FrontDeps } from './deps.js';
import { placeholderRequest, UNKNOWN, whyRefused } from './disclosure.js';
import { asOneWhoEnds, asPerson, asPersonOnce } from './person.js';
import { voteOn, type Ask } from './vote.js';

/** Votes, and what only the requester does. */
export function changes(
  deps: FrontDeps,
): Pick<Front, 'approve' | 'mayDeny' | 'deny' | 'cancel' | 'mayMint' | 'mint'> {
  const { clock } = deps;
  const acted = (actor: Actor, id: string, seen: string, wish: Ask) =>
    asPersonOnce(deps, actor, seen, (by) => change(deps, by, { id, seen }, wish));
  const rehearsed = (actor: Actor, id: string, wish: Ask) =>
    asPerson(deps, actor, (by) => rehearse(deps, by, id, wish));
  const session =
    (waiting: string): Ask =>
    async (by) => ({ type: 'RequestMint', at: clock.now(), by, waiting });
  return {
    approve: (actor, button, seen) =>
      acted(actor, button.id, seen, voteOn(deps, button, { type: 'Approve' })),
    mayDeny: (actor, button) =>
      rehearsed(actor, button.id, voteOn(deps, button, { type: 'Deny', text: '-' })),
    deny: (actor, button, reason, seen) =>
      acted(actor, button.id, seen, voteOn(deps, button, { type: 'Deny', text: reasonText(reason) })),
    cancel: (actor, id, seen) =>
      asOneWhoEnds(deps, actor, { id, seen }, (person) =>
        change(deps, person, { id, seen }, async (by) => ({ type: 'Cancel', at: clock.now(), by })),
      ),
    mayMint: (actor, id) => rehearsed(actor, id, session('')),
    mint: (actor, id, waiting, seen) => acted(actor, id, seen, session(waiting)),
  };
}

/** Records what a person wants of a request, where the request lets it happen. */
async function change(
  deps: FrontDeps,
  by: Person,
  { id, seen }: { id: string; seen: string },
  wish: Ask,
): Promise<Answer<State>> {
  let met: Head | undefined;
  let made: Command | undefined;
  const recorded = await recordForPerson(deps.store, id, seen, async (head) => {
    met = head;
    made = await wish(by, head?.state ?? placeholderRequest(deps, id));
    return head ? made : UNKNOWN;
  });
  if ('refusal' in recorded) return whyRefused(deps, by, id, { met, made, refused: recorded });
  deps.wake(id);
  return { ok: inForce(recorded.head.state, deps.bundle()) };
}

/** What it would meet now, without recording anything. */
async function rehearse(deps: FrontDeps, by: Person, id: string, wish: Ask): Promise<Answer<State>> {
  const met = await deps.store.head(id);
  const made = await wish(by, met?.state ?? placeholderRequest(deps, id));
  const decided = met ? decide(made, met.state) : UNKNOWN;
  return 'refusal' in decided
    ? whyRefused(deps, by, id, { met, made, refused: decided })
    : { ok: inForce(met!.state, deps.bundle()) };
}
