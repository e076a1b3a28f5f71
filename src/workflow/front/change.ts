import { isGone } from '../../domain/directory.js';
import type { Person } from '../../domain/person.js';
import type { Command } from '../../domain/request/command.js';
import type { Head } from '../../domain/request/head.js';
import type { State } from '../../domain/request/state.js';
import { decide } from '../../domain/request/stories/index.js';
import { shorterThan } from '../../domain/request/stories/shortening.js';
import type { Answer, AnswerButton, Front, StageButton } from '../../ports/front.js';
import type { Actor } from '../../ports/people.js';
import { inForce } from '../facts.js';
import { recordForPerson } from '../record-command.js';
import { reasonText } from './ask/form.js';
import type { FrontDeps } from './deps.js';
import { placeholderRequest, UNKNOWN, whyRefused } from './disclosure.js';
import { extensionOn, moreIn, optionsFor } from './extend.js';
import { asOneWhoEnds, asPerson, asPersonOnce } from './person.js';
import { drawnAnew } from './late-clicks.js';
import { offeredFor, questionOn, shorterVoteOn, voteOn, type Ask } from './vote.js';

type Votes = 'approve' | 'mayDeny' | 'deny' | 'mayShorten' | 'shorten' | 'mayQuestion' | 'question';

/** Votes, what is asked before them, and what only the requester does. */
export function changes(
  deps: FrontDeps,
): Pick<Front, Votes | 'mayAnswer' | 'answer' | 'cancel' | 'mayExtend' | 'extend' | 'mayMint' | 'mint'> {
  const { clock } = deps;
  const { acted, rehearsed, opened } = acting(deps);
  const session =
    (waiting: string): Ask =>
    async (by) => ({ type: 'RequestMint', at: clock.now(), by, waiting });
  const saying =
    ({ question }: AnswerButton, text: string): Ask =>
    async (by) => ({ type: 'AnswerQuestion', at: clock.now(), by, question, text });
  return {
    ...votes(deps, { acted, opened }),
    mayAnswer: (actor, button, seen) => opened(actor, button.id, seen, saying(button, '-')),
    answer: (actor, button, text, seen) => acted(actor, button.id, seen, saying(button, reasonText(text))),
    cancel: (actor, id, seen) =>
      asOneWhoEnds(deps, actor, { id, seen }, (person) =>
        change(deps, person, { id, seen }, async (by) => ({ type: 'Cancel', at: clock.now(), by })),
      ),
    async mayExtend(actor, id, seen) {
      const answer = await opened(actor, id, seen, extensionOn(deps));
      if ('refusal' in answer) return answer;
      return { ok: { state: answer.ok, options: await optionsFor(deps, answer.ok) } };
    },
    async extend(actor, id, written, seen) {
      const more = moreIn(written);
      return typeof more === 'object' ? more : acted(actor, id, seen, extensionOn(deps, more));
    },
    // The mark is that of `mint`, which follows by the same signed request.
    mayMint: (actor, id, seen) => rehearsed(actor, id, seen, session('')),
    mint: (actor, id, waiting, seen) => acted(actor, id, seen, session(waiting)),
  };
}

/** How a person does something to a request, or hears what it would come to. */
export function acting(deps: FrontDeps): Record<'acted' | 'rehearsed' | 'opened', Doing> {
  const rehearsed: Doing = (actor, id, seen, wish) =>
    asPerson(deps, actor, (by) => rehearse(deps, by, { id, seen }, wish));
  return {
    acted: (actor, id, seen, wish) =>
      asPersonOnce(deps, actor, seen, (by) => change(deps, by, { id, seen }, wish)),
    rehearsed,
    // It has had its effect, the window: sent again when it would be late, it changes nothing (invariant 14).
    async opened(actor, id, seen, wish) {
      const answer = await rehearsed(actor, id, seen, wish);
      if ('ok' in answer) await marked(deps, id, seen);
      return answer;
    },
  };
}

type Doing = (actor: Actor, id: string, seen: string, wish: Ask) => Promise<Answer<State>>;

/** What whoever may decide the stage that is open may do. */
function votes(deps: FrontDeps, { acted, opened }: Record<'acted' | 'opened', Doing>): Pick<Front, Votes> {
  const known = async (button: StageButton, answer: Promise<Answer<State>>) =>
    stageKnown(deps, button, await answer);
  return {
    approve: (actor, button, seen) =>
      known(button, acted(actor, button.id, seen, voteOn(deps, button, { type: 'Approve' }))),
    mayDeny: (actor, button, seen) =>
      known(button, opened(actor, button.id, seen, voteOn(deps, button, { type: 'Deny', text: '-' }))),
    deny: (actor, button, reason, seen) =>
      known(
        button,
        acted(actor, button.id, seen, voteOn(deps, button, { type: 'Deny', text: reasonText(reason) })),
      ),
    async mayShorten(actor, button, seen) {
      const answer = await known(button, opened(actor, button.id, seen, shorterVoteOn(deps, button)));
      if ('refusal' in answer) return answer;
      const { ok: state } = answer;
      return { ok: { state, durations: shorterThan(state.duration, offeredFor(deps, state)) } };
    },
    shorten: (actor, button, duration, seen) =>
      known(button, acted(actor, button.id, seen, shorterVoteOn(deps, button, duration))),
    mayQuestion: (actor, button, seen) =>
      known(button, opened(actor, button.id, seen, questionOn(deps, button, '-'))),
    question: (actor, button, text, seen) =>
      known(button, acted(actor, button.id, seen, questionOn(deps, button, reasonText(text)))),
  };
}

/**
 * Nobody is in a stage that directory.yml no longer has. That rests on the button alone, so it may be told to anybody,
 * whether or not there is such a request.
 */
function stageKnown({ bundle }: FrontDeps, { stage }: StageButton, answer: Answer<State>): Answer<State> {
  if (!('refusal' in answer)) return answer;
  const { refusal } = answer;
  const { directory } = bundle();
  // A later one that is gone keeps the whole chain from being filled.
  if (refusal.code === 'would-strand' && isGone({ name: refusal.stage }, directory))
    return { refusal: { code: 'stage-gone', stage: refusal.stage } };
  if (refusal.code !== 'not-in-stage' && refusal.code !== 'unknown-request') return answer;
  return isGone({ name: stage }, directory) ? { refusal: { code: 'stage-gone', stage } } : answer;
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
  if ('refusal' in recorded)
    return drawnAnew(deps, { seen, met }, await whyRefused(deps, by, id, { met, made, refused: recorded }));
  deps.wake(id);
  return { ok: inForce(recorded.head.state, deps.bundle()) };
}

/** What it would meet now. Nothing is recorded of it; where it comes too late, its messages are drawn anew. */
async function rehearse(
  deps: FrontDeps,
  by: Person,
  { id, seen }: { id: string; seen: string },
  wish: Ask,
): Promise<Answer<State>> {
  const met = await deps.store.head(id);
  const made = await wish(by, met?.state ?? placeholderRequest(deps, id));
  const decided = met ? decide(made, met.state) : UNKNOWN;
  if ('refusal' in decided)
    return drawnAnew(deps, { seen, met }, await whyRefused(deps, by, id, { met, made, refused: decided }));
  return { ok: inForce(met!.state, deps.bundle()) };
}

/** A window that opens does not wait for what is wrong with the table. */
async function marked({ store, log }: FrontDeps, id: string, seen: string): Promise<void> {
  try {
    await store.remember(seen);
  } catch (error) {
    log.warn({ request: id, err: error }, 'a press that opened a window could not be marked as done');
  }
}
