import { openStage, type Stage } from '../../domain/chain.js';
import { groupsOfStage, isGone, type DirectoryConfig } from '../../domain/directory.js';
import type { TriedPlace } from '../../domain/request/posts.js';
import type { State } from '../../domain/request/state.js';
import type { Candidate } from '../../ports/people.js';
import type { RequestView } from '../../ports/messages.js';
import { sameAddress } from '../../domain/email.js';
import { list } from '../../words/english.js';
import { code, free, mention } from './mrkdwn.js';

/** So many of a stage are mentioned by name. */
export const MENTIONED = 10;
const USERGROUP = /^S\w{1,30}$/;
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
  const people = votes.filter((vote) => vote.stage === name).map((vote) => mention(vote.by));
  if (people.length === 0) return undefined;
  const count = people.length < quorum ? `${people.length} of ${quorum} ` : '';
  return `${count}approved by ${list(people)}`;
}

/**
 * Who may fill a stage: its user groups, where nobody in them is quiet; else up to ten people, and how many more there
 * are. Who is quiet is not mentioned: a mention is what a phone buzzes for.
 */
export function whoIsAsked(
  state: State,
  { name, quorum }: Stage,
  asked: Record<string, Candidate[]>,
  { stages, groups }: DirectoryConfig,
): string {
  const quiet = stages.find((stage) => stage.name === name)?.quiet ?? [];
  const count = quorum === 1 ? '' : `${quorum} of `;
  const usergroups = groupsOf(name).map((group) => {
    const def = groups[group];
    return def && 'source' in def && USERGROUP.test(def.id) ? `<!subteam^${def.id}>` : '';
  });
  if (quiet.length === 0 && usergroups.length > 0 && usergroups.every(Boolean))
    return count + list(usergroups, 'and');

  const people = (asked[name] ?? []).filter(
    ({ email }) => email !== state.requester.email && !quiet.some((one) => sameAddress(one, email)),
  );
  if (people.length === 0) return `${count}${name}`;
  const more = people.length - MENTIONED;
  if (more > 0)
    return `${quorum} of ${list([...people.slice(0, MENTIONED).map(mention), `${more} more in ${name}`])}`;
  const all = people.length === quorum;
  return (all ? '' : count) + list(people.map(mention), quorum === 1 ? 'or' : 'and');

  function groupsOf(stage: string): readonly string[] {
    const def = stages.find((candidate) => candidate.name === stage);
    return def ? groupsOfStage(def, state.entitlement.owners) : [];
  }
}

/** One line a stage: what was decided, who was or will be asked, or why no approver can be asked (invariant 15). */
export function chainLines(view: RequestView, directory: DirectoryConfig): string[] {
  const { state, asked } = view;
  const position = turnOf(state);
  return state.chain.map((stage, i) => {
    const votes = votesSoFar(state, stage);
    if (i < position) return `• *${stage.name}*: ${votes ?? 'done'}`;
    const who = whoIsAsked(state, stage, asked, directory);
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
