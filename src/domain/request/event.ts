import type { AskingEvent } from './stories/asking.js';
import type { CheckingEvent } from './stories/checking.js';
import type { ClosingEvent } from './stories/closing.js';
import type { ConfirmingEvent } from './stories/confirming.js';
import type { EndingEvent } from './stories/ending.js';
import type { MakingEvent } from './stories/making.js';
import type { UsingEvent } from './stories/using.js';
import type { VotingEvent } from './stories/voting.js';

/** One fact about one request, past tense. */
export type Event =
  | AskingEvent
  | CheckingEvent
  | VotingEvent
  | ConfirmingEvent
  | MakingEvent
  | UsingEvent
  | EndingEvent
  | ClosingEvent;
