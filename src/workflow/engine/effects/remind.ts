import { peopleOf } from '../../../domain/delegation.js';
import { sameAddress } from '../../../domain/email.js';
import type { StageDef } from '../../../domain/directory.js';
import type { Instant } from '../../../domain/entitlement.js';
import type { Effect } from '../../../domain/request/effects.js';
import type { Head } from '../../../domain/request/head.js';
import { putOff, settle, type Owed } from '../../../domain/request/outbox.js';
import type { Pending, State } from '../../../domain/request/state.js';
import { heldUntil } from '../../../domain/request/stories/questions.js';
import { nextRound, roundsOf } from '../../../domain/request/stories/reminding.js';
import { waitingStage } from '../../../domain/request/stories/story.js';
import { samePerson } from '../../../domain/person.js';
import { nextInDay } from '../../../kit/hours/waking.js';
import type { Candidate } from '../../../ports/people.js';
import { Unknowable } from '../../../ports/policy.js';
import { candidatesOf } from '../../facts.js';
import { standInsOf } from '../../seats/stand-ins.js';
import { SETTLED, type CarryOut, type EffectOutcome, type EngineDeps, type OwedOf } from '../effect.js';
import { MOST_TRIES, trySending, viewOf } from '../message.js';
import type { Keep } from '../../record-command.js';
import { planned, stageNow, UNSURE } from '../../waiting.js';

/** So many are told at a time: as many as can be while nobody else takes it over. */
const AT_A_TIME = 10;
/** More people than that are no people who are asked: the thread is for them. */
const MOST_PEOPLE = 100;

/** A round of reminders, as far as it has come. */
interface Round {
  /** Its number, from 1. */
  number: number;
  /** It begins now. */
  begins: boolean;
  /** Those whom it has told. */
  told: string[];
  /** When the one after it begins. */
  next: Instant;
}

/**
 * Reminds those who may still decide a stage that waits: in rounds, each person once a round, by day and when they may be
 * disturbed. Whoever sleeps through a round is told in the next that finds them awake, once.
 */
export const remind: CarryOut<'remind'> = async (deps, head, owed) => {
  const { state } = head;
  const { stage } = owed.effect;
  if (state.status !== 'pending' || waitingStage(state) !== stage) return SETTLED;
  const def = stageNow(deps, stage);
  const now = deps.clock.now();
  if (def === 'unknown') return later(owed, now + UNSURE);
  if (def?.remind === undefined) return keeping((all) => planned(settle(all, [owed.id]), def, state));
  const held = heldUntil(state, stage) ?? 0;
  if (now < held) return later(owed, held);
  if (now >= state.lapsesAt) return SETTLED;
  const round = roundOf(state, owed.effect, { ...def, remind: def.remind }, now);
  const first = nextRound(state, stage, owed.effect.since, def.remind);
  if (!round) return keeping((all) => planned(again(all, owed, first), def, state));
  try {
    return await carryOn(deps, head, owed, def, round);
  } catch (error) {
    if (!(error instanceof Unknowable)) throw error;
    return later(owed, now + UNSURE);
  }
};

/** The round that is under way, or begins now; undefined: none, until the next is due. */
function roundOf(
  state: State,
  { stage, since, told }: Extract<Effect, { type: 'remind' }>,
  { remind: every }: StageDef & { remind: number },
  now: Instant,
): Round | undefined {
  const rounds = roundsOf(state, stage);
  const due = nextRound(state, stage, since, every);
  if (now < due) return told && rounds > 0 ? { number: rounds, begins: false, told, next: due } : undefined;
  const after = { ...state, reminders: { stage, rounds: rounds + 1, at: now } };
  return { number: rounds + 1, begins: true, told: [], next: nextRound(after, stage, since, every) };
}

async function carryOn(
  deps: EngineDeps,
  head: Head & { state: State },
  owed: OwedOf<'remind'>,
  def: StageDef,
  { number, begins, told, next }: Round,
): Promise<EffectOutcome> {
  const { stage, since } = owed.effect;
  const now = deps.clock.now();
  const left = await whoIsLeft(deps, head.state as Pending, def, told);
  const { awake, wakes } = await byRest(deps, left, now);
  const post = head.posts[stage];
  const inThread = begins && post !== undefined && !post.direct;
  // In the night of all of them nothing is said, where there is no thread.
  if (!inThread && awake.length === 0) return later(owed, Math.min(wakes ?? next, next));
  const reminding = { stage, to: awake, inThread, id: `${head.id}.remind.${stage}.${since}.${number}` };
  const result = await trySending(deps, head, owed, async () =>
    deps.notifier.remind(await viewOf(deps, head), reminding, owed.attempts > 1),
  );
  if (!('sent' in result)) {
    const isLost = result.permanent || owed.attempts > MOST_TRIES;
    if (isLost) return later({ ...owed, attempts: TRIED }, next);
    return keeping((all) => putOff(all, owed.id, now, result.later));
  }
  const { refused } = result.sent;
  if (refused.length > 0)
    deps.log.warn({ request: head.id, stage, refused: refused.length }, 'some take no reminders');
  const more = [...told, ...awake.map(({ email }) => email)];
  const { told: _, ...effect } = owed.effect;
  // What an earlier try may have said in this round is looked up until the round is over.
  const attempts = wakes !== undefined && owed.attempts > 1 ? TRIED : NONE;
  const outcome = later(
    { ...owed, attempts, effect: wakes === undefined ? effect : { ...effect, told: more } },
    Math.min(wakes ?? next, next),
  );
  return begins ? { ...outcome, done: { type: 'RecordReminders', at: now, stage, round: number } } : outcome;
}

/** Those who may still decide it, for themselves or for somebody who is away, and whom this round has not told. */
async function whoIsLeft(
  deps: EngineDeps,
  state: Pending,
  { name, quiet = [] }: StageDef,
  told: string[],
): Promise<Candidate[]> {
  const { asked } = await candidatesOf(deps, state);
  const standIns = (await standInsOf(deps, state, asked))[name] ?? [];
  const own = asked[name] ?? [];
  const more = standIns
    .map(({ candidate }) => candidate)
    .filter(({ email }) => !own.some((one) => sameAddress(one.email, email)));
  const people = [...own, ...more].filter(({ email, account }) => {
    if (!account || [...quiet, ...told].some((one) => sameAddress(one, email))) return false;
    const person = { email, account };
    const others = [state.requester, ...state.votes.flatMap(peopleOf)];
    return others.every((other) => samePerson(other, person) === 'other');
  });
  return people.length + told.length > MOST_PEOPLE ? [] : people;
}

/** Of these people those who may be disturbed now, as many as are told at a time, and when the next of the others is awake. */
async function byRest(
  { directory, bundle }: EngineDeps,
  people: Candidate[],
  now: Instant,
): Promise<{ awake: Candidate[]; wakes: Instant | undefined }> {
  const { timezone } = bundle().directory;
  const day = (at: Instant, zone?: string) =>
    (zone === undefined ? undefined : nextInDay(at, zone)) ?? nextInDay(at, timezone) ?? at;
  const awake: Candidate[] = [];
  let wakes: Instant | undefined;
  for (const person of people) {
    if (awake.length === AT_A_TIME) return { awake, wakes: now };
    // Of somebody who sleeps nothing more is asked.
    let at = person.timezone === undefined ? now : day(now, person.timezone);
    if (at <= now && person.account) {
      const { quietUntil = now, timezone: zone } = (await directory.rest(person.account)) ?? {};
      at = day(quietUntil > now ? quietUntil : now, zone ?? person.timezone);
    }
    if (at <= now) awake.push(person);
    else wakes = Math.min(at, wakes ?? at);
  }
  return { awake, wakes };
}

/** How often it counts as tried: above `NONE`, what an earlier try may have said is looked up. */
const NONE = 0;
const TRIED = 2;

/** Looked at again then. This look alone was no try at a message; an earlier one stays one. */
function later(owed: OwedOf<'remind'>, at: Instant): EffectOutcome & { keep: Keep } {
  return keeping((outbox) => again(outbox, owed, at));
}

function again(
  outbox: Owed[],
  { id, effect, attempts: begun }: OwedOf<'remind'>,
  notBefore: Instant,
): Owed[] {
  const attempts = begun < TRIED ? NONE : TRIED;
  return outbox.map((one) => (one.id === id ? { ...one, effect, attempts, idle: true, notBefore } : one));
}

function keeping(outbox: (outbox: Owed[]) => Owed[]): { keep: Keep } {
  return { keep: () => ({ outbox }) };
}
