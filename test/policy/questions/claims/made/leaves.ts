import type { Random } from '../../../../fuzz/random.js';

/** A part of a question on which an answer may depend. */
export type Part =
  'group' | 'email' | 'duration' | 'ticket' | 'grants' | 'denials' | 'onCall' | 'emergency' | 'time';

/** A condition that is not taken apart, with the parts of a question that it reads. */
export interface Leaf {
  text: string;
  reads: readonly Part[];
}

const of =
  (...reads: Part[]) =>
  (text: string): Leaf => ({ text, reads });

const WALL = [
  'context.hour < 9',
  '18 <= context.hour',
  'context.hour >= 8 && context.hour < 18',
  'context.hour == 12',
  'context.hour > 30',
  'context.weekday <= 5',
  'context.weekday == 6',
  '[1, 3, 5].contains(context.weekday)',
  'context.hour + context.weekday > 12',
  'context.hour == context.weekday',
  'context.hour * 4611686018427387904 < 0',
].map(of('time'));

const INSTANTS = [
  'context.now >= datetime("2027-01-01")',
  'context.now < datetime("2026-12-07T12:00:00Z")',
  'datetime("2027-03-28T03:00:00+0200") <= context.now',
  'context.now.toDate() == datetime("2026-12-25")',
  'context.now.toTime() >= duration("9h30m") && context.now.toTime() < duration("9h45m")',
  'context.now.offset(duration("-2h")).toTime().toHours() < 3',
  'context.now.durationSince(datetime("2026-12-01")).toDays() > 10',
  'context.now.offset(duration("1d")) < datetime("2026-12-26T00:00:00Z")',
  'context.now.toTime().toMinutes() == 0',
  'context has businessHours && context.businessHours',
  'context has businessHours && context.businessHours == false',
].map(of('time'));

/** What is not understood. */
const OPEN = [
  of('time')('context.hour < context.now.toTime().toHours()'),
  of('time')('context.now.toDate() == context.now'),
  of('time', 'grants')('context has liveGrants && context.liveGrants > context.hour'),
];

const BY_DURATION: Leaf[] = [
  of('time', 'duration')('context.now.offset(context.duration) < datetime("2027-01-01")'),
  of('time', 'duration')('context.duration.toHours() + context.hour < 13'),
];

const PEOPLE = [
  'principal.email == "eve@other.example"',
  'principal == Jit::User::"di@corp.example"',
  'principal in Jit::User::"cy@corp.example"',
  'principal.email like "*@corp.example"',
  'principal.email like "a*"',
  'principal.email like "e*e@corp.example"',
  'principal.email like "*"',
  '["eve@other.example", "ana@corp.example"].contains(principal.email)',
  'principal.email != "ana@corp.example"',
].map(of('email'));

const GROUPS = [
  'principal in Jit::Group::"a"',
  'principal in Jit::Group::"b"',
  'principal in Jit::Group::"c"',
  'principal in Jit::Group::"d"',
  'principal in [Jit::Group::"a", Jit::Group::"d"]',
  'principal in [Jit::Group::"b", Jit::User::"di@corp.example"]',
  'principal is Jit::User in Jit::Group::"b"',
  'principal in resource.owners',
].map(of('group', 'email'));

const DURATIONS = [
  'context.duration < duration("1h")',
  'context.duration <= duration("2h")',
  'context.duration == duration("4h")',
  'context.duration.toMinutes() != 30',
  'context.duration.toMilliseconds() * 1000000000000 > 0',
].map(of('duration'));

const TICKETS = [
  'context has ticket',
  'context has ticket && context.ticket like "INC-*"',
  'context has ticket && context.ticket == "OPS-1"',
  'context has ticket && context.ticket like "*7"',
  'context has ticket && ["OPS-1", "INC-77"].contains(context.ticket)',
].map(of('ticket'));

const INPUTS = [
  ...[
    'context has liveGrants && context.liveGrants < 2',
    'context has liveGrants && context.liveGrants >= 3',
    'context has liveGrants && context.liveGrants == 2',
    'context has liveGrants && context.liveGrants * 4611686018427387904 > 1',
    'context has liveGrants && context has hasThis && (context.hasThis || context.liveGrants > 3)',
    'context has hasThis && context.hasThis',
    '!(context has hasThis)',
  ].map(of('grants')),
  ...[
    'context has recentDenials && context.recentDenials > 2',
    'context has recentDenials && context.recentDenials + 1 > 2',
    'context has recentDenials && 3 - context.recentDenials * 2 >= 0',
  ].map(of('denials')),
  ...['context has onCall && context.onCall', 'context has onCall && !context.onCall'].map(of('onCall')),
];

const EMERGENCIES = ['context.emergency', '!context.emergency', 'context.emergency == true'].map(
  of('emergency'),
);

const RESOURCES = [
  'resource.risk == "high"',
  'resource.risk == "low"',
  'resource.kind == "sts-session"',
  'resource in Jit::Environment::"production"',
  'resource in [Jit::Environment::"staging", Jit::Account::"444455556666"]',
  'resource == Jit::Entitlement::"two"',
  'resource.hasTag("team") && resource.getTag("team") == "x"',
  'resource.owners.contains(Jit::Group::"a")',
  'resource.owners.containsAny([Jit::Group::"b", Jit::Group::"c"])',
  'resource.owners.isEmpty()',
].map(of());

/** By how often they are taken. */
const REQUEST: readonly (readonly [weight: number, leaves: readonly Leaf[]])[] = [
  [5, GROUPS],
  [3, PEOPLE],
  [3, WALL],
  [3, INSTANTS],
  [3, DURATIONS],
  [3, TICKETS],
  [4, INPUTS],
  [2, RESOURCES],
  [3, EMERGENCIES],
  [1, BY_DURATION],
];

/** All that time comes into, of which it is looked up once what Cedar makes of it. */
export const TIMED = [...WALL, ...INSTANTS, ...OPEN, ...BY_DURATION];

export function requestLeaf(r: Random): Leaf {
  if (r.chance(0.015)) return r.pick(OPEN);
  return r.pick(
    REQUEST.flatMap(([weight, leaves]) => Array.from({ length: weight }, () => leaves)).flatMap((leaves) => [
      r.pick(leaves),
    ]),
  );
}

/** Of policies for votes, revocations and looks. */
const ACTS = [
  'principal in Jit::Group::"a"',
  'principal in Jit::Group::"c"',
  'principal in Jit::Group::"d"',
  'principal in resource.entitlement.owners',
  'principal.email like "*@corp.example"',
  'principal == Jit::User::"di@corp.example"',
  'resource.requester in Jit::Group::"b"',
  'resource.requester in Jit::Group::"c"',
  'resource.requester == Jit::User::"cy@corp.example"',
  'resource.requester.email like "*@corp.example"',
  'principal == resource.requester',
  'resource.entitlement.risk == "high"',
  'resource.entitlement in Jit::Environment::"production"',
  'resource.entitlement == Jit::Entitlement::"two"',
  'resource.requested <= duration("1h")',
  'resource.extensions == 0',
  'context.now >= datetime("2027-01-01")',
  'context.now.toTime() < duration("9h30m")',
].map(of());

export const actLeaf = (r: Random): Leaf => r.pick(ACTS);
