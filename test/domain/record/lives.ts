import * as fc from 'fast-check';
import { startOf, type Ordered } from '../../../src/domain/request/end.js';
import { pin } from '../../../src/domain/entitlement.js';
import type { Command } from '../../../src/domain/request/command.js';
import type { Event } from '../../../src/domain/request/event.js';
import type { Reason } from '../../../src/domain/request/state.js';
import { runOut } from '../histories/effects.js';
import { realCore } from '../histories/core.js';
import { ana, settingFrom, type Setting } from '../histories/facts.js';
import { happen, stepFrom, type Step } from '../histories/steps.js';
import { clock, send, worldOf, type World } from '../histories/world.js';
import { allowed, asked, denied as refused, person } from '../../support/requests.js';
import { upcastEvent } from '../../../src/domain/record/upcast.js';

/** What the core wrote of one request, from its beginning to its end. */
export interface Life {
  events: Event[];
  /** Whether an order to end it stands beside them. */
  ordered: boolean;
}

/** What the histories' world knows nothing of: orders, people who have left, sessions that policy refuses. */
type Happens = Command | { order: Ordered } | undefined;
const MORE: ((world: World) => Happens)[] = [
  (world) => ({ order: { at: clock(world), by: OPERATOR, text: TAKEN } }),
  () => ({ order: 'unreadable' }),
  (world) => ({ order: { at: clock(world), by: ana } }),
  (world) => ({
    type: 'EndForLeaver',
    at: clock(world),
    reason: { code: 'requester', problem: 'deactivated' },
  }),
  (world) => revocation(world, ['dba']),
  (world) => revocation(world),
  (world) => ({ type: 'Revoke', at: clock(world), by: ana, text: 'done with it' }),
  ...Array.from({ length: 6 }, () => refusal),
];
export const OPERATOR = { operator: 'arn:aws:iam::777788889999:user/kim' };
const TAKEN = 'the laptop was stolen';

function revocation(world: World, unknownGroups?: string[]): Command {
  const by = person('bob');
  return {
    type: 'Revoke',
    at: clock(world),
    by,
    verdict: allowed,
    text: TAKEN,
    ...(unknownGroups && { unknownGroups }),
  };
}

function refusal(world: World): Command | undefined {
  const pressed = world.records.some(({ event }) => event.type === 'MintRequested');
  const reason: Reason = { code: 'policy', policies: ['freeze'], advice: [], errors: [] };
  return pressed ? { type: 'RefuseMint', at: clock(world), reason } : undefined;
}

interface Plan {
  setting: Setting;
  steps: (Step | { more: number })[];
}

const step = (does: Step['does'], a = 0): Step => ({ does, a, b: 1, c: 0 });
const agreed = [step('effect'), ...[0, 1, 2, 3, 4].map((who) => step('agree', who))];
/** Policy asks for one stage more; what then follows takes votes away, or leaves nobody for that stage. */
const longer: Step = { does: 'change', a: 0, b: 0, c: 3 };
/** No group is left that could come in. */
const noReserves: Step = { does: 'change', a: 2, b: 0, c: 0 };
/** The catalog gives something else by now. */
const otherGrant: Step = { does: 'change', a: 3, b: 0, c: 1 };
/** Each of the six tries, so that whoever may does. */
const byAll = (does: Step['does']): Step[] => [0, 1, 2, 3, 4, 5].map((a) => ({ does, a, b: 0, c: 0 }));
const talked: Step[] = [1, 2, 3, 4, 5].flatMap((a): Step[] => [
  { does: 'ask', a, b: 1, c: 0 },
  { does: 'reply', a: 0, b: a % 2, c: 0 },
]);
/** Three who have no seat fill somebody's. */
const standingIn: Step[] = [0, 1, 2].flatMap((a) =>
  [1, 2, 3, 4, 5].map((b): Step => ({ does: 'standIn', a, b, c: 0 })),
);
/** Most get as far as access; without these many a request waits until it lapses. */
const BEGINNINGS: Step[][] = [
  [],
  [step('sweep'), step('agree')],
  agreed,
  [...agreed, step('change', 2), step('sweep')],
  [...agreed, longer, { does: 'change', a: 2, b: 0, c: 6 }, step('sweep')],
  [...agreed, longer, { does: 'change', a: 1, b: 4, c: 0 }, step('sweep')],
  [...agreed, longer, noReserves, { does: 'change', a: 1, b: 4, c: 0 }, step('sweep')],
  [step('effect'), ...standingIn, ...agreed, step('sweep')],
  [step('effect'), ...talked, ...byAll('shorten'), ...agreed, step('sweep')],
  [step('effect'), step('agree'), ...talked, ...byAll('shorten'), step('sweep'), step('sweep')],
  [...agreed, longer, step('sweep'), ...agreed, step('sweep')],
  [...agreed, step('sweep'), step('sweep'), step('mint'), step('sweep')],
  [
    ...agreed,
    step('sweep'),
    step('extend'),
    ...byAll('more'),
    ...byAll('more'),
    step('sweep'),
    step('sweep'),
  ],
  [...agreed, step('sweep'), ...[0, 1].flatMap(() => [step('extend'), ...byAll('more'), step('sweep')])],
  [...agreed, step('sweep'), step('extend'), { does: 'more', a: 1, b: 7, c: 0 }, step('sweep')],
  [...agreed, step('sweep'), step('extend'), ...byAll('more'), ...byAll('more'), otherGrant, step('sweep')],
  [step('effect'), ...talked, step('sweep'), ...agreed, step('sweep')],
  [...agreed, step('sweep'), step('mint'), step('mint', 1), step('effect'), step('sweep')],
];

const plans: fc.Arbitrary<Plan> = fc
  .tuple(
    fc.nat({ max: 2 ** 31 - 1 }),
    fc.nat({ max: BEGINNINGS.length - 1 }),
    fc.array(fc.tuple(fc.nat({ max: 2 ** 18 - 1 }), fc.nat({ max: 99 })), { maxLength: 30, size: 'max' }),
  )
  .map(([setting, beginning, numbers]) => ({
    setting: special(setting % 16 === 15 ? denied(settingFrom(setting)) : settingFrom(setting), setting),
    steps: [
      ...BEGINNINGS[beginning]!,
      ...numbers.map(([number, more]) => (more < MORE.length ? { more } : stepFrom(number))),
    ],
  }));

/** One in three is an emergency. */
function special(setting: Setting, number: number): Setting {
  return number % 3 === 0 ? { ...setting, emergency: true } : setting;
}

/** Once it is over somebody reviews it; whatever is contested another one settles, or nobody does. */
function reviewed(world: World, number: number): void {
  const says = (name: string, contests: boolean, text = ''): Command => ({
    type: 'Review',
    at: clock(world),
    by: person(name),
    contests,
    text,
    group: 'security',
    reviews: true,
    verdict: allowed,
  });
  const all = [says('bob', number % 2 === 0, 'it was none'), says('cat', false)];
  for (const one of all.slice(0, number % 4)) send(world, one);
}

function denied(setting: Setting): Setting {
  const { facts } = setting;
  return { ...setting, facts: { ...facts, decision: refused } };
}

export const lives: fc.Arbitrary<Life> = plans.map(lifeOf);

function lifeOf({ setting, steps }: Plan): Life {
  const world = worldOf(realCore, setting);
  let ordered = false;
  for (const one of steps) {
    if (!('more' in one)) {
      // No command is under way for hours.
      if (one.does !== 'again') happen(world, one);
      continue;
    }
    const made = MORE[one.more]!(world);
    if (made && !('type' in made)) {
      const start = startOf(made.order, ana, clock(world));
      ordered ||= send(world, { type: 'End', at: clock(world), start }).length > 0;
    } else if (made) send(world, made);
  }
  runOut(world);
  if (setting.emergency) reviewed(world, steps.length);
  return { events: world.records.map(({ event }) => told(upcastEvent(event))), ordered };
}

const GRANT = pin({
  ...asked.entitlement,
  tags: {},
  durations: [],
  grant: { kind: asked.grant.kind, config: {} },
});
const BASIS = {
  groups: ['engineers', 'on-call'],
  unknownGroups: ['dba'],
  given: { liveGrants: 2, hasThis: true },
  unknownInputs: ['denials'],
};
const ACCESS = { manageRoleArn: 'arn:aws:iam::111122223333:role/jit/manage', externalId: 'x-1' };

/** With what the histories' world leaves out: a grant whose hash is its own, and what policy decided on. */
function told(event: Event): Event {
  switch (event.type) {
    case 'RequestSubmitted':
    case 'RequestRefused':
      return { ...event, ...BASIS, asked: { ...event.asked, grant: GRANT } };
    case 'RequestApproved':
      return { ...event, ...BASIS, decidedAt: event.at - 1, form: 1, access: ACCESS };
    default:
      return event;
  }
}

/** As a program wrote it that knew nothing of formats. */
export const asOfFormat1 = (events: Event[]): Event[] =>
  beforeBasis(events).map((event) =>
    'number' in event ? event : without(event, ['format', 'given', 'form', 'access', 'permittedAt']),
  );

const BASIS_NAMES = ['groups', 'unknownInputs', 'unknownGroups', 'decidedAt'];

/** As a program wrote it that kept of what policy decided on no more than the inputs of the confirmation. */
export const beforeBasis = (events: Event[]): Event[] =>
  events.map((event) =>
    // No program wrote an extension that kept less.
    'number' in event
      ? event
      : without(event, event.type === 'RequestApproved' ? BASIS_NAMES : [...BASIS_NAMES, 'given']),
  );

function without(event: Event, names: readonly string[]): Event {
  return Object.fromEntries(Object.entries(event).filter(([name]) => !names.includes(name))) as Event;
}
