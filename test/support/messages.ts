import { defined } from '../../src/domain/objects.js';
import type { Person } from '../../src/domain/person.js';
import type { Event } from '../../src/domain/request/event.js';
import type { Shortening, StageQuestion, State } from '../../src/domain/request/state.js';
import type { AboutRequester, RequestView } from '../../src/ports/messages.js';
import {
  active,
  ana,
  approved,
  bob,
  closed,
  closedAs,
  complete,
  ending,
  kim,
  min,
  pending,
  person,
  sam,
  started,
  T0,
  voted,
} from './requests.js';
import { stateAfter } from './slack.js';

export const asked = {
  manager: [bob],
  security: [sam, kim],
  dba: [person('dan')],
};

export function viewOf(state: State, more: Partial<RequestView> = {}): RequestView {
  return { state, posts: {}, asked, ...more };
}

/** What has been said of a request, to be put into its state. */
export interface Said {
  questions?: Omit<StageQuestion, 'stage'>[];
  shortened?: Omit<Shortening, 'stage' | 'to'>[];
}

/** As it is in a state: all of it at the stage `manager`. */
function said({ questions, shortened }: Said, { duration }: State): Pick<State, 'questions' | 'shortened'> {
  return {
    ...(questions && { questions: questions.map((one) => ({ stage: 'manager', ...one })) }),
    ...(shortened && { shortened: shortened.map((one) => ({ stage: 'manager', to: duration, ...one })) }),
  };
}

export function talking(state: State, what: Said): State {
  return { ...state, ...said(what, state) };
}

/** The state after these events, with this in it. */
export function talkedAfter(
  events: Event[],
  { questions, shortened, ...change }: Omit<Partial<State>, keyof Said> & Said = {},
): State {
  return talking(stateAfter(events, change), defined({ questions, shortened }));
}

export function actionsIn(blocks: unknown): string[] {
  return [...JSON.stringify(blocks).matchAll(/"action_id":"([a-z]+)"/g)].map(([, id]) => id!);
}

/** @param seat whose seat he fills, where it is not his own */
export function deniedBy(text: string, seat: { delegatedBy?: Person } = {}): Event[] {
  return [
    ...pending('manager'),
    { type: 'RequestDenied', at: min(2), by: bob, reason: { code: 'vote', stage: 'manager', text }, ...seat },
  ];
}

/** Taken back by somebody else, for this reason. */
export function takenBack(text: string): Event[] {
  const reason = { code: 'taken-back' as const, text };
  return [
    ...active,
    { type: 'RevocationStarted', at: min(25), by: sam, cause: 'revoked', reason },
    closedAs('revoked'),
  ];
}

const START = T0 + 3 * 3_600_000;

/** Asked for with a start in three hours. */
export function later(text: string, ...more: Event[]): Event[] {
  return pending(text, ...more).map((event) =>
    event.type === 'RequestSubmitted'
      ? { ...event, asked: { ...event.asked, startsAt: START, lapsesAt: START + 3_600_000 } }
      : event,
  );
}
export const laterComplete: Event[] = later('manager', voted(bob, 'manager'));
export const laterInDoubt: Event[] = [
  ...laterComplete,
  {
    type: 'StartDoubted',
    at: START - 3_600_000,
    by: 'jit',
    reason: {
      code: 'policy',
      policies: Array.from({ length: 30 }, (_, n) => `<!channel>-${n}`),
      advice: Array.from({ length: 9 }, () => '<!channel> <@U1> wait until Monday '.repeat(40)),
      errors: [],
    },
  },
];

/** One for each way in which a request stands. */
export const lives: [name: string, Event[]][] = [
  ['a request that is being checked', pending('manager, 2 of security').slice(0, 1)],
  ['an open request', pending('manager, 2 of security')],
  ['a half-approved one', pending('2 of security', voted(sam, 'security'))],
  ['a complete one', complete],
  ['one for later', later('manager, 2 of security')],
  ['one for later that all have approved', laterComplete],
  ['one for later that is in doubt', laterInDoubt],
  ['an approved one', approved],
  ['an active one', active],
  ['one that ends soon', [...active, { type: 'EndAnnounced', at: min(55), by: 'jit' }]],
  ['an ending one', ending],
  ['one that could not be set up', [...approved, started('failed'), closedAs('failed')]],
  ['a closed one', closed],
  ['one that was handed back', [...active, { ...started('released'), by: ana }, closedAs('released')]],
  ['one that was taken back', takenBack('we need the database')],
  ['a denied one', deniedBy('not today')],
  ['a cancelled one', [...pending('manager'), { type: 'RequestCancelled', at: min(2), by: ana }]],
  ['a lapsed one', [...pending('manager'), { type: 'RequestLapsed', at: min(480), by: 'jit' }]],
];

export const HOSTILE = '<!channel> <@U1> & `*_~ 😀\u202e مدير'.repeat(400);

/** The state after these events with all that people wrote at its longest, and meant to deceive. */
export function hostileAfter(events: Event[]): State {
  const { entitlement, ...state } = stateAfter(events);
  const saying = { by: bob, text: HOSTILE, at: T0 };
  const talk = {
    questions: Array.from({ length: 9 }, (_, n) =>
      n % 2 === 0 ? saying : { ...saying, answer: { text: HOSTILE, at: T0 } },
    ),
    shortened: [{ from: 4 * 3_600_000, by: bob, at: T0 }],
  };
  return talkedAfter(events, {
    ...talk,
    justification: HOSTILE.slice(0, 1000),
    ticket: HOSTILE.slice(0, 64),
    entitlement: {
      ...entitlement,
      name: HOSTILE.slice(0, 300),
      description: HOSTILE,
      environment: HOSTILE.slice(0, 300),
    },
    ruling: {
      policies: Array.from({ length: 60 }, (_, i) => `policy-with-a-long-name-${i}`.padEnd(200, 'x')),
      advice: [HOSTILE.slice(0, 900), HOSTILE.slice(0, 900)],
      bundle: 'b1',
    },
    ...('reason' in state && {
      reason: { code: 'vote' as const, stage: 'manager', text: HOSTILE.slice(0, 3000) },
    }),
  });
}

/** All that may be known of a requester, at its most. */
export const hostileAbout: AboutRequester = {
  title: HOSTILE,
  live: Array.from({ length: 60 }, (_, n) => ({ name: HOSTILE, until: min(n) })),
  asked: { times: 99, approved: 40, denied: 20, since: T0 - 90 * 86_400_000 },
};
