import type { OnCallSource } from '../../domain/directory.js';
import { canonical, type Instant, type Millis } from '../../domain/entitlement.js';
import { sharedAnswers } from '../../kit/shared-answers.js';
import type { OnCall } from '../../ports/policy.js';
import { addressesIn, LIST, USERS } from './emails.js';
import { read, readText } from './fetch.js';
import { calendarIn } from './ical.js';

const FRESH: Millis = 60_000;
/** So many sources are remembered: directory.yml names a handful. */
const MOST = 100;
const MOMENT: Millis = 1_000;

/** A calendar is worked out for this time before and after it is read: what is asked about is always about now. */
const NEAR: Millis = 15 * 60_000;

interface Asked {
  source: OnCallSource;
  timezone: string;
}
/** Whether a person is on call at a time, or why that cannot be known. */
type Rota = (email: string, at: Instant) => boolean | string;

/**
 * Asks calendars, lists and PagerDuty who is on call; an answer is good for a minute, a failure only for those
 * who wait for it.
 * @param deps.pagerDutyToken a read-only API key; undefined: none is configured. What it throws is told to people
 */
export function onCallFrom(deps: {
  now: () => Instant;
  pagerDutyToken: () => Promise<string | undefined>;
}): OnCall {
  const { now, pagerDutyToken: token } = deps;
  const rotaOf = sharedAnswers(look, {
    now,
    key: canonical,
    most: MOST,
    lasts: FRESH,
    keep: (rota) => typeof rota !== 'string',
  });

  return async (source, { email, at, timezone }) => {
    const rota = await rotaOf({ source, timezone });
    return typeof rota === 'string' ? rota : rota(email, at);
  };

  async function look({ source, timezone }: Asked): Promise<Rota | string> {
    const at = now();
    if ('ical' in source) return calendar(source.ical, { now: at, timezone });
    if ('http' in source) {
      const of = {
        name: 'the on-call list',
        shape: LIST,
        otherwise: 'is not a JSON list of e-mail addresses',
      };
      return listed(of, source.http, { accept: 'application/json' });
    }
    const key = await token().catch((error: Error) => error);
    // It names no value, and says what to do.
    if (key instanceof Error) return `the key for PagerDuty cannot be read: ${key.message}`;
    if (key === undefined)
      return 'the key for PagerDuty is missing; set PAGERDUTY_TOKEN or PAGERDUTY_TOKEN_PARAMETER';
    const { schedule, apiUrl } = source.pagerduty;
    const url = new URL(`schedules/${encodeURIComponent(schedule)}/users`, apiUrl);
    // Whom the schedule has on call within this second.
    url.searchParams.set('since', new Date(at).toISOString());
    url.searchParams.set('until', new Date(at + MOMENT).toISOString());
    const of = { name: 'PagerDuty', shape: USERS, otherwise: 'did not answer with a list of users' };
    return listed(of, url, {
      accept: 'application/vnd.pagerduty+json;version=2',
      authorization: `Token token=${key}`,
    });
  }
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
    if (at < span.from || at >= span.to) return 'the on-call calendar was read for another time';
    const theirs = found.filter(({ from, to, emails }) => from <= at && at < to && emails.has(email));
    if (theirs.some(({ why }) => why === undefined)) return true;
    const [doubt] = theirs;
    return doubt ? `the on-call calendar has an event of theirs ${doubt.why}` : false;
  };
}

/** @param of.otherwise what to say of an answer that has another shape */
async function listed(
  of: { name: string; shape: Parameters<typeof addressesIn>[1]; otherwise: string },
  ...from: Parameters<typeof readText>
): Promise<Rota | string> {
  const answer = await readText(...from);
  if ('why' in answer) return `${of.name} ${answer.why}`;
  const people = addressesIn(answer.text, of.shape);
  return people ? (email) => people.has(email) : `${of.name} ${of.otherwise}`;
}
