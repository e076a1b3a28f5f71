import type { Chain } from '../../../domain/chain.js';
import { formatDuration, parseDuration } from '../../../domain/duration.js';
import type { Entitlement, Instant, Millis } from '../../../domain/entitlement.js';
import type { Person } from '../../../domain/person.js';
import { isExtendable } from '../../../domain/request/stories/extending.js';
import { decide } from '../../../domain/request/stories/index.js';
import { usualUse, useNote } from '../../../domain/record/use.js';
import { isAtWork } from '../../../kit/hours/working.js';
import type { Foreseen, ForeseenStage, Form, Front, Preview, Running } from '../../../ports/front.js';
import type { Candidate } from '../../../ports/people.js';
import { inForce } from '../../facts.js';
import type { FrontDeps } from '../deps.js';
import type { RefusedAct } from '../disclosure.js';
import { asPerson } from '../person.js';
import {
  consider,
  prepare,
  refusedAtOnce,
  type Considered,
  type PreparedAsk,
  type CheckedForm,
} from './consider.js';
import { checkChoice, checkStart, checkTicket } from './form.js';
import { couldBeEmergency } from './emergency.js';
import { offersFor } from './offers.js';
import { probeTicket } from './probe.js';

/** What would come of a form: the same questions as when it is sent, and nothing is written. */
export function preview(deps: FrontDeps): Front['preview'] {
  return (actor, form) =>
    asPerson(deps, actor, async (person) => ({ ok: await foresee(deps, person, form) }));
}

async function foresee(deps: FrontDeps, person: Person, form: Form): Promise<Preview> {
  const entitlement = deps.bundle().entitlements.get(form.entitlement);
  const usual = entitlement && (await usualOf(deps, entitlement));
  const running = entitlement && (await runningOf(deps, person, entitlement));
  const duration =
    form.duration === '' && entitlement
      ? await preselected(deps, person, { entitlement, usual, startsAt: form.startsAt })
      : form.duration;
  const length = parseDuration(duration);
  const start = checkStart(form, deps.bundle(), deps.clock.now());
  return {
    ...('code' in start ? {} : start),
    ...(length !== undefined && { duration: length }),
    ...(usual !== undefined && { usual }),
    ...(running && { running }),
    ...(await rehearse(deps, person, { ...form, duration })),
  };
}

/** How long people usually need it. Nothing depends on it, so a fault is only logged. */
async function usualOf({ store, log }: FrontDeps, { id }: Entitlement): Promise<Millis | undefined> {
  try {
    return usualUse(await store.note(useNote(id)));
  } catch (error) {
    log.warn({ entitlement: id, err: error }, 'how long it is usually used could not be read');
    return undefined;
  }
}

/** What this person has of it now, that which ends last. Nothing depends on it, so a fault is only logged. */
async function runningOf(
  { store, log, clock, bundle }: FrontDeps,
  person: Person,
  { id }: Entitlement,
): Promise<Running | undefined> {
  try {
    const active = (await store.openByRequester(person)).flatMap(({ state }) =>
      state.status === 'active' && state.entitlement.id === id && state.lease.endsAt > clock.now()
        ? [inForce(state, bundle())]
        : [],
    );
    const [last] = active.sort((a, b) => b.lease.endsAt - a.lease.endsAt);
    return last && { id: last.id, until: last.lease.endsAt, isExtendable: isExtendable(last) };
  } catch (error) {
    log.warn({ entitlement: id, err: error }, 'what somebody has already could not be read');
    return undefined;
  }
}

/** Of the durations that policy permits the shortest that is usually enough, else the longest; of none on offer, none. */
async function preselected(
  deps: FrontDeps,
  person: Person,
  {
    entitlement,
    usual = 0,
    startsAt,
  }: { entitlement: Entitlement; usual: Millis | undefined; startsAt: string | undefined },
): Promise<string> {
  const { offers } = await offersFor(deps, person, [entitlement], { startsAt });
  const permitted = offers?.[0]?.durations ?? entitlement.durations.slice(0, 1);
  const chosen = permitted.find((duration) => duration >= usual) ?? permitted.at(-1);
  return chosen === undefined ? '' : formatDuration(chosen);
}

type Rehearsed = Pick<Preview, 'foreseen' | 'emergency'>;

async function rehearse(deps: FrontDeps, person: Person, form: Form): Promise<Rehearsed> {
  const policy = deps.bundle();
  const choice = checkChoice(form, policy);
  if ('code' in choice) return { foreseen: { refusal: choice } };
  const ticket = checkTicket(form, policy);
  if ('code' in ticket && ticket.code !== 'ticket-required') return { foreseen: { refusal: ticket } };
  const start = checkStart(form, policy, deps.clock.now());
  // What is ticked stays on offer, so that it can be unticked.
  if ('code' in start)
    return { foreseen: { refusal: start }, ...(form.emergency && { emergency: true as const }) };
  const prepared = await prepare(deps, person, choice.entitlement, start.startsAt);
  if ('refusal' in prepared) return { foreseen: prepared };
  const given = 'code' in ticket ? {} : ticket;
  const isOffered = couldBeEmergency(policy, prepared.asker, { ...choice, ...given });
  const asked = isOffered ? form : { ...form, emergency: false };
  const foreseen = await withOrWithoutTicket(deps, person, {
    form: asked,
    choice: { ...choice, ...start },
    ticket,
    prepared,
  });
  return { foreseen, ...(isOffered && { emergency: true }) };
}

async function withOrWithoutTicket(
  deps: FrontDeps,
  person: Person,
  of: {
    form: Form;
    choice: Pick<CheckedForm, 'entitlement' | 'duration' | 'startsAt'>;
    ticket: ReturnType<typeof checkTicket>;
    prepared: PreparedAsk;
  },
): Promise<Foreseen | RefusedAct> {
  const { form, choice, ticket, prepared } = of;
  const wish = { id: '', justification: '', ...choice, ...(form.emergency && { emergency: true as const }) };
  const ask = async (given: { ticket?: string }) =>
    outcomeOf(deps, prepared, await consider(deps, person, prepared, { ...wish, ...given }, { probe: true }));

  const asGiven = 'code' in ticket ? undefined : await ask(ticket);
  if (asGiven && (!('refusal' in asGiven) || !mayWantTicket(asGiven, form))) return asGiven;
  const withTicket = await ask({ ticket: probeTicket(deps.bundle()) });
  if ('refusal' in withTicket) return asGiven ?? withTicket;
  return { ...withTicket, needsTicket: true };
}

/** Whether a ticket might change the answer. */
function mayWantTicket({ refusal }: RefusedAct, { ticket = '' }: Form): boolean {
  return refusal.code === 'denied-by-policy' && refusal.errors.length === 0 && ticket.trim() === '';
}

/** As the core would decide it. */
function outcomeOf(
  deps: FrontDeps,
  { at }: PreparedAsk,
  considered: Considered | RefusedAct,
): Foreseen | RefusedAct {
  if ('refusal' in considered) return considered;
  const { command, asked } = considered;
  const decided = decide(command, undefined);
  if ('refusal' in decided) return decided;
  const [event] = decided.events;
  if (event?.type === 'RequestRefused') return { refusal: refusedAtOnce(event.reason, event.asked) };
  const chain: Chain = command.decision.outcome === 'denied' ? [] : command.decision.chain;
  return {
    advice: command.decision.advice,
    needsTicket: false,
    chain: chain.map(({ name, quorum }) => {
      const people = (asked[name] ?? []).filter(({ email }) => email !== command.asked.requester.email);
      return {
        name,
        quorum,
        people,
        isWhole: !Object.hasOwn(command.unknown ?? {}, name),
        ...atWork(deps, people, at),
      };
    }),
  };
}

/** How many of these are in their working hours; nothing where that is not known of each. */
function atWork(deps: FrontDeps, people: Candidate[], at: Instant): Pick<ForeseenStage, 'atWork'> {
  const { businessHours } = deps.bundle().directory;
  const known = new Map<string, boolean | undefined>();
  for (const { timezone } of people)
    if (timezone !== undefined && !known.has(timezone))
      known.set(timezone, isAtWork(at, timezone, businessHours));
  const working = people.map(({ timezone }) => (timezone === undefined ? undefined : known.get(timezone)));
  return working.includes(undefined) ? {} : { atWork: working.filter(Boolean).length };
}
