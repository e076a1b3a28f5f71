import { TZDate } from '@date-fns/tz';
import { getHours, getISODay } from 'date-fns';
import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Instant } from '../../domain/entitlement.js';
import type { Input } from './index.js';

/** The instant, and the wall clock of the directory's timezone: ISO weekday 1–7, hour 0–23. */
export const time: Input = ({ at, clockAt = at }, { timezone }) => {
  const local = new TZDate(clockAt, timezone);
  return { now: cedarTime(at), weekday: getISODay(local), hour: getHours(local) };
};

export function cedarTime(at: Instant): CedarValueJson {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) throw new Error('the time is not an instant');
  return { __extn: { fn: 'datetime', arg: date.toISOString() } };
}
