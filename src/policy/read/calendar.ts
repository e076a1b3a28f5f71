import * as z from 'zod';
import type { DirectoryConfig, OnCallSource } from '../../domain/directory.js';
import type { Reading } from './sections.js';
import * as s from './shapes.js';
import { fit } from './source.js';
import { unknown } from './suggest.js';

export const businessHours = s
  .object(
    {
      days: s
        .list(s.whole(1, 7), 'a list of weekdays, 1 (Monday) to 7')
        .refine(({ length }) => length > 0, 'write at least one weekday')
        .default([1, 2, 3, 4, 5]),
      from: s.whole(0, 23),
      to: s.whole(1, 24),
      holidays: s.list(s.day, 'a list of days such as "2026-12-25"').default([]),
    },
    'days:, from: and to:',
  )
  .superRefine(({ from, to }, context) => {
    const message = `is not after from; write an hour above ${from}`;
    if (from >= to) context.addIssue({ code: 'custom', path: ['to'], message });
  });

const ONE = 'exactly one of ical: <URL>, http: <URL> and pagerduty: { schedule: <id> }';
const kinds = {
  ical: s.secureUrl.optional(),
  http: s.secureUrl.optional(),
  pagerduty: s
    .object(
      { schedule: s.schedule, apiUrl: s.secureUrl.default('https://api.pagerduty.com/') },
      'schedule: <id>',
    )
    .optional(),
};
type Kinds = z.infer<z.ZodObject<typeof kinds>>;

function oneOf({ ical, http, pagerduty }: Kinds, context: z.RefinementCtx): OnCallSource {
  const written = [ical && { ical }, http && { http }, pagerduty && { pagerduty }];
  const [found, ...more] = written.filter((one) => typeof one === 'object');
  if (found && more.length === 0) return found;
  // One mistake is one message: an unknown key has its own.
  if (context.issues.length === 0) context.addIssue({ code: 'custom', message: `write ${ONE}` });
  return z.NEVER;
}

const rota = s.object(kinds, ONE).transform(oneOf);
const rotas = s
  .object({ ...kinds, groups: s.mapping('a mapping of groups').nullish() }, ONE)
  .transform(({ groups, ...own }, context) =>
    Object.keys(groups ?? {}).length > 0 && Object.keys(own).length === 0
      ? {}
      : { everything: oneOf(own, context) },
  );

/** Where it stands who is on call: for everything, and for what a group owns. */
export function readOnCall({ source, problems, say }: Reading): DirectoryConfig['onCall'] {
  if (!source.keys([]).includes('onCall')) return undefined;
  const top = fit(source, ['onCall'], rotas, problems);
  const known = source.keys(['groups']);
  const groups: Record<string, OnCallSource> = {};
  for (const name of source.keys(['onCall', 'groups'])) {
    const path = ['onCall', 'groups', name];
    if (!known.includes(name)) say(path, unknown('group', name, known));
    const found = fit(source, path, rota, problems);
    if (found) groups[name] = found;
  }
  return top && { ...top, groups };
}
