import { unfillable } from '../../domain/chain.js';
import { isGone } from '../../domain/directory.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { upcastEvent } from '../../domain/record/upcast.js';
import type { Command } from '../../domain/request/command.js';
import type { UnknownStages } from '../../domain/request/decision.js';
import type { Effect } from '../../domain/request/effects.js';
import type { Head } from '../../domain/request/head.js';
import type { Owed } from '../../domain/request/outbox.js';
import type { Pending } from '../../domain/request/state.js';
import { heldUntil } from '../../domain/request/stories/questions.js';
import { decide, evolve, react } from '../../domain/request/stories/index.js';
import { nextRound } from '../../domain/request/stories/reminding.js';
import { waitingStage } from '../../domain/request/stories/story.js';
import { sideBySide } from '../../kit/side-by-side.js';
import { ttlCache } from '../../kit/ttl-cache.js';
import type { Candidate } from '../../ports/people.js';
import { Unknowable } from '../../ports/policy.js';
import { candidatesFor, emails, inForce } from '../facts.js';
import { drawnAgain } from '../draw-again.js';
import type { EngineDeps } from '../engine/effect.js';
import { escalatesAt, stageNow } from '../waiting.js';
import { recordForEngine } from '../record-command.js';
import { reservesFor } from '../seats/reserves.js';
import { deciderWatch } from './deciders.js';

/** So many requests are looked at in a run, those of the next run being others. */
const MOST = 1_000;
/** A run begins nothing after this. */
const PATIENCE: Millis = 20_000;
/** What was looked up before counts for nothing that is said of people who are gone. */
const FRESH: Millis = 110_000;
/** A stage that nobody can be found for is looked at again after this: people are asked about one by one. */
const AGAIN: Millis = 10 * 60_000;

type Waiting = Head & { state: Pending };

/**
 * Looks at the requests that wait for people: whether their stages can still be filled, whether they are reminded of
 * and escalated as directory.yml says now, and whether their messages show who may decide. Writes where something is to change, and only there.
 */
export async function lookAtWaiting(deps: EngineDeps): Promise<void> {
  const { store, clock, log, bundle } = deps;
  if (bundle().standIn) return;
  const begun = clock.now();
  const showDeciders = deciderWatch(deps);
  const ids = inTurn(await store.undecided(), begun);
  await sideBySide(
    ids,
    async (id) => {
      try {
        const head = await store.head(id);
        if (!head || !isWaiting(head)) return;
        await plan(deps, head);
        await lookForGaps(deps, head);
        await showDeciders(head);
      } catch (err) {
        // One that cannot be read, or of which not all is known, keeps no other from its turn (invariant 16).
        if (!(err instanceof Unknowable))
          log.warn({ request: id, err }, 'could not look at what it waits for');
      }
    },
    () => clock.now() - begun < PATIENCE,
  );
}

/** Begins elsewhere each minute, so that each has its turn however many there are. */
function inTurn(ids: string[], now: Instant): string[] {
  if (ids.length <= MOST) return ids;
  const from = (Math.floor(now / 60_000) * MOST) % ids.length;
  return [...ids.slice(from), ...ids.slice(0, from)].slice(0, MOST);
}

function isWaiting(head: Head): head is Waiting {
  return waitingStage(head.state) !== undefined;
}

/** Owes what directory.yml has come to ask for since the stage began to wait, and hurries what is due sooner by now. */
async function plan(deps: EngineDeps, head: Waiting): Promise<void> {
  const { store, clock } = deps;
  const { state, outbox } = head;
  const stage = waitingStage(state)!;
  const def = stageNow(deps, stage);
  if (def === 'unknown' || clock.now() >= state.lapsesAt) return;
  if (!def) return showGone(deps, head, stage);
  const since = (await waitsSince(deps, head)) ?? clock.now();
  const due: Partial<Record<Effect['type'], Instant | undefined>> = {
    remind: def.remind === undefined ? undefined : nextRound(state, stage, since, def.remind),
    escalate: escalatesAt(def, state, { stage, since }),
  };
  const lacks = (['remind', 'escalate'] as const).flatMap((type) => {
    const at = due[type];
    if (at === undefined) return [];
    const notBefore = Math.max(at, heldUntil(state, stage) ?? 0);
    const owed = outbox.find(({ effect }) => effect.type === type);
    // Reminders that are put off wait for somebody to wake, or for what took no message.
    const isLate = type === 'escalate' && owed?.idle && owed.notBefore > notBefore;
    return !owed || isLate ? [{ type, owed, notBefore }] : [];
  });
  if (lacks.length === 0) return;
  await recordForEngine(store, head.id, undefined, (newest) => {
    // Somebody wrote meanwhile: the next look has it.
    if (newest.version !== head.version) return {};
    return { outbox: (all) => lacks.reduce((so, one) => withOne(so, head, { ...one, stage, since }), all) };
  });
}

/** A stage that has left directory.yml: its card loses the buttons, and the requester reads what to do. */
async function showGone({ store, clock, bundle }: EngineDeps, { id }: Waiting, name: string): Promise<void> {
  const seen = justSeen(store);
  const now = clock.now();
  if (!isGone({ name }, bundle().directory) || seen.get(`gone ${id}`, now)) return;
  await recordForEngine(store, id, undefined, (newest) => ({
    outbox: (all) => drawnAgain(all, newest, now),
  }));
  seen.put(`gone ${id}`, true, now);
}

function withOne(
  outbox: Owed[],
  { version }: Head,
  {
    owed,
    notBefore,
    ...effect
  }: { type: 'remind' | 'escalate'; stage: string; since: Instant } & {
    owed: Owed | undefined;
    notBefore: Instant;
  },
): Owed[] {
  if (owed) return outbox.map((one) => (one.id === owed.id ? { ...one, notBefore } : one));
  return [...outbox, { id: `waits.${version}.${effect.type}`, effect, attempts: 0, notBefore, idle: true }];
}

/** When the stage that waits began to; read from the record where nothing that is owed says it. */
async function waitsSince(
  { store }: EngineDeps,
  { id, outbox, state }: Waiting,
): Promise<Instant | undefined> {
  const stage = waitingStage(state);
  const sinces = (effects: Effect[]) =>
    effects.flatMap((effect) => ('since' in effect && effect.stage === stage ? [effect.since] : []));
  const [known] = sinces(outbox.map(({ effect }) => effect));
  if (known !== undefined) return known;
  let before: Head['state'] | undefined;
  const owed = (await store.records(id)).flatMap(({ event: stored }) => {
    const event = upcastEvent(stored);
    before = evolve(before, event);
    return react(event, before).map(({ effect }) => effect);
  });
  return sinces(owed).at(-1);
}

/** What this process has just seen to, or tried in vain, by request. */
const seenBy = new WeakMap<EngineDeps['store'], ReturnType<typeof ttlCache<true>>>();

function justSeen(store: EngineDeps['store']): ReturnType<typeof ttlCache<true>> {
  const seen = seenBy.get(store) ?? ttlCache<true>(MOST, AGAIN);
  seenBy.set(store, seen);
  return seen;
}

/** Lets others come in where a stage has too few people left: by a look that has just been taken, and is whole. */
async function lookForGaps(deps: EngineDeps, { id, state }: Waiting): Promise<void> {
  const { store, clock, bundle } = deps;
  const { stages, fallback } = bundle().directory;
  if (!fallback && !stages.some(({ escalate }) => escalate)) return;
  const now = clock.now();
  const tried = justSeen(store);
  if (tried.get(id, now)) return;
  if (!gapIn(state, await peopleOf(deps, state))) return;
  // Only a look that was taken just now, and found everything out, says that nobody is there.
  const asOf = now - FRESH;
  const fresh = await peopleOf(deps, state, asOf);
  if (!gapIn(state, fresh)) return;
  const command: Command = {
    type: 'FillGaps',
    at: clock.now(),
    revision: state.revision,
    voters: state.votes.map(({ by }) => by.email),
    escalations: (state.escalated ?? []).length,
    ...fresh,
    reserves: await reservesFor(deps, state.chain, [state.requester], asOf),
  };
  const decided = decide(command, state);
  if ('refusal' in decided || decided.events.length === 0) return void tried.put(id, true, now);
  const { events } = await recordForEngine(store, id, command);
  for (const { type } of events)
    deps.log.warn({ request: id, event: type }, 'a stage had too few people left');
}

interface Found {
  candidates: Record<string, string[]>;
  unknown: UnknownStages;
}

/** Those who may fill its stages and whom the source knows. */
async function peopleOf(deps: EngineDeps, state: Pending, asOf?: Instant): Promise<Found> {
  const { owners } = inForce(state, deps.bundle()).entitlement;
  const { requester, chain } = state;
  const { asked, unknown } = await candidatesFor(deps, chain, requester.email, owners, { ...state, asOf });
  const there = ({ account }: Candidate) => account !== undefined;
  const known = Object.fromEntries(
    Object.entries(asked).map(([stage, people]) => [stage, people.filter(there)]),
  );
  return { candidates: emails(known, [requester]), unknown };
}

function gapIn({ chain, votes, requester }: Pending, { candidates, unknown }: Found) {
  return unfillable(chain, candidates, votes, [requester.email], unknown);
}
