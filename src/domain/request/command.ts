import type { Tick } from './due.js';
import type { AskingCommand } from './stories/asking.js';
import type { CheckingCommand } from './stories/checking.js';
import type { ClosingCommand } from './stories/closing.js';
import type { ConfirmingCommand } from './stories/confirming.js';
import type { EndingCommand } from './stories/ending.js';
import type { MakingCommand } from './stories/making.js';
import type { UsingCommand } from './stories/using.js';
import type { VotingCommand } from './stories/voting.js';

/** What people may cause, and what the engine and the clock report. */
export type Command =
  | AskingCommand
  | CheckingCommand
  | VotingCommand
  | ConfirmingCommand
  | MakingCommand
  | UsingCommand
  | EndingCommand
  | ClosingCommand
  | Tick;
