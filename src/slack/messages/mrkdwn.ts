import type { Instant } from '../../domain/entitlement.js';
import { LINE_BREAK } from '../../domain/request/text.js';
import type { Candidate } from '../../ports/people.js';
import type { Pen } from '../../words/pen.js';

// Danger: bidirectional controls make a text read differently from what it says. The others are of no use in a message.
// eslint-disable-next-line no-control-regex
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const SLACK_USER = /^[UW]\w{1,30}$/;

/** Free text without characters that deceive the eye or break encoders, and with one kind of line break. */
export function clean(text: string): string {
  return text.replace(LINE_BREAK, '\n').replace(INVISIBLE, '').replace(LONE_SURROGATE, '\ufffd');
}

/** For mrkdwn: nothing in the result can be a mention, a link or a date. Cut afterwards, never before. */
export function escape(text: string): string {
  return clean(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Shortens to `max` UTF-16 units, never within an entity or a surrogate pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = text
    .slice(0, max - 1)
    .replace(/&[a-z]{0,3}$/, '')
    .replace(/[\ud800-\udbff]$/, '');
  return `${head}…`;
}

/** Free text for mrkdwn, escaped first and then cut. */
export function free(text: string, max: number): string {
  return cut(escape(text), max);
}

/** The same in one line: where a second line could pose as ours. */
export function line(text: string, max: number): string {
  return free(clean(text).replaceAll('\n', ' '), max);
}

/** Free text as a quotation, every line of it marked: none of its lines can pose as one of ours. */
export function quote(text: string, max: number): string {
  const lines = clean(text)
    .split('\n')
    .map((line) => `>${escape(line)}`)
    .join('\n');
  return cut(lines, max);
}

/** One line in code style. */
export function code(text: string): string {
  return `\`${free(clean(text).replace(/[`\n]/g, ' '), 200)}\``;
}

/** The instant in each reader's own time zone; where Slack cannot, in UTC. */
export function when(at: Instant): string {
  return date(at, '{date_short_pretty} {time}', 16);
}

/** The same, and how long that is from when it is read: `today 11:00 (in 43 minutes)`. */
export function whenAndHowLong(at: Instant): string {
  return date(at, '{date_short_pretty} {time} ({ago})', 16);
}

/** The same to the second. */
export function whenExactly(at: Instant): string {
  return date(at, '{date_short_pretty} {time_secs}', 19);
}

/** The day, in each reader's own time zone. */
export function day(at: Instant): string {
  return date(at, '{date_short}', 10);
}

function date(at: Instant, format: string, length: number): string {
  const text = new Date(at).toISOString().slice(0, length).replace('T', ' ');
  const iso = length > 10 ? `${text} UTC` : text;
  return `<!date^${Math.floor(at / 1000)}^${format}|${iso}>`;
}

/** A mention, or the e-mail address of a person whom Slack does not know. */
export function mention({ account, email }: Candidate): string {
  return account?.provider === 'slack' && SLACK_USER.test(account.id) ? `<@${account.id}>` : free(email, 120);
}

/** What our sentences need to be written as mrkdwn. */
export const pen: Pen = {
  free,
  quote,
  name: (text) => free(text, 150),
  code,
  person: mention,
  instant: when,
};
