import { defined } from '../../domain/objects.js';
import type { Effect } from '../../domain/request/effects.js';
import type { Head } from '../../domain/request/head.js';
import { backOff, putOff } from '../../domain/request/outbox.js';
import { openStage } from '../../domain/chain.js';
import { shorterThan } from '../../domain/request/stories/shortening.js';
import type { State } from '../../domain/request/state.js';
import { escalatedTo } from '../../domain/request/stories/escalating.js';
import { NotifyFault, type Redrawn, type RequestView } from '../../ports/messages.js';
import type { Candidate } from '../../ports/people.js';
import { decidersOf, namedTogether } from '../deciders.js';
import { candidatesOf, inForce } from '../facts.js';
import { standInsOf } from '../seats/stand-ins.js';
import { aboutRequester } from './about-requester.js';
import { SETTLED, type EffectOutcome, type EngineDeps, type OwedOf } from './effect.js';

/** A channel that is gone may come back when a person invites the bot; after this many tries that is unlikely. */
export const MOST_TRIES = 300;

/** Why a message could not be sent. */
export interface Unsent {
  code: string;
  permanent: boolean;
  /** When to try again. */
  later: number;
  unasked: NotifyFault['unasked'];
}

/** Sends it. A message that fails is said in the log, and never changes the request (invariant 10). */
export async function trySending<T>(
  { clock, log }: EngineDeps,
  { id }: Head,
  { effect, attempts }: OwedOf<Effect['type']>,
  send: () => Promise<T>,
): Promise<{ sent: T } | Unsent> {
  try {
    return { sent: await send() };
  } catch (error) {
    const fault = error instanceof NotifyFault ? error : undefined;
    const code = fault?.code ?? (error instanceof Error ? error.name : 'unknown fault');
    log.warn({ request: id, effect, attempts, code }, 'a message could not be sent');
    return {
      code,
      permanent: fault?.permanent ?? false,
      later: clock.now() + (fault?.retryAfter ?? backOff(attempts)),
      unasked: fault?.unasked,
    };
  }
}

/** Draws messages, and keeps what could be drawn where not all could. */
export async function tryDrawing<T extends Redrawn>(
  deps: EngineDeps,
  head: Head,
  owed: OwedOf<Effect['type']>,
  draw: () => Promise<T>,
): Promise<{ drawn: T | undefined; unsent: Unsent | undefined }> {
  const come: { drawn?: T } = {};
  const result = await trySending(deps, head, owed, async () => {
    const { fault } = (come.drawn = await draw());
    if (fault) throw fault;
  });
  return { drawn: come.drawn, unsent: 'sent' in result ? undefined : result };
}

/** Whether an earlier try at it, or at another drawing of the same, may have landed. */
export function mayHaveLanded({ outbox }: Head, { id, effect, attempts }: OwedOf<Effect['type']>): boolean {
  return (
    attempts > 1 ||
    outbox.some((other) => other.id !== id && other.effect.type === effect.type && other.attempts > 0)
  );
}

/**
 * The request as people are shown it.
 * @param readers `approvers` are shown besides what they may want to know of the requester
 */
export async function viewOf(
  deps: EngineDeps,
  head: Head,
  readers: 'requester' | 'approvers' = 'requester',
): Promise<RequestView> {
  const { posts, unasked } = head;
  const bundle = deps.bundle();
  const state = inForce(head.state, bundle);
  const endsAlone = deps.kinds.find(({ name }) => name === state.grant.kind)?.endsAlone;
  const stage = state.status === 'pending' ? openStage(state) : undefined;
  const open = stage !== undefined;
  const isForApprovers = open && readers === 'approvers';
  const [asked, about, deciders] = await Promise.all([
    // The card is of use without the names of those who are asked.
    open ? candidatesOf(deps, state).then((found) => found.asked, nobody) : {},
    isForApprovers ? aboutRequester(deps, state) : undefined,
    isForApprovers ? decidersOf(deps, state).catch(() => undefined) : undefined,
  ]);
  const offered = bundle.entitlements.get(state.entitlement.id)?.durations ?? [];
  const canShorten = open ? shorterThan(state.duration, offered).length > 0 : undefined;
  const escalated = open ? await whoCameIn(deps, state) : undefined;
  const standIns = open ? await standInsOf(deps, head.state, asked).catch(() => undefined) : undefined;
  const decidersChanged =
    stage && deciders && posts[stage.name] && namedTogether(deciders) !== posts[stage.name]?.deciders;
  const more = {
    unasked,
    standIns,
    about,
    deciders,
    decidersChanged,
    endsAlone,
    canShorten,
    escalatedTo: escalated,
  };
  return { state, posts, ...defined(more), asked };
}

/** The people of the groups to which stages were escalated; undefined where none was, or it is not known. */
async function whoCameIn(
  { directory }: EngineDeps,
  { escalated = [] }: State,
): Promise<Record<string, Candidate[]> | undefined> {
  if (escalated.length === 0) return undefined;
  const stages = [...new Set(escalated.map(({ stage }) => stage))];
  const found = stages.map(async (stage) => {
    const { people } = await directory.members(escalatedTo({ escalated }, stage));
    return [stage, people] as const;
  });
  return Promise.all(found).then(Object.fromEntries, () => undefined);
}

const nobody = (): Record<string, Candidate[]> => ({});

/** Sends it. If it fails it stays owed, until it has been tried so often or cannot be sent at all. */
export async function sendOrPutOff(
  deps: EngineDeps,
  head: Head,
  owed: OwedOf<Effect['type']>,
  most: number,
  send: () => Promise<void>,
): Promise<EffectOutcome> {
  const result = await trySending(deps, head, owed, send);
  if ('sent' in result || result.permanent || owed.attempts > most) return SETTLED;
  const { later } = result;
  return { keep: () => ({ outbox: (outbox) => putOff(outbox, owed.id, later, later) }) };
}
