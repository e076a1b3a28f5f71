import type { Stage } from '../../../domain/chain.js';
import { groupsOfStage, type DirectoryConfig } from '../../../domain/directory.js';
import { sameAddress } from '../../../domain/email.js';
import { rowOf } from '../../../domain/objects.js';
import type { State } from '../../../domain/request/state.js';
import type { RequestView } from '../../../ports/messages.js';
import type { Candidate } from '../../../ports/people.js';
import { list } from '../../../words/english.js';
import { free, mention } from '../mrkdwn.js';
import { escalationsOf } from './escalation.js';
import { standInNote, standInsOf, withStandIn } from './stand-ins.js';
import { usedUp } from './voters.js';

/** So many of a stage are mentioned by name. */
export const MENTIONED = 10;
/** Of more people than that not each gets a direct message: they are told in a channel, by being mentioned there. */
export const MOST_DIRECT = 20;
const USERGROUP = /^S\w{1,30}$/;

type View = Pick<RequestView, 'asked' | 'standIns' | 'escalatedTo'>;

/**
 * Who may fill a stage: its user groups, where nobody in them is quiet; else up to ten people, and how many more there
 * are; each with who stands in for them. Then the groups to which it was escalated. Who is quiet is not mentioned: a
 * mention is what a phone buzzes for.
 */
export function whoIsAsked(state: State, stage: Stage, view: View, directory: DirectoryConfig): string {
  const { name, quorum } = stage;
  const quiet = directory.stages.find((one) => one.name === name)?.quiet ?? [];
  const count = quorum === 1 ? '' : `${quorum} of `;
  const isQuiet = ({ email }: { email: string }) => isAmong(email, quiet);
  const standIns = standInsOf({ ...view, state }, name).filter(({ candidate }) => !isQuiet(candidate));
  const mentioned = (group: string) => (quiet.length === 0 ? usergroupIn(group, directory) : undefined);
  const others = othersIn(state, stage, view, mentioned, isQuiet);
  const or = quorum === 1 ? 'or' : 'and';

  const usergroups = quiet.length === 0 ? usergroupsOf(state, stage, directory) : undefined;
  if (usergroups)
    return count + list([...usergroups, ...others], or) + standInNote(standIns.slice(0, MENTIONED));

  const people = ownPeople(state, stage, view).filter((one) => !isQuiet(one));
  if (people.length + others.length === 0) return `${count}${name}`;
  const shown = people.slice(0, MENTIONED).map((one) => withStandIn(one, standIns));
  const more = people.length - MENTIONED;
  const cameIn = (view.escalatedTo?.[name] ?? []).flatMap((one) => (isQuiet(one) ? [] : one.email));
  const note = standInNote(standIns.filter((one) => isAmong(one.for.email, cameIn)).slice(0, MENTIONED));
  if (more > 0)
    return `${quorum} of ${list([...shown, `${more} more in ${list([name, ...others], 'or')}`])}${note}`;
  const all = others.length === 0 && people.length === quorum;
  return (all ? '' : count) + list([...shown, ...others], or) + note;
}

/** Those of the stage itself who can still count for it: nobody whose vote another stage has. */
function ownPeople(state: State, { name, quorum }: Stage, { asked, escalatedTo = {} }: View): Candidate[] {
  if (isReplaced(state, { name, quorum })) return [];
  const elsewhere = { ...state, votes: state.votes.filter(({ stage }) => stage !== name) };
  const out = [...usedUp(elsewhere), ...(escalatedTo[name] ?? [])].map(({ email }) => email);
  return (asked[name] ?? []).filter(({ email }) => !isAmong(email, out));
}

/**
 * The groups to which a stage was escalated, by name: their people hear of it in person. Where they are too many for that,
 * some are mentioned.
 */
function othersIn(
  state: State,
  { name }: Stage,
  { escalatedTo = {} }: View,
  mentioned: (group: string) => string | undefined,
  isQuiet: (one: Candidate) => boolean,
): string[] {
  const groups = escalationsOf(state, name).map(({ to }) => to);
  const people = escalatedTo[name] ?? [];
  const isCrowd = people.length > MOST_DIRECT && groups.some((group) => mentioned(group) === undefined);
  const some = isCrowd
    ? people
        .filter((one) => !isQuiet(one))
        .slice(0, MENTIONED)
        .map(mention)
    : [];
  return [...some, ...groups.map((group) => mentioned(group) ?? `*${free(group, 100)}*`)];
}

/** Whether nobody of the stage itself is left, so that the groups to which it was escalated decide alone. */
function isReplaced(state: State, { name, quorum }: Stage): boolean {
  return quorum === 1 && escalationsOf(state, name).some(({ why }) => why === 'empty');
}

/** The mentions of the stage's own groups; undefined where not all of it are groups of Slack's. */
function usergroupsOf(state: State, stage: Stage, directory: DirectoryConfig): string[] | undefined {
  const def = directory.stages.find(({ name }) => name === stage.name);
  const own = def && !isReplaced(state, stage) ? groupsOfStage(def, state.entitlement.owners) : [];
  const mentions = own.map((group) => usergroupIn(group, directory) ?? '');
  return mentions.length > 0 && mentions.every(Boolean) ? mentions : undefined;
}

function usergroupIn(group: string, { groups }: DirectoryConfig): string | undefined {
  const found = rowOf(groups, group);
  return found && 'source' in found && USERGROUP.test(found.id) ? `<!subteam^${found.id}>` : undefined;
}

function isAmong(email: string, emails: readonly string[]): boolean {
  return emails.some((one) => sameAddress(one, email));
}
