import type { ActRow } from '../../../../../src/policy/diff/acts.js';
import type { Random } from '../../../../fuzz/random.js';
import type { Parts } from '../../../../../src/policy/policy.js';
import { groupsIn, type Person, type Side, slackSets } from './question.js';
import type { Space } from './space.js';
import { EMAILS } from './values.js';

/** A vote, a revocation or a look at somebody's request. */
export interface ActQuestion {
  act: ActRow['act'];
  stage?: string;
  entitlement: string;
  duration: number;
  person: Person;
  requester: Person;
  at: number;
}

/** On both sides of what the policies for acts ask of the time. */
const AT = [
  '2026-12-01T09:29:59.999Z',
  '2026-12-01T09:30:00Z',
  '2026-12-31T23:59:59.999Z',
  '2027-01-01T00:00:00Z',
  '2027-04-01T09:29:59.999Z',
  '2027-04-01T09:30:00Z',
].map((text) => Date.parse(text));

/** What the decision point says. */
export function mayAct({ loaded: { parts, bundle } }: Side, question: ActQuestion): boolean {
  const { act, stage = '', entitlement, duration, at } = question;
  const [who, requester] = [question.person, question.requester].map((person) => ({
    email: person.email,
    groups: groupsIn(parts.directory, person),
  })) as [{ email: string; groups: string[] }, { email: string; groups: string[] }];
  const request = { id: 'some', requester, entitlement, duration, approvedBy: [] };
  const verdict =
    act === 'approve'
      ? bundle.pdp.approve({ who, request, stage, member: true, at })
      : bundle.pdp.may(act, { who, request, at });
  return verdict.outcome === 'allowed';
}

/** Whether a person is entitled to a stage, by the directory; of a manager, anybody may be the one. */
export function isEntitled(
  { directory, entitlements }: Parts,
  entitlement: string,
  stage: string,
  person: Person,
): boolean {
  const def = directory.stages.find(({ name }) => name === stage)!;
  if (def.kind === 'manager') return true;
  const groups = def.kind === 'owners' ? entitlements.get(entitlement)!.owners : [def.group!];
  return groupsIn(directory, person).some((name) => groups.includes(name));
}

/** Everybody whom policies for acts could tell apart. */
export function everybody({ sides }: Space): Person[] {
  return EMAILS.slice(0, 5).flatMap((email) => slackSets(sides).map((slack) => ({ email, slack })));
}

/** Every question of an act by a person, as far as policies could tell them apart; what they do not ask about has one value. */
export function* questionsBy(
  space: Space,
  about: Pick<ActQuestion, 'act' | 'entitlement' | 'stage' | 'person'>,
): Generator<ActQuestion> {
  const from = Date.parse(space.sides[0]!.made.from);
  const texts = space.sides.flatMap(({ made }) => made.policies.filter(({ id }) => !id.startsWith('p')));
  const written = JSON.stringify(texts);
  const durations = space.sides[0]!.loaded.parts.entitlements.get(about.entitlement)!.durations;
  const people = everybody(space).filter(({ email }) => email !== about.person.email);
  const instants = AT.filter((at) => at >= from);
  for (const requester of written.includes('requester') ? people : people.slice(0, 1))
    for (const at of written.includes('now') ? instants : instants.slice(0, 1))
      for (const duration of written.includes('requested') ? durations : durations.slice(0, 1))
        yield { ...about, requester, at, duration };
}

export const OF: readonly Pick<ActRow, 'act' | 'stage'>[] = [
  { act: 'revoke' },
  { act: 'audit' },
  { act: 'review' },
  ...['manager', 'owners', 'security'].map((stage) => ({ act: 'approve' as const, stage })),
];

export const about = ({ act, stage }: Pick<ActRow, 'act' | 'stage'>, entitlement: string) => ({
  act,
  entitlement,
  ...(stage !== undefined && { stage }),
});

/** Who could do it at all: of a stage, those who are entitled to it before or after. */
export function voters(space: Space, { stage }: Pick<ActRow, 'stage'>, entitlement: string) {
  return everybody(space).filter(
    (person) =>
      stage === undefined ||
      space.sides.some(({ loaded }) => isEntitled(loaded.parts, entitlement, stage, person)),
  );
}

const FEW = 12;

/** A few of all questions of an act; none where nobody could do it. */
export function someActs(
  space: Space,
  of: Pick<ActRow, 'act' | 'stage'>,
  entitlement: string,
  r: Random,
): ActQuestion[] {
  const people = voters(space, of, entitlement);
  return Array.from({ length: people.length === 0 ? 0 : FEW }, () =>
    r.pick([...questionsBy(space, { ...about(of, entitlement), person: r.pick(people) })]),
  );
}
