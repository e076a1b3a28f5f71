import type { Stage } from '../../../domain/chain.js';
import type { DirectoryConfig } from '../../../domain/directory.js';
import type { Escalation, State } from '../../../domain/request/state.js';
import { spelled } from '../../../words/english.js';
import { free } from '../mrkdwn.js';

/** Which other groups may fill this stage, too; the oldest first. */
export function escalationsOf({ escalated = [] }: Pick<State, 'escalated'>, stage: string): Escalation[] {
  return escalated.filter((one) => one.stage === stage);
}

/** Who may decide besides those of the stage, and why: a sentence for each group. */
export function whyOthers(
  state: Pick<State, 'escalated'>,
  stage: Stage,
  directory: Pick<DirectoryConfig, 'stages'>,
): string[] {
  return escalationsOf(state, stage.name).map((one) => whyOther(one, stage, directory));
}

function whyOther(
  { to, why }: Escalation,
  { name, quorum }: Stage,
  { stages }: Pick<DirectoryConfig, 'stages'>,
): string {
  const others = `*${free(to, 100)}*`;
  const def = stages.find((stage) => stage.name === name);
  if (why === 'time') {
    // What directory.yml says by now of another group was not what passed.
    const after = def?.escalate?.to === to ? `for ${spelled(def.escalate.after)}` : 'in time';
    return `Nobody answered ${after}: ${others} may decide, too.`;
  }
  const place = def?.kind === 'manager' ? 'the manager’s place' : `*${free(name, 100)}*`;
  return quorum === 1
    ? `Nobody is left in ${place}: ${others} decides.`
    : `Too few people are left in ${place}: ${others} may decide, too.`;
}
