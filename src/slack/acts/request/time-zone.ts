import type { Instant } from '../../../domain/entitlement.js';
import type { Desk } from '../handler-context.js';

/** The person's own time zone; directory.yml's where Slack does not give it. */
export async function zoneOf(user: string, { slack, bundle, log }: Desk): Promise<string> {
  try {
    const zone = (await slack.users.info({ user })).user?.tz;
    if (zone !== undefined && isZone(zone)) return zone;
  } catch (error) {
    log.warn({ err: error }, 'Slack does not say in which time zone somebody is');
  }
  return bundle().directory.timezone;
}

/** Whether this machine knows the zone. */
function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const SHOWN = {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
} as const;

/** `Friday 20 November 2026 at 18:00 (Europe/Berlin)`. */
export function inFull(at: Instant, timeZone: string): string {
  const shown = new Intl.DateTimeFormat('en-GB', { ...SHOWN, timeZone }).formatToParts(at);
  const { weekday, day, month, year, hour, minute } = Object.fromEntries(
    shown.map(({ type, value }) => [type, value]),
  );
  return `${weekday} ${day} ${month} ${year} at ${hour}:${minute} (${timeZone})`;
}
