import type { Config } from '../../config.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { channelsOf } from '../../slack/delivery/card-places.js';
import type { Ailment, Ailments } from './ailments.js';
import type { App } from './app.js';
import type { SweepStatus } from './sweeps.js';
import { sharedAnswers } from '../../kit/shared-answers.js';

/** How old what is said may be: many who ask at once cause one look at the table. */
const FRESH: Millis = 5_000;

/** What its health is told by. */
export interface Vitals extends Pick<App, 'ailments' | 'fault' | 'lostGroups'> {
  policies: Pick<App['policies'], 'status' | 'bundle'>;
  feed: Pick<App['feed'], 'status'>;
  store: Pick<App['store'], 'ping'>;
  sweep: () => SweepStatus;
}

/**
 * How the process is. `ok` is false only where it cannot do its own work, since whatever supervises it then starts
 * another; what is amiss outside would be so for that one too, and is named with since when. Ids and codes only: anybody
 * may ask.
 */
export async function healthOf(vitals: Vitals, config: Pick<Config, 'store'>) {
  const { ailments, store, fault } = vitals;
  const table = await store.ping().then(
    () => 'usable',
    (error: unknown) => (error instanceof Error ? error.name : 'unusable'),
  );
  note(ailments, 'table', table === 'usable' ? undefined : table);
  lookAround(vitals);
  const policies = vitals.policies.status();
  const feed = vitals.feed.status();
  const sweep = vitals.sweep();
  return {
    ok: table === 'usable' && sweep.fresh && fault() === undefined,
    ailing: all(vitals).map(({ what, since, code }) => ({
      what,
      ...(code !== undefined && { code }),
      since: iso(since),
    })),
    store: { kind: config.store, table },
    stream: { running: feed.running, ...(feed.lagMs !== undefined && { lagMs: feed.lagMs }) },
    sweep: { lastAt: sweep.lastAt === undefined ? null : iso(sweep.lastAt), fresh: sweep.fresh },
    bundle: policies.hash,
    policies: {
      source: policies.source,
      loadedAt: iso(policies.loadedAt),
      refused: policies.problems.length,
      ...(policies.unreachable && { unreachableSince: iso(policies.unreachable.since) }),
      ...(policies.waiting && { forbidsGone: policies.waiting.gone }),
      ...(policies.standIn && { standIn: policies.standIn }),
    },
  };
}

/** Looks at what does not say of itself since when it fails; at each sweep, so that this is known to the minute. */
export function lookAround({ ailments, policies, feed, fault }: Vitals): void {
  const { running, problem } = feed.status();
  note(ailments, 'stream', running ? problem && 'not read' : 'stopped');
  note(ailments, 'policies', policies.status().problems.length > 0 ? 'refused' : undefined);
  note(ailments, 'cedar', fault() === undefined ? undefined : 'trapped');
}

function note(ailments: Ailments, what: string, code: string | undefined): void {
  if (code === undefined) ailments.works(what);
  else ailments.fails(what, code);
}

function all({ ailments, policies, ...vitals }: Vitals): Ailment[] {
  const { none, unreachable, waiting, standIn, loadedAt } = policies.status();
  const named = none ? undefined : channelsOf(policies.bundle());
  // A channel that the policy folder no longer names does not matter.
  const current = ailments.all().filter(({ what }) => {
    const [, channel] = /^channel (.+)$/.exec(what) ?? [];
    return channel === undefined || !named || named.has(channel);
  });
  const { fresh, since } = vitals.sweep();
  return [
    ...(fresh ? [] : [{ what: 'sweep', code: 'late', since }]),
    ...current,
    ...(none ? [{ what: 'policies', code: 'none', since: none.since }] : []),
    ...(unreachable ? [{ what: 'policies', code: 'unreachable', since: unreachable.since }] : []),
    ...(waiting ? [{ what: 'policies', code: 'forbid-gone', since: waiting.since }] : []),
    ...(standIn ? [{ what: 'policies', code: 'stand-in', since: loadedAt }] : []),
    ...vitals.lostGroups().map(({ name, lasting, since }) => ({
      what: `group ${name}`,
      code: lasting ? 'not there' : 'unknown',
      since,
    })),
  ];
}

const iso = (at: Instant): string => new Date(at).toISOString();

/** The same answer for all who ask within five seconds; a look that fails is not remembered. */
export function shared<T>(look: () => Promise<T>, now: () => Instant): () => Promise<T> {
  const answer = sharedAnswers<void, T>(look, { now, lasts: FRESH });
  return () => answer();
}
