import type { RequestRow, PageSnapshot } from '../../../model/model.js';
import { isOpen } from '../../words.js';

/** Where on the page to look. */
export type TourPlace = 'slack' | 'as' | 'try' | 'clock' | 'record';

export interface TourStep {
  title: string;
  text: string;
  place: TourPlace;
}

/** The whole story of one request, in six. */
export const STEPS: readonly TourStep[] = [
  {
    title: 'Ask',
    text: 'Ana needs the orders database for an hour. As Ana, send this command, or let the button do it; then submit the form that opens.',
    place: 'slack',
  },
  {
    title: 'See who must agree',
    text: 'The policies have decided: Ana’s manager, then two of security. The record says which policy, from which inputs. Close the window in Slack when you have read it.',
    place: 'record',
  },
  {
    title: 'Approve as three people',
    text: 'Each finds a card with an Approve button where there are unread messages: first Bob, her manager, in jit’s direct message; then two of security, in their channel.',
    place: 'as',
  },
  {
    title: 'Use the access',
    text: 'As Ana, open a session with the button in jit’s direct message. Then try a call in the AWS panel.',
    place: 'try',
  },
  {
    title: 'Let the clock run',
    text: 'Go to the end of the access, and see the answer turn to Denied. Stop the bot first, if you like: it makes no difference.',
    place: 'clock',
  },
  {
    title: 'Read the record',
    text: 'Every step is on record, each tied to the one before by its hash. Nothing can be changed afterwards without showing. To try next: leave a request unanswered for an hour, or be Bob and type /jit away 3d.',
    place: 'record',
  },
];

export const LINE = '/jit orders-db-admin 1h Fixing a stuck order OPS-12';

/** How far somebody is. */
export interface TourProgress {
  step: number;
  /** When they began, by the sandbox's clock: requests from before are not the tour's. */
  since: number;
  /** AWS has said yes, or no after the end, to what was tried. */
  allowed?: boolean;
  denied?: boolean;
}

export function tourRequest(
  { requests }: Pick<PageSnapshot, 'requests'>,
  since: number,
): RequestRow | undefined {
  return requests
    .filter(({ requestedAt, entitlement }) => requestedAt >= since && entitlement === 'orders-db-admin')
    .toSorted((a, b) => a.requestedAt - b.requestedAt)
    .at(-1);
}

/** The step that comes now: whatever the snapshot shows as done lies behind. Never goes back. */
export function stepNow(progress: TourProgress, snapshot: Pick<PageSnapshot, 'requests' | 'clock'>): number {
  const row = tourRequest(snapshot, progress.since);
  const given = row?.endsAt !== undefined;
  const over = given && (!isOpen(row) || snapshot.clock.now >= row.endsAt!);
  let { step } = progress;
  if (step === 0 && row) step = 1;
  if (step < 3 && given) step = 3;
  if (step === 3 && (progress.allowed || over)) step = 4;
  if (step === 4 && over && progress.denied) step = 5;
  return step;
}

/** What was remembered, if it can be about this sandbox: its clock never goes back. */
export function remembered(text: string | null, now: number): TourProgress | 'done' | undefined {
  if (text === 'done') return 'done';
  try {
    const { step, since } = JSON.parse(text ?? '') as Partial<TourProgress>;
    if (typeof step !== 'number' || typeof since !== 'number' || since > now || !STEPS[step])
      return undefined;
    return { step, since };
  } catch {
    return undefined;
  }
}
