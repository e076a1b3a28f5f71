import type { CommandOf } from '../../domain/request/command.js';
import type { End } from '../../domain/request/end.js';
import type { State } from '../../domain/request/state.js';
import { samePerson, type Person } from '../../domain/person.js';
import { decide, evolve } from '../../domain/request/stories/index.js';
import { notTheirs } from '../../domain/request/stories/story.js';
import type { Answer, Front } from '../../ports/front.js';
import { verdictOn } from '../ask-policy.js';
import { inForce } from '../facts.js';
import { recordForPerson } from '../record-command.js';
import { reasonText } from './ask/form.js';
import type { FrontDeps } from './deps.js';
import { placeholderRequest, UNKNOWN, whyRefused, type RefusedAct } from './disclosure.js';
import { drawnAnew } from './late-clicks.js';
import { asOneWhoEnds, readHead } from './person.js';

type Revoke = CommandOf<'Revoke'>;

/** A person who takes access back loses no more races than this against a flood. */
const RACES = 3;

export function ending(deps: FrontDeps): Pick<Front, 'revoke' | 'release'> {
  return {
    revoke: (actor, id, reason, seen) =>
      asOneWhoEnds(deps, actor, { id, seen }, (by) =>
        endEarly(deps, by, { id, text: reasonText(reason), seen }),
      ),
    release: (actor, id, seen) =>
      asOneWhoEnds(deps, actor, { id, seen }, (by) => endEarly(deps, by, { id, text: '', seen, own: true })),
  };
}

/**
 * Ends access early for a person who may. What is asked of policy and groups is asked once, whatever others write
 * meanwhile; and what cannot be recorded in the ordinary way is ordered (END): nobody who may end access hears that it
 * did not work because too much happened, or because somebody has spoilt the record.
 */
async function endEarly(
  deps: FrontDeps,
  by: Person,
  { id, text, seen, own }: { id: string; text: string; seen: string; own?: true },
): Promise<Answer<State>> {
  const { store, wake, log, bundle } = deps;
  const head = await readHead(deps, id);
  // Whose it is cannot be known here: this part may not read the grant's own record (invariant 13).
  if (head === 'unreadable') return { refusal: { code: 'unreadable-request', request: id } };
  const command = await commandOf(deps, by, head?.state ?? placeholderRequest(deps, id), text);
  const refusedBy = async (refused: RefusedAct) =>
    drawnAnew(
      deps,
      { seen, met: head },
      await whyRefused(deps, by, id, { met: head, made: command, refused }),
    );
  if (!head) return refusedBy(UNKNOWN);
  const refusal = own && notTheirs(by, head.state);
  if (refusal) return refusedBy({ refusal });
  const decided = decide(command, head.state);
  if ('refusal' in decided) return refusedBy(decided);
  const recorded = await recordForPerson(store, id, seen, async () => command, RACES).catch(
    (error: unknown) => ({ error }),
  );
  if ('head' in recorded) {
    // That it is ending already may be what somebody has written over it, a moment ago even: what a person is told must
    // not rest on that.
    if (recorded.events.length === 0) await store.putEnd(id, orderOf(command));
    wake(id);
    return { ok: inForce(recorded.head.state, bundle()) };
  }
  if ('refusal' in recorded && recorded.refusal.code !== 'busy') return refusedBy(recorded);
  const why = 'error' in recorded ? { err: recorded.error } : { races: RACES };
  log.warn({ request: id, ...why }, 'a revocation could not be recorded: its end is ordered');
  await store.putEnd(id, orderOf(command));
  wake(id);
  return { ok: inForce(decided.events.reduce(evolve, head.state), bundle()) };
}

/** The order that could not be put into the record in the ordinary way. */
function orderOf({ at, by, text, verdict, unknownGroups = [] }: Revoke): End {
  return {
    at,
    by,
    ...(text !== '' && { text }),
    ...(verdict && { policies: verdict.policies }),
    ...(unknownGroups.length > 0 && { unknownGroups }),
  };
}

async function commandOf(deps: FrontDeps, by: Person, state: State, text: string): Promise<Revoke> {
  const at = deps.clock.now();
  const command = { type: 'Revoke', at, by, text } as const;
  // What is one's own can be handed back even while nobody's groups can be known.
  if (samePerson(by, state.requester) === 'same') return command;
  return { ...command, ...(await verdictOn(deps, 'revoke', { by, state, at })) };
}
