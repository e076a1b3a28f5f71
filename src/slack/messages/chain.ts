import { openStage, type Stage } from '../../domain/chain.js';
import { isGone, type DirectoryConfig } from '../../domain/directory.js';
import type { TriedPlace } from '../../domain/request/posts.js';
import type { State } from '../../domain/request/state.js';
import type { RequestView } from '../../ports/messages.js';
import { list } from '../../words/english.js';
import { code, free } from './mrkdwn.js';
import { whoIsAsked } from './parts/asked.js';
import { voters } from './parts/voters.js';

const CHANNEL = /^[CG]\w{1,30}$/;
const PERSON = /^[UW]\w{1,30}$/;

/** Where in the chain the open stage stands, all before it being done; after its end where none is open. */
export function turnOf(state: State): number {
  const open = openStage(state);
  return open ? state.chain.indexOf(open) : state.chain.length;
}

/** The stage that may be voted on now. */
export function votable(state: State): Stage | undefined {
  return state.status === 'pending' && state.checked ? openStage(state) : undefined;
}

/** `1 of 2 approved by @kim`, once there are enough `approved by @kim and @sam`; undefined without any vote. */
export function votesSoFar({ votes }: State, { name, quorum }: Stage): string | undefined {
  const mine = votes.filter((vote) => vote.stage === name);
  if (mine.length === 0) return undefined;
  const count = mine.length < quorum ? `${mine.length} of ${quorum} ` : '';
  return `${count}approved by ${voters(mine)}`;
}

/** One line a stage: what was decided, who was or will be asked, or why no approver can be asked (invariant 15). */
export function chainLines(view: RequestView, directory: DirectoryConfig): string[] {
  const { state } = view;
  const position = turnOf(state);
  return state.chain.map((stage, i) => {
    const votes = votesSoFar(state, stage);
    if (i < position) return `• *${stage.name}*: ${votes ?? 'done'}`;
    const who = whoIsAsked(state, stage, view, directory);
    const rest = `${who}${votes ? ` (${votes})` : ''}`;
    const why = i === position ? unasked(view, stage, directory) : undefined;
    if (why !== undefined) return `• *${stage.name}*: nobody can be asked: ${why}. It would be ${rest}`;
    const tried = i === position ? view.posts[stage.name]?.tried : undefined;
    const elsewhere = tried ? `, though not in the usual place: ${list(tried.slice(0, 4).map(refused))}` : '';
    return `• *${stage.name}*: ${verb(view, stage, i === position)} ${rest}${elsewhere}`;
  });
}

/** An approver can only have seen a card that was posted. */
function verb({ state, posts }: RequestView, { name }: Stage, open: boolean): string {
  if (posts[name]) return 'asked';
  if (state.status !== 'pending') return 'not asked:';
  return open ? 'next' : 'then';
}

/** Why no approver of this stage can be asked now, in words; undefined where one can. */
export function unasked(
  { state, unasked: known = {} }: RequestView,
  stage: Stage,
  directory: DirectoryConfig,
): string | undefined {
  if (state.status !== 'pending') return undefined;
  if (isGone(stage, directory)) return goneText(stage);
  const tried = known[stage.name]?.tried;
  return tried && list(tried.slice(0, 4).map(refused));
}

export function goneText({ name }: Stage): string {
  return `directory.yml has no stage ${free(name, 100)} any more`;
}

/** Why a place took no card: a channel, or somebody's direct messages. */
function refused({ channel, code: error }: TriedPlace): string {
  if (PERSON.test(channel)) return `<@${channel}> cannot get direct messages from jit (${code(error)})`;
  const where = CHANNEL.test(channel) ? `<#${channel}>` : code(channel);
  switch (error) {
    case 'is_archived':
      return `the channel ${where} is archived`;
    case 'channel_not_found':
      return `jit cannot see the channel ${code(channel)}`;
    case 'not_in_channel':
      return `jit is not in the channel ${where}`;
    case 'nobody_in_channel':
      return `none of the approvers is in the channel ${where}`;
    default:
      return `jit may not post in the channel ${where} (${code(error)})`;
  }
}
