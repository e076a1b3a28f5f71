export const DAY_MINUTES = 24 * 60;
export const WEEK_MINUTES = 7 * DAY_MINUTES;

/** The minutes of a week, from Monday on: 1 in those that count. */
export type Week = Uint8Array;

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The hours of a week, in words; empty: none. */
export function hoursOf(week: Week): string {
  const days = DAYS.map((_, day) => rangesOf(week.subarray(day * DAY_MINUTES, (day + 1) * DAY_MINUTES)));
  if (days.every((ranges) => ranges === '0–24')) return 'always';
  const parts: string[] = [];
  for (let day = 0; day < DAYS.length;) {
    const ranges = days[day]!;
    let to = day;
    while (to < 6 && days[to + 1] === ranges) to++;
    if (ranges !== '') parts.push(`${to === day ? DAYS[day]! : `${DAYS[day]!}–${DAYS[to]!}`} ${ranges}`);
    day = to + 1;
  }
  return parts.join(', ');
}

function rangesOf(day: Uint8Array): string {
  const ranges: string[] = [];
  for (let from = 0; from < DAY_MINUTES;) {
    if (day[from] === 0) {
      from++;
      continue;
    }
    let to = from;
    while (to < DAY_MINUTES && day[to] === 1) to++;
    ranges.push(`${clock(from)}–${clock(to)}`);
    from = to;
  }
  return ranges.join(' and ');
}

const clock = (minute: number) =>
  minute % 60 === 0 ? `${minute / 60}` : `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
