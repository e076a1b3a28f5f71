import type { DirectoryConfig } from '../../domain/directory.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { State } from '../../domain/request/state.js';
import { spelled } from '../../words/english.js';
import { clean, cut } from './mrkdwn.js';

/** A dialog of Slack's takes no more (composition object `confirm`, `text`). */
const LONGEST = 300;
/** Of a description, less says nothing. */
const SHORTEST = 20;

/**
 * Who gets what, where, and until when at the latest: what an approver reads once more where a slip of the thumb would
 * cost a lot. Plain text, not escaped, at most 300 characters. Access begins with the last approval, or at the start that
 * was asked for, and before the request lapses: no earlier end would be true whenever this is read.
 * @param upTo where the approver has yet to choose for how long: the longest that they can choose
 */
export function whatItAmountsTo(
  { requester, entitlement, duration, startsAt, lapsesAt }: State,
  { accountNames = {}, timezone }: DirectoryConfig,
  upTo?: Millis,
): string {
  const { account, name, description } = entitlement;
  const called = Object.hasOwn(accountNames, account) ? accountNames[account] : undefined;
  const where = called === undefined ? account : `${short(called, 40)} (${account})`;
  const long = upTo === undefined ? spelled(duration) : `at most ${spelled(upTo)}`;
  const end = time(lapsesAt + (upTo ?? duration), timezone);
  const who = `${short(requester.email, 60)} gets ${short(name, 50)} in account ${where}`;
  const from = startsAt === undefined ? 'the last approval' : `${time(startsAt, timezone)} on`;
  const until = `It lasts ${long} from ${from}, until ${end} at the latest.`;
  const left = LONGEST - who.length - until.length - ': . '.length;
  const about = left < SHORTEST ? '' : `: ${short(description, left).replace(/\.$/, '')}`;
  return `${who}${about}. ${until}`;
}

function short(text: string, most: number): string {
  return cut(clean(text).replaceAll('\n', ' '), most);
}

/** `20 Nov, 19:00 (Europe/Berlin)`: a dialog has no dates that Slack would show in the reader's own zone. */
function time(at: Instant, timeZone: string): string {
  const parts = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  const shown = new Intl.DateTimeFormat('en-GB', { ...parts, hourCycle: 'h23', timeZone }).format(at);
  return `${shown} (${timeZone})`;
}
