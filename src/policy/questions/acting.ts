import { groupsOfStage, type DirectoryConfig } from '../../domain/directory.js';
import { emailOf } from '../../domain/email.js';
import type { Pdp, Who } from '../../ports/policy.js';
import { groupsNamed, isTrueOf, usersNamed } from './cells/requester.js';
import type { ActSubject, PolicyAct } from '../expressions/acts.js';
import { SECOND } from '../expressions/rename.js';
import type { Model } from './model/model.js';
import type { Profile } from './profiles/profiles.js';
import { questionWith } from './witness.js';

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
      id: 'some',
      requester: here(requester),
      entitlement: id,
      duration,
      approvedBy: [],
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
