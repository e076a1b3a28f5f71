import type { OnCallSource } from '../domain/directory.js';
import { canonical, type Instant, type Millis } from '../domain/entitlement.js';
import type { OnCall } from '../ports.js';
import { readList, readUsers } from './emails.js';
import { read } from './fetch.js';
import { shiftsIn } from './ical.js';

const FRESH: Millis = 60_000;
const MOMENT: Millis = 1_000;

/** Who is on call at a time. */
type Rota = (at: Instant) => ReadonlySet<string>;

/**
 * Asks calendars, lists and PagerDuty who is on call; an answer is good for a minute, a failure for nobody but those
 * who wait for it.
 * @param deps.pagerDutyToken a read-only API key; undefined: none is configured
 */
export function onCallFrom(deps: {
  now: () => Instant;
  pagerDutyToken: () => Promise<string | undefined>;
}): OnCall {
  const known = new Map<string, { at: Instant; rota: Promise<Rota | string> }>();

  function rotaOf(source: OnCallSource): Promise<Rota | string> {
    const key = canonical(source);
    const now = deps.now();
    const kept = known.get(key);
    if (kept && Math.abs(now - kept.at) < FRESH) return kept.rota;
    const fresh = { at: now, rota: look(source, now, deps.pagerDutyToken) };
    for (const [other, { at }] of known) if (Math.abs(now - at) >= FRESH) known.delete(other);
    known.set(key, fresh);
    const forget = () => {
      if (known.get(key) === fresh) known.delete(key);
    };
    fresh.rota.then((rota) => typeof rota === 'string' && forget(), forget);
    return fresh.rota;
  }

  return async (source, { email, at }) => {
    const rota = await rotaOf(source);
    return typeof rota === 'string' ? rota : rota(at).has(email);
  };
}

async function look(
  source: OnCallSource,
  now: Instant,
  token: () => Promise<string | undefined>,
): Promise<Rota | string> {
  if ('ical' in source) return calendar(source.ical);
  if ('http' in source) {
    const answer = await read(source.http, { accept: 'application/json' });
    if ('why' in answer) return `the on-call list ${answer.why}`;
    const people = readList(answer.text);
    return people ? () => people : 'the on-call list is not a JSON list of e-mail addresses';
  }
  const key = await token();
  if (key === undefined) return 'there is no key for PagerDuty; set PAGERDUTY_TOKEN';
  return pagerDuty(source.pagerduty, key, now);
}

async function calendar(url: string): Promise<Rota | string> {
  const answer = await read(url, { accept: 'text/calendar' });
  if ('why' in answer) return `the on-call calendar ${answer.why}`;
  const shifts = shiftsIn(answer.text);
  if (typeof shifts === 'string') return `the on-call calendar cannot be read: ${shifts}`;
  return (at) =>
    new Set(shifts.flatMap(({ from, to, emails }) => (from <= at && at < to ? [...emails] : [])));
}

/** Everybody whom the schedule has on call within this second. */
async function pagerDuty(
  { schedule, apiUrl }: { schedule: string; apiUrl: string },
  key: string,
  now: Instant,
): Promise<Rota | string> {
  const url = new URL(`schedules/${encodeURIComponent(schedule)}/users`, apiUrl);
  url.searchParams.set('since', new Date(now).toISOString());
  url.searchParams.set('until', new Date(now + MOMENT).toISOString());
  const answer = await read(url, {
    accept: 'application/vnd.pagerduty+json;version=2',
    authorization: `Token token=${key}`,
  });
  if ('why' in answer) return `PagerDuty ${answer.why}`;
  const people = readUsers(answer.text);
  return people ? () => people : 'PagerDuty answered with something that is no list of users';
}
