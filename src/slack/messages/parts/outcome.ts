import { openStage } from '../../../domain/chain.js';
import { isGone, type DirectoryConfig } from '../../../domain/directory.js';
import type { Closed, Outcome, State } from '../../../domain/request/state.js';
import { spelled } from '../../../words/english.js';
import { doer, inPlaceOf } from '../../../words/pen.js';
import { whyLapsed } from '../../../words/state.js';
import { goneText } from '../chain.js';
import { pen, when } from '../mrkdwn.js';
import { stageName } from '../phrases.js';

type Endings = { [S in State as S['status']]: (state: S, directory: DirectoryConfig) => string };

/** Where a request stands, as the end of a line. */
const ENDINGS: Endings = {
  pending(state, directory) {
    if (!state.checked) return 'being checked';
    const open = openStage(state);
    if (open && isGone(open, directory)) return `nobody can decide: ${goneText(open)}`;
    if (open) return `waiting for ${stageName(open, directory)}`;
    return state.startsAt === undefined
      ? 'one last check is running'
      : `approved; begins ${when(state.startsAt)}`;
  },
  approved: () => 'being set up',
  active: ({ lease }) => `until ${when(lease.endsAt)}`,
  ending: ({ cause }) => (cause === 'failed' ? 'could not be set up' : 'ending'),
  closed: (state) => CLOSED[state.outcome](state),
};

const CLOSED: Record<Outcome, (state: Closed) => string> = {
  denied: (state) => `denied${byWhom(state)}`,
  cancelled: () => 'cancelled',
  lapsed: whyLapsed,
  failed: () => 'could not be set up',
  expired: ({ lease, closedAt }) => `ended on time, ${when(lease?.endsAt ?? closedAt)}`,
  released: (state) => `handed back${goneAfter(state)}`,
  revoked: (state) => `taken back${byWhom(state)}${goneAfter(state)}`,
};

export function outcomeOf(state: State, directory: DirectoryConfig): string {
  const say: (state: never, directory: DirectoryConfig) => string = ENDINGS[state.status];
  return say(state as never, directory);
}

function byWhom({ by, delegatedBy }: Closed): string {
  return by ? ` by ${doer(by, pen)}${inPlaceOf(delegatedBy, pen)}` : '';
}

/** How long it lived: until jit saw that it was gone, which can be later than the word was given. */
function goneAfter({ lease, closedAt }: Closed): string {
  return lease ? `, gone after ${spelled(Math.max(0, closedAt - lease.startsAt))}` : '';
}
