import { TZDate } from '@date-fns/tz';
import { getHours } from 'date-fns/getHours';
import { getISODay } from 'date-fns/getISODay';
import { cedarTime } from '../cedar/values.js';
import type { ContextInput } from './input.js';

/** The instant, and the wall clock of the directory's timezone: ISO weekday 1–7, hour 0–23. */
export const time: ContextInput = ({ at, clockAt = at }, { timezone }) => {
  const local = new TZDate(clockAt, timezone);
  return { now: cedarTime(at), weekday: getISODay(local), hour: getHours(local) };
};
