import * as z from 'zod';
import type { BusinessHours, DirectoryConfig, OnCallSource } from '../../domain/directory.js';
import type { Reading } from './sections.js';
import * as s from './shapes.js';
import { fit, type Path } from './source.js';
import { suggest } from './suggest.js';

const hours = s.object(
  {
    days: s.list(s.whole(1, 7), 'a list of weekdays, 1 (Monday) to 7').default([1, 2, 3, 4, 5]),
    from: s.whole(0, 23),
    to: s.whole(1, 24),
    holidays: s.list(s.day, 'a list of days such as "2026-12-25"').default([]),
  },
  'days:, from: and to:',
);

export function readBusinessHours({ source, problems, say }: Reading): BusinessHours | undefined {
  const path = ['businessHours'];
  if (!source.keys([]).includes('businessHours')) return undefined;
  const found = fit(source, path, hours, problems);
  if (!found) return undefined;
  if (found.days.length === 0) say([...path, 'days'], 'write at least one weekday');
  if (found.from >= found.to) say([...path, 'to'], `is not after from; write an hour above ${found.from}`);
  return found;
}

const KINDS = ['ical', 'http', 'pagerduty'] as const;
const sourceKeys = {
  ical: s.secureUrl.optional(),
  http: s.secureUrl.optional(),
  pagerduty: s
    .object(
      { schedule: s.schedule, apiUrl: s.secureUrl.default('https://api.pagerduty.com/') },
      'schedule: <id>',
    )
    .optional(),
};
const ONE = 'exactly one of ical: <URL>, http: <URL> and pagerduty: { schedule: <id> }';
const rota = s.object(sourceKeys, ONE);
const rotas = s.object({ ...sourceKeys, groups: s.mapping('a mapping of groups').nullish() }, ONE);

/** Where it stands who is on call: for everything, and for what a group owns. */
export function readOnCall(reading: Reading): DirectoryConfig['onCall'] {
  const { source, problems, say } = reading;
  if (!source.keys([]).includes('onCall')) return undefined;
  const top = fit(source, ['onCall'], rotas, problems);
  const known = source.keys(['groups']);
  const groups: Record<string, OnCallSource> = {};
  const named = source.keys(['onCall', 'groups']);
  for (const name of named) {
    const path = ['onCall', 'groups', name];
    if (!known.includes(name)) say(path, `unknown group "${name}"; ${suggest(name, known, 'groups')}`);
    const found = fit(source, path, rota, problems);
    const one = found && oneOf(reading, path, found);
    if (one) groups[name] = one;
  }
  if (!top) return undefined;
  if (named.length > 0 && KINDS.every((kind) => top[kind] === undefined)) return { groups };
  const everything = oneOf(reading, ['onCall'], top);
  return everything && { everything, groups };
}

function oneOf({ say }: Reading, path: Path, found: z.infer<typeof rota>): OnCallSource | undefined {
  const { ical, http, pagerduty } = found;
  const written = KINDS.filter((kind) => found[kind] !== undefined);
  if (written.length !== 1) {
    say(path, `write ${ONE}`);
    return undefined;
  }
  if (ical !== undefined) return { ical };
  if (http !== undefined) return { http };
  return pagerduty && { pagerduty };
}
