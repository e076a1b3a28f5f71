import type { OnCallSource } from '../../domain/directory.js';
import { canonical, type Instant, type Millis } from '../../domain/entitlement.js';
import { sharedAnswers } from '../../kit/shared-answers.js';
import type { OnCall } from '../../ports/policy.js';
import { readList, readUsers } from './emails.js';
import type { Shift } from './ical-event.js';
import { read, readText } from './fetch.js';
import { calendarIn } from './ical.js';

const FRESH: Millis = 60_000;
/** So many sources are remembered: directory.yml names a handful. */
const MOST = 100;
const MOMENT: Millis = 1_000;

/** A calendar is worked out for this time before and after it is read: what is asked about is always about now. */
const NEAR: Millis = 15 * 60_000;

/** Whether a person is on call at a time, or why that cannot be known. */
type Rota = (email: string, at: Instant) => boolean | string;

/**
 * Asks calendars, lists and PagerDuty who is on call; an answer is good for a minute, a failure for nobody but those
 * who wait for it.
 * @param deps.pagerDutyToken a read-only API key; undefined: none is configured
 */
export function onCallFrom(deps: {
  now: () => Instant;
  pagerDutyToken: () => Promise<string | undefined>;
}): OnCall {
  const { now, pagerDutyToken: token } = deps;
  const rotaOf = sharedAnswers(
    ({ source, timezone }: { source: OnCallSource; timezone: string }) =>
      look(source, { now: now(), timezone, token }),
    { now, key: canonical, most: MOST, lasts: FRESH, keep: (rota) => typeof rota !== 'string' },
  );

  return async (source, { email, at, timezone }) => {
    const rota = await rotaOf({ source, timezone });
    return typeof rota === 'string' ? rota : rota(email, at);
  };
}

async function look(
  source: OnCallSource,
  asked: { now: Instant; timezone: string; token: () => Promise<string | undefined> },
): Promise<Rota | string> {
  if ('ical' in source) return calendar(source.ical, asked);
  if ('http' in source) {
    const answer = await readText(source.http, { accept: 'application/json' });
    if ('why' in answer) return `the on-call list ${answer.why}`;
    const people = readList(answer.text);
    return people ? (email) => people.has(email) : 'the on-call list is not a JSON list of e-mail addresses';
  }
  const key = await asked.token();
  if (key === undefined) return 'the key for PagerDuty is missing; set PAGERDUTY_TOKEN';
  return pagerDuty(source.pagerduty, key, asked.now);
}

async function calendar(
  url: string,
  { now, timezone }: { now: Instant; timezone: string },
): Promise<Rota | string> {
  const answer = await read(url, { accept: 'text/calendar' });
  if ('why' in answer) return `the on-call calendar ${answer.why}`;
  const span = { from: now - NEAR, to: now + NEAR };
  const found = await calendarIn(answer.bytes, { timezone, span });
  if (typeof found === 'string') return `the on-call calendar cannot be read: ${found}`;
  return (email, at) => {
    const about = ({ from, to, emails }: Shift) => from <= at && at < to && emails.has(email);
    if (at < span.from || at >= span.to) return 'the on-call calendar was read for another time';
    if (found.shifts.some(about)) return true;
    const doubt = found.doubts.find(about);
    return doubt ? `the on-call calendar has an event of theirs ${doubt.why}` : false;
  };
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
  const answer = await readText(url, {
    accept: 'application/vnd.pagerduty+json;version=2',
    authorization: `Token token=${key}`,
  });
  if ('why' in answer) return `PagerDuty ${answer.why}`;
  const people = readUsers(answer.text);
  return people ? (email) => people.has(email) : 'PagerDuty did not answer with a list of users';
}
