import { openStage } from '../../domain/chain.js';
import { canonical } from '../../domain/entitlement.js';
import type { Head } from '../../domain/request/head.js';
import type { State } from '../../domain/request/state.js';
import { escalatedTo } from '../../domain/request/stories/escalating.js';
import { sharedAnswers } from '../../kit/shared-answers.js';
import { decidersOf, namedTogether } from '../deciders.js';
import { drawnAgain } from '../draw-again.js';
import type { EngineDeps } from '../engine/effect.js';
import { inForce } from '../facts.js';
import { recordForEngine, type Keep } from '../record-command.js';

/** So many different stages are remembered in one run. */
const MOST = 1_000;

/**
 * Has the messages of a request drawn again when others may decide at its open stage than when they were drawn last: a
 * manager was replaced, a group or the owners have other members. Whoever has come in hears of it then, and whoever may not
 * decide any more has no buttons (invariant 15). Where it is not known who may, nothing changes.
 * @returns what looks at one request; one look is for all that wait for the same people
 */
export function deciderWatch(deps: EngineDeps): (head: Head) => Promise<void> {
  const { store, clock } = deps;
  const look = sharedAnswers((state: State) => decidersOf(deps, state), {
    now: clock.now,
    key: (state) => whose(deps, state),
    most: MOST,
  });

  return async (head) => {
    const { state, outbox, posts } = head;
    const post = posts[openStage(state)?.name ?? ''];
    // What is owed is drawn by what is known then.
    if (!post || clock.now() >= state.lapsesAt || outbox.some(({ effect }) => effect.type === 'cards'))
      return;
    const deciders = await look(state);
    if (!deciders || namedTogether(deciders) === post.deciders) return;
    const keep: Keep = (newest) =>
      // Somebody wrote meanwhile: the next look has it.
      newest.version === head.version ? { outbox: (all) => drawnAgain(all, newest, clock.now()) } : {};
    await recordForEngine(store, head.id, undefined, keep, { head });
  };
}

/** What makes two requests wait for the same people. */
function whose({ bundle }: EngineDeps, state: State): string {
  const name = openStage(state)?.name ?? '';
  const def = bundle().directory.stages.find((stage) => stage.name === name);
  const { owners } = inForce(state, bundle()).entitlement;
  return canonical([
    name,
    def?.kind === 'manager' ? state.requester.email : '',
    def?.kind === 'owners' ? owners : [],
    escalatedTo(state, name),
  ]);
}
