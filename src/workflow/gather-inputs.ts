import type { Person } from '../domain/person.js';
import type { Entitlement, Instant, Millis } from '../domain/entitlement.js';
import type { Head } from '../domain/request/head.js';
import type { State } from '../domain/request/state.js';
import type { Bundle, GatheredInput, InputSources, OnCall } from '../ports/policy.js';
import type { InputValues } from '../domain/request/decision.js';
import type { RequestStore } from '../ports/record.js';
import { requestsOf } from './own-requests.js';
import type { Log } from '../kit/log.js';
import { OutOfTime, within } from '../kit/deadline.js';

/** Of all inputs together, so that the person has an answer within three seconds. */
export const INPUT_LIMIT: Millis = 2_000;
const LATE = `there was no answer within ${INPUT_LIMIT / 1000} s`;

export interface InputDeps {
  bundle: () => Bundle;
  store: Pick<RequestStore, 'byRequester' | 'openByRequester' | 'head'>;
  onCall: OnCall;
  log: Pick<Log, 'warn'>;
}

/** The requests of people without one: what exists is judged by what there is besides. */
export function withoutRequest(store: InputDeps['store'], id: string): InputDeps['store'] {
  const others = (heads: Head[]) => heads.filter((head) => head.id !== id);
  return {
    head: (of) => store.head(of),
    byRequester: async (...asked) => others(await store.byRequester(...asked)),
    openByRequester: async (...asked) => others(await store.openByRequester(...asked)),
  };
}

/** What the decision point is told of inputs, besides the ask. */
export interface LookedUp {
  given?: InputValues;
  failed?: Record<string, string>;
}

/**
 * Looks up what some policy of the bundle reads, all at once. Never throws: an input that fails, or is late, is named
 * with the reason, and the others stand.
 * @param entitlements those that will be asked about
 * @returns what to tell the decision point about each of them
 */
export async function gatherInputs(
  deps: InputDeps,
  person: Person,
  entitlements: readonly Entitlement[],
  at: Instant,
): Promise<(entitlement: Entitlement) => LookedUp> {
  const { inputs, directory } = deps.bundle();
  if (inputs.length === 0) return () => ({});
  const { email } = person;
  const { store, onCall } = deps;
  let requests: Promise<State[] | string> | undefined;
  const sources: InputSources = {
    directory,
    requests: () => (requests ??= countable(store, person, at)),
    isOnCall: onCall,
  };
  const answers = await Promise.all(
    inputs.map(async (input) => {
      const answer = await inTime(input.gather({ email, entitlements, at }, sources));
      if ('why' in answer) deps.log.warn({ input: input.name, ...answer }, 'an input could not be known');
      return { input, answer };
    }),
  );
  return (entitlement) => {
    const given: InputValues = {};
    const failed: Record<string, string> = {};
    for (const { input, answer } of answers) {
      const found = 'why' in answer ? answer.why : answer.about(entitlement);
      if (typeof found === 'string') failed[input.name] = found;
      else Object.assign(given, found);
    }
    return { given, failed };
  };
}

type About = Awaited<ReturnType<GatheredInput['gather']>>;

async function inTime(look: Promise<About>): Promise<{ about: About } | { why: string; err?: unknown }> {
  try {
    return { about: await within(INPUT_LIMIT, () => look) };
  } catch (err) {
    return err instanceof OutOfTime ? { why: LATE } : { why: 'it could not be looked up', err };
  }
}

/** Longer than a request can wait, for its start, and what was said of it counts: fourteen days and one, and an hour. */
const DAYS = 16;
const RECENTLY: Millis = DAYS * 24 * 3_600_000;
export const MOST_COUNTED = 300;

async function countable(store: InputDeps['store'], person: Person, at: Instant): Promise<State[] | string> {
  const { open, closed, missing } = await requestsOf(store, person, MOST_COUNTED);
  if (missing.length > 0) return 'a request in the list of requests has no record';
  if (open.length > MOST_COUNTED) return `there are more than ${MOST_COUNTED} requests that are not over`;
  const recent = closed.filter(({ requestedAt }) => requestedAt > at - RECENTLY);
  // Else a flood of requests would push older ones out of sight.
  if (recent.length >= MOST_COUNTED)
    return `there are more than ${MOST_COUNTED - 1} requests within ${DAYS} days`;
  return [...open, ...recent];
}
