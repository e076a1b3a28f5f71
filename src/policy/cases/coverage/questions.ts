import type { Millis } from '../../../domain/entitlement.js';
import type { Who } from '../../../ports/policy.js';
import { ATTRIBUTES } from '../../inputs/index.js';
import type { Parts, Policy } from '../../policy.js';
import { boxesOf, openIn } from '../../questions/boxes.js';
import type { ActSubject, PolicyAct } from '../../expressions/acts.js';
import type { Diagram } from '../../questions/model/diagram.js';
import { jsonOf, textOf } from '../../questions/probe.js';
import { profilesIn, type Profile } from '../../questions/profiles/profiles.js';
import { delegatorsWith, requesterWith } from '../../questions/acting.js';
import { questionWith } from '../../questions/witness.js';
import { requestCase, unnamedFirst } from '../as-case.js';
import type { Case } from '../case.js';
import { SOME_TIME } from '../file.js';
import { seatsFor, type VoterSeat } from './seats.js';
import { DECIDES, type ActView } from './views.js';

/**
 * Questions that a policy may decide, by the model.
 * @param open what is not known, to which it adds: without that and without a question, the policy decides nothing
 */
export function* questionsFor(
  view: ActView,
  policy: Policy,
  parts: Parts,
  open: Set<string>,
): Generator<Case> {
  const name = `${policy.id} decides this`;
  const isBeyond = view.act !== 'request' && asksBeyond(policy);
  const seen = new Set<string>();
  for (const subject of view.subjects) {
    const where = view.decides(policy, subject);
    if (where === undefined) continue;
    for (const seat of seatsFor(subject, parts)) {
      const key = JSON.stringify([where, seat]);
      if (seen.has(key)) continue;
      seen.add(key);
      yield* questionsAt(where, { name, view, subject, seat, parts }, open);
      if (isBeyond) yield* questionsBeyond({ name, view, subject, seat, parts });
    }
  }
  if (isBeyond) open.add('it asks of people whom jit does not ask about');
  // The decision point names a permit also while what it reads is not known: then it asks for nobody, and permits nothing.
  if (view.act === 'request' && policy.chain?.length === 0 && readsInputs(policy))
    open.add('no request was tried while what it reads is not known');
}

const readsInputs = ({ reads = 'all' }: Policy): boolean =>
  reads === 'all' || [...reads].some((name) => ATTRIBUTES.has(name));

interface Asking {
  name: string;
  view: ActView;
  subject: ActSubject;
  seat: VoterSeat;
  parts: Parts;
}

function* questionsAt(where: Diagram, asking: Asking, open: Set<string>): Generator<Case> {
  const { view, seat } = asking;
  const { diagrams: d, variables } = view.model;
  const isSeat = (number: number) => {
    const variable = variables[number]!;
    return variable.is === 'group' && variable.name === seat.group && !seat.among;
  };
  const left = d.restricted((number) => (isSeat(number) ? 1 : undefined))(where);
  if (!d.answers(left).has(DECIDES)) return;
  const { profiles, unsure } = profilesIn(view.model, left, { once: true, among: seat.among });
  for (const why of unsure) open.add(`not understood: ${why}`);
  for (const profile of profiles)
    for (const { values } of boxesOf(view.model, profile.left, (answer) => answer === DECIDES).boxes) {
      for (const what of openIn(values, variables)) open.add(`not understood: ${what}`);
      const first = new Map([...values].map(([number, those]) => [number, those[0]!]));
      const tests = casesOf(asking, profile, first);
      yield* tests;
      if (tests.length === 0 && !seat.requesters)
        open.add('nobody is known on whose request it would decide');
    }
}

function casesOf(
  { name, view: { act, model }, subject, seat, parts }: Asking,
  profile: Profile,
  values: ReadonlyMap<number, number>,
): Case[] {
  const { id, durations } = subject.entitlement;
  const asked = questionWith(model, id, profile.person, new Map([...profile.values, ...values]));
  if (act === 'request')
    return unnamedFirst(asked.who, profile.person).map((who) => requestCase(name, { ...asked, who }));
  const duration = durations.includes(asked.duration) ? asked.duration : durations[0]!;
  const inSeat = ({ email, groups }: Who, { group }: VoterSeat): Who => ({
    email,
    groups: [...new Set([...model.groupsOn(0, groups), ...[group ?? []].flat()])],
  });
  const vote = (who: Who, own: VoterSeat, away?: Who): Case[] => {
    const requester = requesterWith(model, values, [who.email, away?.email ?? who.email], own.requesters);
    if (!requester) return [];
    const about = { name, at: asked.at, duration, who: inSeat(who, seat), requester: inSeat(requester, {}) };
    const test = onRequest(act, subject, about);
    return [away && test.action === 'approve' ? { ...test, delegatedBy: inSeat(away, own) } : test];
  };
  if (!subject.inPlace) return vote(asked.who, seat);
  // Who alone has a seat there stands in for nobody: another one may.
  const people = [...new Set([asked.who.email, ...profile.person.named])].slice(0, MOST_AWAY);
  const { inPlace: _, ...theirs } = subject;
  return seatsFor(theirs, parts).flatMap((own) =>
    people.flatMap((email) =>
      delegatorsWith(model, values, email, own.among)
        .slice(0, MOST_AWAY)
        .flatMap((away) => vote({ ...asked.who, email }, own, away)),
    ),
  );
}

/** So many people are tried, and so many in whose place they vote. */
const MOST_AWAY = 3;

/**
 * jit asks policy of nobody's own requests, nor of votes by those who are not entitled to the stage, and the model knows
 * nothing of that. A case may ask all the same.
 */
function* questionsBeyond({ name, view: { act }, subject, seat }: Asking): Generator<Case> {
  if (act === 'request' || subject.inPlace) return;
  const own = { email: seat.among?.[0] ?? 'somebody@corp.example', groups: [seat.group ?? []].flat() };
  const about = { name, at: SOME_TIME, duration: subject.entitlement.durations[0]! };
  if (!seat.requesters) yield onRequest(act, subject, { ...about, who: own, requester: own });
  const who = { email: 'somebody@example.invalid', groups: [] };
  yield onRequest(act, subject, {
    ...about,
    who,
    requester: { email: 'requester@corp.example', groups: [] },
  });
}

/** Whether it matters to a policy that it is the person's own request, or that they are entitled to the stage. */
function asksBeyond({ text }: Policy): boolean {
  const own = /principal [!=]= resource\.requester\b(?!\.)|resource\.requester [!=]= principal\b(?!\.)/;
  return jsonOf(text).conditions.some(({ body }) => {
    const asks = textOf(body);
    return own.test(asks) || asks.includes('context.group');
  });
}

function onRequest(
  act: Exclude<PolicyAct, 'request'>,
  { entitlement: { id: entitlement }, stage = '' }: ActSubject,
  about: { name: string; at: number; who: Who; requester: Who; duration: Millis },
): Case {
  const { requester, duration, ...test } = about;
  const request = { id: 'case', requester, entitlement, duration, approvedBy: [] };
  const all = { ...test, request, expect: { outcome: '' } };
  return act === 'approve' ? { action: act, ...all, stage } : { action: act, ...all };
}
