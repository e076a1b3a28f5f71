import { groupsOfStage, type DirectoryConfig } from '../../domain/directory.js';
import { emailOf } from '../../domain/email.js';
import type { Entitlement } from '../../domain/entitlement.js';
import type { Pdp, Who } from '../../ports/policy.js';
import type { Parts } from '../policy.js';
import { groupsNamed, isTrueOf, onlyPeopleOf, usersNamed } from './cells/requester.js';
import { boxesOf, openIn, type Box } from './boxes.js';
import { voteKey, type PolicyAct, type ActSubject } from '../expressions/acts.js';
import { bounded, type Diagram } from './model/diagram.js';
import type { Model } from './model/model.js';
import { profilesIn, type Profile } from './profiles/profiles.js';
import { SECOND } from '../expressions/rename.js';
import { questionWith } from './witness.js';

/** The groups of which the members are entitled to a stage, or to stand in there; undefined: it may be anybody. */
function groupsOf(
  { entitlement, stage, inPlace }: ActSubject,
  { directory }: Parts,
): readonly string[] | undefined {
  const def = directory.stages.find(({ name }) => name === stage);
  if (inPlace) return def?.delegates === undefined ? [] : [def.delegates];
  if (!def || def.kind === 'manager') return undefined;
  return groupsOfStage(def, entitlement.owners);
}

/** Those whom directory.yml lists in the groups of a stage. */
export function listedFor(subject: ActSubject, parts: Parts): string[] {
  const names = groupsOf(subject, parts) ?? [];
  return names.flatMap((name) => membersIn(parts.directory.groups[name]));
}

const membersIn = (group: DirectoryConfig['groups'][string] | undefined): readonly string[] =>
  group && 'members' in group ? group.members : [];

/**
 * Those who are entitled to a stage by one of some folders.
 * @param subjects one a folder
 * @param nobody what the decision becomes for those who are not
 * @returns who they are, part by part, and what is decided about them; `among` undefined: it may be anybody
 */
export function entitledTo(
  { diagrams: d, variables, groupsOn }: Model,
  decision: Diagram,
  { subjects, all, nobody }: { subjects: readonly ActSubject[]; all: readonly Parts[]; nobody: string },
): { decision: Diagram; among: readonly string[] | undefined }[] {
  const names = subjects.map((subject, side) => groupsOf(subject, all[side]!));
  if (names.includes(undefined)) return [{ decision, among: undefined }];
  const groups = names.flatMap((own, side) => {
    const { groups: known } = all[side]!.directory;
    return own!.map((name) => ({ side, name, group: known[name] }));
  });
  const listed = groups.flatMap(({ group }) => membersIn(group));
  const inIt = d.operation((is, then) => (is === 'in' ? then : nobody));
  return [
    { decision, among: [...new Set(listed)] },
    ...groups
      .filter(({ group }) => group && 'source' in group)
      .map(({ side, name }) => {
        const variable = variables.findIndex(
          (one) => one.is === 'group' && groupsOn(side, [one.name]).includes(name),
        );
        // Of a group of which no policy asks, the members may be anybody.
        const isIn = variable < 0 ? d.answer('in') : d.choice(variable, [d.answer('out'), d.answer('in')]);
        return { decision: inIt(isIn, decision), among: undefined };
      }),
  ];
}

/**
 * What the decision points of the folders say where a person acts on a request, with these values.
 * @returns undefined where no requester is known of whom they are true; none where there is nobody in whose place they could
 */
export function answersOfAct(
  model: Model,
  pdps: readonly Pdp[],
  { act, subject, profile }: { act: Exclude<PolicyAct, 'request'>; subject: ActSubject; profile: Profile },
  values: ReadonlyMap<number, number>,
): ('allowed' | 'denied')[] | undefined {
  const { id, durations } = subject.entitlement;
  const answerOf = (pdp: Pdp, side: number, requester: Who, away?: Who): 'allowed' | 'denied' => {
    const asked = questionWith(model, id, profile.person, new Map([...profile.values, ...values]), side);
    const duration = durations.includes(asked.duration) ? asked.duration : durations[0]!;
    const here = ({ email, groups }: Who): Who => ({ email, groups: model.groupsOn(side, groups) });
    const request = {
      ...{ id: 'some', requester: here(requester), entitlement: id },
      ...{ duration, approvedBy: [] },
    };
    const { who, at } = asked;
    if (act !== 'approve') return pdp.may(act, { who, request, at }).outcome;
    const vote = { who, request, stage: subject.stage ?? '', member: true, at };
    return pdp.approve({ ...vote, ...(away && { delegatedBy: here(away) }) }).outcome;
  };
  const { email } = profile.person;
  const entitled = subject.inPlace && awayFor(subject, model.directories);
  const aways = subject.inPlace
    ? delegatorsWith(model, values, email, entitled).slice(0, MOST_AWAY)
    : [undefined];
  if (entitled && aways.length === 0) return [];
  const answers = aways.flatMap((away) => {
    const requester = requesterWith(model, values, [email, away?.email ?? email]);
    return requester ? [pdps.map((pdp, side) => answerOf(pdp, side, requester, away))] : [];
  });
  // What who is away might not do, nobody may do in their place: of somebody else it may be so.
  const apart = answers.find(([one, ...rest]) => rest.some((other) => other !== one));
  return apart ?? answers.find((one) => one.includes('allowed')) ?? answers[0];
}

/** Those who are entitled to a stage and may be away; undefined: directory.yml does not say who they all are. */
export function awayFor(
  { entitlement, stage }: ActSubject,
  directories: readonly DirectoryConfig[],
): readonly string[] | undefined {
  const lists = directories.flatMap(({ stages, groups }) => {
    const def = stages.find(({ name }) => name === stage);
    if (def?.kind === 'manager') return [undefined];
    return (def ? groupsOfStage(def, entitlement.owners) : []).map((name) => {
      const group = groups[name];
      return group && 'members' in group ? group.members : undefined;
    });
  });
  return lists.includes(undefined) ? undefined : lists.flatMap((list) => list ?? []);
}

/** So many people are tried in whose place somebody may vote. */
const MOST_AWAY = 20;

/**
 * Somebody else of whom all of this is true, with groups by the names that expressions have for them.
 * @param others whom it is not
 * @param among only these; absent: anybody
 */
export function requesterWith(
  model: Model,
  values: ReadonlyMap<number, number>,
  others: readonly string[],
  among?: readonly string[],
): Who | undefined {
  return peopleWith(model, 'requester', values, others, among)[0];
}

/** The same of everybody in whose place somebody could vote. */
export const delegatorsWith = (
  model: Model,
  values: ReadonlyMap<number, number>,
  voter: string,
  among?: readonly string[],
): Who[] => peopleWith(model, 'delegator', values, [voter], among);

function peopleWith(
  { variables, directories }: Model,
  is: 'requester' | 'delegator',
  values: ReadonlyMap<number, number>,
  others: readonly string[],
  among: readonly string[] | undefined,
): Who[] {
  const wanted = [...values].flatMap(([number, value]) => {
    const variable = variables[number]!;
    return variable.is === is ? [{ term: variable.term, value }] : [];
  });
  const asked = [...new Set(wanted.flatMap(({ term }) => groupsNamed(term)))];
  const groupOf = (name: string) =>
    directories[name.endsWith(SECOND) ? 1 : 0]?.groups[name.replace(SECOND, '')];
  const inSlack = (name: string) => 'source' in (groupOf(name) ?? {});
  const slack = wanted.flatMap(({ term, value }) => (value === 1 ? groupsNamed(term).filter(inSlack) : []));
  const people = directories.flatMap(({ groups, people: own }) => [
    ...Object.values(groups).flatMap((group) => ('members' in group ? group.members : [])),
    ...Object.keys(own),
  ]);
  const named = wanted.flatMap(({ term }) => usersNamed(term));
  return [...new Set(among ?? [...people, ...named, `${is}@corp.example`])]
    .filter((email) => !others.includes(email) && email === emailOf(email))
    .map((email): Who => {
      const listed = asked.filter((name) => {
        const group = groupOf(name);
        return group && 'members' in group && group.members.includes(email);
      });
      return { email, groups: [...new Set([...listed, ...slack])] };
    })
    .filter((who) => wanted.every(({ term, value }) => isTrueOf(term, who) === (value === 1)));
}

/** Whether policy lets people approve, for whomever and whenever. Where that is not understood, they may. */
export interface MayVote {
  /** Whether any of those who are entitled to the stage may. */
  any(entitlement: Entitlement, stage: string): boolean;
  /** Whether one person may, in whichever groups of Slack's they may be. */
  one(entitlement: Entitlement, stage: string, email: string): boolean;
}

/** @param modelOfVotes of the folder */
export function mayVote(parts: Parts, modelOfVotes: () => Model): MayVote {
  const unlessTooLarge = (work: () => boolean) => bounded(work, () => true);
  const known = new Map<string, boolean>();
  const remembered = (key: string, work: () => boolean) => {
    const found = known.get(key) ?? unlessTooLarge(work);
    known.set(key, found);
    return found;
  };
  return {
    any: (entitlement, stage) => remembered(`${entitlement.id} ${stage}`, () => any(entitlement, stage)),
    one: (entitlement, stage, email) => unlessTooLarge(() => one(entitlement, stage, email)),
  };

  function any(entitlement: Entitlement, stage: string): boolean {
    const model = modelOfVotes();
    const { diagrams, variables } = model;
    const decision = model.decision(0, voteKey(entitlement.id, stage));
    const asks = new Map([...diagrams.asks(decision)].map((number) => [number, [0]]));
    if (openIn(asks, variables).length > 0) return true;
    const subjects = [{ key: '', entitlement, stage }];
    const entitled = entitledTo(model, decision, { subjects, all: [parts], nobody: 'denied' });
    // That nobody is in it is said of the stage itself.
    if (entitled.every(({ among }) => among?.length === 0)) return true;
    return entitled.some(({ decision: theirs, among }) =>
      offered(model, entitlement).some((restricted) => {
        const { profiles, unsure } = profilesIn(model, restricted(theirs), { once: true, among });
        return (
          unsure.length > 0 ||
          profiles.some(({ left, person }) => votesOn(model, left, person.others ? undefined : person.named))
        );
      }),
    );
  }

  function one(entitlement: Entitlement, stage: string, email: string): boolean {
    const model = modelOfVotes();
    const { diagrams: d, people, decision } = model;
    const votes = decision(0, voteKey(entitlement.id, stage));
    return offered(model, entitlement).some((restricted) => {
      const left = restricted(votes);
      return remembered(`${left} ${email}`, () => {
        const [person] = people.among([email], d.asks(left));
        const theirs = d.restricted((number) => person!.values.get(number))(left);
        return votesOn(model, theirs, [email]);
      });
    });
  }
}

/**
 * Whether one of some people may vote on a request of somebody else's.
 * @param voters undefined: there are always others
 */
function votesOn(model: Model, votes: Diagram, voters: readonly string[] | undefined): boolean {
  const { variables } = model;
  const { boxes, all } = boxesOf(model, votes, (answer) => answer === 'allowed');
  const isVote = ({ values }: Box): boolean => {
    const [first, ...more] = [...values].flatMap(([number, those]) => {
      const variable = variables[number]!;
      const isTrue = those.length === 1 && those[0] === 1;
      const people = variable.is === 'requester' && isTrue ? onlyPeopleOf(variable.term) : undefined;
      return people ? [people] : [];
    });
    const requesters = first?.filter((email) => more.every((people) => people.includes(email)));
    return !requesters || !voters || voters.some((voter) => requesters.some((email) => email !== voter));
  };
  return !all || boxes.some(isVote);
}

/** What makes of a function what it is for one of the durations that an entitlement has on offer; one for each. */
function offered({ diagrams, variables }: Model, { durations }: Entitlement) {
  return variables.flatMap((variable, number) =>
    variable.is === 'duration'
      ? variable.cells.flatMap(({ duration }, n) =>
          durations.includes(duration)
            ? [diagrams.restricted((one) => (one === number ? n : undefined))]
            : [],
        )
      : [],
  );
}
