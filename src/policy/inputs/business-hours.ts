import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import { getHours } from 'date-fns/getHours';
import { getISODay } from 'date-fns/getISODay';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { Instant } from '../../domain/entitlement.js';

/** Whether people work at this instant, by the wall clock of the directory's timezone; undefined: it does not say when. */
export function inBusinessHours(
  at: Instant,
  { businessHours, timezone }: DirectoryConfig,
): boolean | undefined {
  if (!businessHours) return undefined;
  const { days, from, to, holidays } = businessHours;
  const local = new TZDate(at, timezone);
  const hour = getHours(local);
  return (
    hour >= from &&
    hour < to &&
    days.includes(getISODay(local)) &&
    !holidays.includes(format(local, 'yyyy-MM-dd'))
  );
}
