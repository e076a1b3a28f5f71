import { ana } from '../../histories/facts.js';
import { HOUR, SECOND } from '../../../support/requests.js';
import { OPERATOR } from '../lives.js';
import { changed, followed, place, stranger, type Type, type Wrong } from './kinds.js';
import { slackAccount } from '../../../support/accounts.js';

const TYPES: Record<Type, { leftOut?: string; twice?: string }> = {
  RequestSubmitted: {},
  RequestRefused: {},
  PreflightPassed: {},
  Voted: {},
  DurationShortened: {},
  QuestionAsked: {
    leftOut: 'nothing rests on it but its answer',
  },
  QuestionAnswered: { leftOut: 'the requester may never have answered' },
  Reminded: { leftOut: 'the next round does not say how many there were before' },
  StageEscalated: { leftOut: 'who was of the stage is not on record' },
  StartDoubted: { leftOut: 'whether it could be looked up before the start is not on record' },
  VotesVoided: {},
  ChainChanged: {},
  RequestApproved: {},
  RequestDenied: { leftOut: LAST() },
  RequestCancelled: { leftOut: LAST() },
  RequestLapsed: { leftOut: LAST() },
  ProvisionAttempted: { twice: 'an attempt may be made again and again' },
  GrantProvisioned: {},
  ExtensionRequested: {},
  ExtensionVoted: {},
  ExtensionRefused: {},
  LeaseExtended: {},
  EndAnnounced: { leftOut: 'the engine may have stood still until the end' },
  MintRequested: { twice: 'people press more than once; ten times a minute is let through' },
  MintAttempted: { twice: 'an attempt may be made again and again' },
  MintRefused: {
    leftOut: 'nothing rests on it',
    twice: 'policy may be asked again and again',
  },
  CredentialsMinted: { leftOut: 'an attempt may come to nothing' },
  RevocationStarted: {},
  RequestClosed: {},
  CleanedUp: { leftOut: LAST() },
  EmergencyReviewed: { leftOut: LAST() },
};
function LAST(): string {
  return 'the history stops before it, as one that goes on';
}

const types = Object.entries(TYPES) as [Type, { leftOut?: string; twice?: string }][];

/** Those that something comes before. */
const later = types.filter(([type]) => type !== 'RequestSubmitted' && type !== 'RequestRefused');

const leftOut = types
  .filter(([type]) => type !== 'RequestRefused')
  .map(([type, { leftOut: untold }]): Wrong => ({
    name: `${type} left out`,
    ...(untold !== undefined && { untold }),
    make({ events }, chance) {
      const n = place(events, type, chance);
      return n === undefined ? undefined : events.toSpliced(n, 1);
    },
  }));

const twice = types.map(([type, { twice: untold }]) => ({
  ...followed(type, 'once more', (event) => structuredClone(event), untold),
}));

const swapped = later.map(([type]): Wrong => ({
  name: `${type} before what it follows`,
  ...(type === 'MintRefused' && { untold: 'nothing rests on its place, but that somebody has asked' }),
  make({ events }, chance) {
    const n = place(events, type, chance);
    if (!n || events[n - 1]!.type === type) return undefined;
    return events.toSpliced(n - 1, 2, events[n]!, events[n - 1]!);
  },
}));

const UNTOLD_ACTORS: Partial<Record<Type, string>> = {
  QuestionAsked: 'who was of the stage is not on record',
  EmergencyReviewed: 'who was in the group that reviews is not on record',
};

const actors = types.flatMap(([type]): Wrong[] => [
  changed(
    type,
    'by somebody whom nobody asked',
    (event) => ({ ...event, by: stranger }),
    UNTOLD_ACTORS[type],
  ),
  changed(type, 'by an operator', (event) => ({ ...event, by: OPERATOR })),
  changed(type, 'by nobody', (event) => ({ ...event, by: { email: '', account: slackAccount('', '') } })),
  changed(type, 'by jit, or by the requester where it was jit', (event) => ({
    ...event,
    by: event.by === 'jit' ? ana : 'jit',
  })),
]);

const times = [
  ...types.map(([type]) => changed(type, 'at no time', (event) => ({ ...event, at: Number.NaN }))),
  ...later.map(([type]) =>
    changed(type, 'an hour before what was recorded earlier', (event, { n, events }) => ({
      ...event,
      at: Math.max(...events.slice(0, n).map(({ at }) => at)) - HOUR,
    })),
  ),
];

const strays = types.map(([type]) =>
  changed(type, 'with a member that no program wrote', (event) => ({ ...event, approvedBy: 'everybody' })),
);

const SHAPES: [Type, Type][] = [
  ['RequestCancelled', 'RequestLapsed'],
  ['RequestLapsed', 'RequestCancelled'],
  ['EndAnnounced', 'CleanedUp'],
  ['CleanedUp', 'EndAnnounced'],
  ['RequestDenied', 'MintRefused'],
  ['MintRefused', 'RequestDenied'],
  ['RequestSubmitted', 'RequestRefused'],
  ['RequestRefused', 'RequestSubmitted'],
  ['MintAttempted', 'MintRequested'],
  ['MintRequested', 'MintAttempted'],
  ['ProvisionAttempted', 'GrantProvisioned'],
  ['GrantProvisioned', 'ProvisionAttempted'],
];
const disguised = SHAPES.map(([type, other]) =>
  changed(type, `as ${other}`, (event) => ({ ...event, type: other })),
);

export const ofAnyType: Wrong[] = [
  ...leftOut,
  ...twice,
  ...swapped,
  ...actors,
  ...times,
  ...strays,
  ...disguised,
  {
    name: 'a few seconds earlier than what was recorded before',
    untold: 'two clocks differ, and what is under way is recorded late',
    make({ events }, chance) {
      const n = place(events, 'PreflightPassed', chance);
      return n === undefined ? undefined : events.with(n, { ...events[n]!, at: events[n]!.at - 5 * SECOND });
    },
  },
];
