import { groupsOfStage, type DirectoryConfig } from '../../domain/directory.js';
import type { Entitlement } from '../../domain/entitlement.js';
import type { Parts } from '../policy.js';
import { onlyPeopleOf } from './cells/requester.js';
import { boxesOf, openIn, type Box } from './boxes.js';
import { voteKey, type ActSubject } from '../expressions/acts.js';
import { bounded, type Diagram } from './model/diagram.js';
import type { Model } from './model/model.js';
import { profilesIn } from './profiles/profiles.js';

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
