import type { Stage } from '../../domain/chain.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import { openStage } from '../../domain/progress.js';
import type { State } from '../../domain/request.js';
import type { Candidate } from '../../ports.js';
import { list, mention } from './text.js';

const MENTIONED = 5;
const USERGROUP = /^S\w{1,30}$/;

/** The stages whose turn has come so far, the open one included; a later one has no card yet. */
export function opened(state: State): Stage[] {
  const open = openStage(state);
  return open ? state.chain.slice(0, state.chain.indexOf(open) + 1) : state.chain;
}

/** The stage that may be voted on now. */
export function votable(state: State): Stage | undefined {
  return state.status === 'pending' && state.checked ? openStage(state) : undefined;
}

/** `1 of 2 approved by @kim`, or undefined when nobody has. */
export function votesSoFar({ votes }: State, { name, quorum }: Stage): string | undefined {
  const people = votes.filter((vote) => vote.stage === name).map((vote) => mention(vote.by));
  if (people.length === 0) return undefined;
  return `${people.length} of ${quorum} approved by ${list(people)}`;
}

/** Who may fill a stage: its user groups, else up to five people, else how many there are. */
export function whoIsAsked(
  state: State,
  { name, quorum }: Stage,
  asked: Record<string, Candidate[]>,
  { stages, groups }: DirectoryConfig,
): string {
  const count = quorum === 1 ? '' : `${quorum} of `;
  const usergroups = groupsOf(name).map((group) => {
    const def = groups[group];
    return def && 'usergroup' in def && USERGROUP.test(def.usergroup) ? `<!subteam^${def.usergroup}>` : '';
  });
  if (usergroups.length > 0 && usergroups.every(Boolean)) return count + list(usergroups, 'and');

  const people = (asked[name] ?? []).filter(({ email }) => email !== state.requester.email);
  if (people.length === 0) return `${count}${name}`;
  if (people.length > MENTIONED) return `${quorum} of the ${people.length} people of ${name}`;
  return count + list(people.map(mention), quorum === 1 ? 'or' : 'and');

  function groupsOf(stage: string): string[] {
    const def = stages.find((candidate) => candidate.name === stage);
    if (def?.kind === 'owners') return state.entitlement.owners;
    return def?.kind === 'group' && def.group !== undefined ? [def.group] : [];
  }
}

/** One line a stage: what has been decided, who is asked now, who comes after. */
export function chainLines(
  state: State,
  asked: Record<string, Candidate[]>,
  directory: DirectoryConfig,
): string[] {
  const open = openStage(state);
  const position = open ? state.chain.indexOf(open) : state.chain.length;
  return state.chain.map((stage, i) => {
    const votes = votesSoFar(state, stage);
    if (i < position) return `• *${stage.name}*: ${votes ?? 'done'}`;
    const who = whoIsAsked(state, stage, asked, directory);
    const verb = i === position ? 'asked' : 'to be asked after that';
    return `• *${stage.name}*: ${verb}: ${who}${votes ? ` (${votes})` : ''}`;
  });
}
