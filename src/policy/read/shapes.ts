import * as z from 'zod';
import { parseChain } from '../../domain/chain.js';
import { formatDuration, parseDuration } from '../../domain/duration.js';
import type { Millis } from '../../domain/entitlement.js';
import { FURTHEST_START } from '../../domain/lease.js';
import { emailOf } from '../../domain/email.js';
import { patternProblem } from './pattern.js';
import { nearest, unknown } from './suggest.js';

/** The pieces of which the shapes of the YAML files are made; each says what is wrong and what would be right. */

const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 80) ?? 'nothing';

/** What stands there is not of the type that is wanted, or nothing stands there. */
const wants =
  (right: string) =>
  ({ input }: { input?: unknown }) => {
    const wrong = input === undefined || input === null ? 'is missing' : `${shown(input)} is not right`;
    return `${wrong}; write ${right}`;
  };

/** A text of which `read` makes a value, or undefined when it is none. */
function reads<T>(read: (text: string) => T | undefined, right: string, wrong?: (text: string) => string) {
  return z.string({ error: wants(right) }).transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    const message = `${shown(text)} ${wrong?.(text) ?? 'is not right'}; write ${right}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

const only = (fits: (text: string) => boolean) => (text: string) => (fits(text) ? text : undefined);
const matching = (pattern: RegExp) => only((text) => pattern.test(text));

/** Checks a name, or each of a list. @param wrong what is wrong with one, as a sentence; undefined: nothing */
export const check =
  (wrong: (name: string) => string | undefined) =>
  (written: string | string[], context: z.RefinementCtx): void => {
    for (const name of [written].flat()) {
      const message = wrong(name);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }
  };

/** For `check`: a name that is not known. */
export const among = (what: string, known: readonly string[]) => (name: string) =>
  known.includes(name) ? undefined : unknown(what, name, known);

export const text = (right: string) => reads((value) => (value.trim() === '' ? undefined : value), right);

const durationTo = (most: string, example: string, longest?: Millis) =>
  reads(
    (written) => parseDuration(written, longest),
    `a duration from 1m to ${most}, such as ${example}`,
    (written) => {
      if (!/^(?:\d+d)?(?:\d+h)?(?:\d+m)?$/.test(written) || written === '') return 'is not a duration';
      return /[1-9]/.test(written) ? `is longer than ${most}` : 'is shorter than 1m';
    },
  );
export const duration = durationTo('7d', '1h30m');
export const startWithin = durationTo(formatDuration(FURTHEST_START), '3d', FURTHEST_START);

/** Lower case, as policy sees people. */
export const email = reads((it) => (isEmail(it) ? emailOf(it) : undefined), 'an e-mail address');

export function isEmail(written: string): boolean {
  return written.length <= 254 && /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(written);
}

export const ACCOUNT = /^\d{12}$/;
export const account = reads(matching(ACCOUNT), 'the 12 digits of an AWS account, in quotes');

export const channel = reads(matching(/^[^\s#@]+$/), "a Slack channel's id, such as C0ACCESS");
export const usergroup = reads(matching(/^[^\s#@]+$/), "a Slack user group's id, such as S0ENG");

/**
 * A name that policies use as an entity's id. Trimmed, so that an id of ours that begins with a space is never taken;
 * not a member of every JavaScript object, so that looking it up never finds one.
 */
export function isName(name: string): boolean {
  return /^[^\s\p{C}](?:[^\p{C}]{0,98}[^\s\p{C}])?$/u.test(name) && !(name in {});
}
export const name = reads(only(isName), 'a name, without stray spaces');

export const timezone = reads(only(isTimezone), 'an IANA time zone, such as Europe/Berlin', (zone) => {
  const near = nearest(zone, Intl.supportedValuesOf('timeZone'));
  return near === undefined ? 'is not a time zone' : `is not a time zone (did you mean ${near}?)`;
});

function isTimezone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const pattern = reads(
  only((written) => patternProblem(written) === undefined),
  'a pattern such as [A-Z]+-[0-9]+',
  (written) => patternProblem(written) ?? '',
);

export const instant = reads((written) => {
  const at = /^\d{4}-\d\d-\d\dT.+(?:Z|[+-]\d\d:\d\d)$/.test(written) ? Date.parse(written) : NaN;
  return Number.isNaN(at) ? undefined : at;
}, 'an instant such as 2026-11-20T10:00:00Z');

/** Part of a URL's path. */
export const schedule = reads(matching(/^[A-Za-z0-9]{1,32}$/), "a schedule's id, such as PABC123");

/** A day of the calendar, that exists. */
export const day = z.iso.date({ error: wants('a day such as 2026-12-25') });

/** https, or http to this machine alone: what stands behind it decides. */
export const secureUrl = reads(only(isSecure), 'a URL that begins with https:// and has no user name in it');

function isSecure(written: string): boolean {
  if (!URL.canParse(written)) return false;
  const { protocol, hostname, username, password } = new URL(written);
  const here = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  return (protocol === 'https:' || (protocol === 'http:' && here)) && username === '' && password === '';
}

export const yes = (right: string) => z.literal(true, { error: wants(right) });
export const flag = z.boolean({ error: wants('true or false') });
export const whole = (min: number, max: number) => {
  const error = wants(`a whole number from ${min} to ${max}`);
  return z.int({ error }).min(min, { error }).max(max, { error });
};
export const oneOf = <const T extends readonly string[]>(...values: T) =>
  z.enum(values, { error: wants(values.join(', ').replace(/, (?=[^,]*$)/, ' or ')) });

export const list = <T>(item: z.ZodType<T>, right: string) => z.array(item, { error: wants(right) });

const STAGES = 'a list such as [manager, 2 of security]';
/** A chain, written as a list of its stages. */
export const chain = list(text('a stage'), STAGES).transform((stages, context) => {
  const read = parseChain(stages.join(', ') || 'auto');
  if (typeof read !== 'string') return read;
  context.addIssue({ code: 'custom', message: `${read}; write ${STAGES}` });
  return z.NEVER;
});

/** A mapping of which a reader checks the entries one by one. */
export const mapping = (right: string) => z.looseObject({}, { error: wants(right) });

/** A mapping with these keys and no others. */
export function object<T extends z.ZodRawShape>(shape: T, right: string) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : wants(right)(issue)),
  });
}
