import type { Stage } from '../../../domain/chain.js';
import { groupsOfStage, type DirectoryConfig } from '../../../domain/directory.js';
import type { RequestView } from '../../../ports/messages.js';
import { list } from '../../../words/english.js';
import { votesSoFar } from '../chain.js';
import { free, mention } from '../mrkdwn.js';
import { whoIsAsked } from './asked.js';
import { escalationsOf, whyOthers } from './escalation.js';
import { standsInFor } from './stand-ins.js';
import { voters } from './voters.js';

/** Where a card stands: for all to read, or in the direct messages of one who is asked. */
export type CardPlacing = 'channel' | 'direct';

/**
 * Who has to agree, and who has. To the reader of a copy: why it is they; how far others are is not said there, since
 * copies are not drawn again at each vote.
 * @param reader of a copy: the id of their account, where it is known
 */
export function whoseTurn(
  view: RequestView,
  stage: Stage,
  directory: DirectoryConfig,
  where: CardPlacing,
  reader?: string,
): string[] {
  const { state } = view;
  const earlier = state.votes.filter((vote) => vote.stage !== stage.name);
  const before = earlier.length > 0 ? [`Already approved by ${voters(earlier)}.`] : [];
  const escalated = whyOthers(state, stage, directory);
  if (where === 'channel') {
    const votes = votesSoFar(state, stage);
    const who = `Needs approval from ${whoIsAsked(state, stage, view, directory)}.`;
    return [who, ...escalated, ...(votes === undefined ? [] : [`${votes}.`]), ...before];
  }
  const enough = stage.quorum === 1 ? [] : [`${stage.quorum} of you must approve.`];
  return [whyYou(view, stage, directory, reader), ...escalated, ...enough, ...before];
}

function whyYou(
  view: RequestView,
  { name }: Stage,
  { stages }: DirectoryConfig,
  reader: string | undefined,
): string {
  const { state } = view;
  const standIn = standsInFor(view, name, reader);
  if (standIn) return `You are asked because you stand in for ${mention(standIn.for)}, who is away.`;
  const def = stages.find((stage) => stage.name === name);
  const { own, others } = waysIn(view, name, reader);
  const groups = [...(def && own ? groupsOfStage(def, state.entitlement.owners) : []), ...others].map(
    (group) => `*${free(group, 100)}*`,
  );
  const where = list(groups.slice(0, 5), 'or');
  if (def?.kind === 'manager' && own) {
    const more = where === '' ? '' : `, or in ${where}`;
    return `You are asked because you are ${mention(state.requester)}’s manager${more}.`;
  }
  if (groups.length === 0) return `You are asked because you may decide for ${free(name, 100)}.`;
  return def?.kind === 'owners' && others.length === 0
    ? `You are asked because you are in ${where}, which ${groups.length === 1 ? 'owns' : 'own'} this.`
    : `You are asked because you are in ${where}.`;
}

/** By which way this reader may fill the stage: as one of it, or by its escalations; by both where that is not known. */
function waysIn(
  { state, escalatedTo = {} }: RequestView,
  stage: string,
  reader: string | undefined,
): { own: boolean; others: string[] } {
  const groups = escalationsOf(state, stage).map(({ to }) => to);
  const added = escalatedTo[stage];
  if (groups.length === 0 || !added || reader === undefined) return { own: true, others: groups };
  const isAdded = added.some(({ account }) => account?.id === reader);
  return isAdded ? { own: false, others: groups } : { own: true, others: [] };
}
