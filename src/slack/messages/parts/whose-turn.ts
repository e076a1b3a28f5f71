import type { Stage } from '../../../domain/chain.js';
import { groupsOfStage, type DirectoryConfig } from '../../../domain/directory.js';
import type { State } from '../../../domain/request/state.js';
import type { RequestView } from '../../../ports/messages.js';
import { list } from '../../../words/english.js';
import { votesSoFar, whoIsAsked } from '../chain.js';
import { free, mention } from '../mrkdwn.js';

/** Where a card stands: for all to read, or in the direct messages of one who is asked. */
export type CardPlacing = 'channel' | 'direct';

/**
 * Who has to agree, and who has. To the reader of a copy: why it is they; how far others are is not said there, since
 * copies are not drawn again at each vote.
 */
export function whoseTurn(
  { state, asked }: RequestView,
  stage: Stage,
  directory: DirectoryConfig,
  where: CardPlacing,
): string[] {
  const earlier = state.votes.filter((vote) => vote.stage !== stage.name).map(({ by }) => mention(by));
  const before = earlier.length > 0 ? [`Already approved by ${list(earlier)}.`] : [];
  if (where === 'channel') {
    const votes = votesSoFar(state, stage);
    const who = `Needs approval from ${whoIsAsked(state, stage, asked, directory)}.`;
    return [who, ...(votes === undefined ? [] : [`${votes}.`]), ...before];
  }
  const enough = stage.quorum === 1 ? [] : [`${stage.quorum} of you must approve.`];
  return [whyYou(state, stage, directory), ...enough, ...before];
}

function whyYou(state: State, { name }: Stage, { stages }: DirectoryConfig): string {
  const def = stages.find((stage) => stage.name === name);
  const groups = def
    ? groupsOfStage(def, state.entitlement.owners).map((group) => `*${free(group, 100)}*`)
    : [];
  if (def?.kind === 'manager') return `You are asked because you are ${mention(state.requester)}’s manager.`;
  if (groups.length === 0) return `You are asked because you may decide for ${free(name, 100)}.`;
  const where = list(groups.slice(0, 5), 'or');
  return def?.kind === 'owners'
    ? `You are asked because you are in ${where}, which ${groups.length === 1 ? 'owns' : 'own'} this.`
    : `You are asked because you are in ${where}.`;
}
