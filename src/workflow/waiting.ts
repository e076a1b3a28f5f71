import type { StageDef } from '../domain/directory.js';
import type { Instant, Millis } from '../domain/entitlement.js';
import type { Owed } from '../domain/request/outbox.js';
import type { State } from '../domain/request/state.js';
import { heldUntil } from '../domain/request/stories/questions.js';
import { Unknowable } from '../ports/policy.js';
import type { FactSources } from './facts.js';

/** While it is not known what directory.yml says, it is looked at again after this. */
export const UNSURE: Millis = 60_000;

/** A stage as directory.yml has it in force; undefined: it has none of that name. `unknown`: nothing is in force for sure. */
export function stageNow(
  { bundle }: Pick<FactSources, 'bundle'>,
  stage: string,
): StageDef | undefined | 'unknown' {
  try {
    const { standIn, directory } = bundle();
    return standIn ? 'unknown' : directory.stages.find(({ name }) => name === stage);
  } catch (error) {
    if (error instanceof Unknowable) return 'unknown';
    throw error;
  }
}

/**
 * When a stage that began to wait at `since` goes on to others: by directory.yml as it is, and not while the requester is
 * asked something. Undefined: never.
 */
export function escalatesAt(
  def: StageDef | undefined,
  state: State,
  { stage, since }: { stage: string; since: Instant },
): Instant | undefined {
  const { escalate } = def ?? {};
  const { escalated = [] } = state;
  const isDone = escalated.some(
    (one) => one.stage === stage && (one.why === 'time' || one.to === escalate?.to),
  );
  return escalate && !isDone ? Math.max(since + escalate.after, heldUntil(state, stage) ?? 0) : undefined;
}

/** What is owed, with an escalation that nobody has looked at yet put off until its time, or dropped where none comes. */
export function planned(outbox: Owed[], def: StageDef | undefined, state: State): Owed[] {
  return outbox.flatMap((one) => {
    if (one.effect.type !== 'escalate' || one.idle) return [one];
    const at = escalatesAt(def, state, one.effect);
    return at === undefined ? [] : [{ ...one, idle: true, notBefore: at }];
  });
}
