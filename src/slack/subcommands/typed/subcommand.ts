import type { Actor } from '../../../ports/people.js';
import type { Desk } from '../../acts/handler-context.js';
import type { Message } from '../../messages/blocks.js';

/** What a person typed after the command. */
export interface TypedCommand {
  actor: Actor;
  /** The words after the subcommand's name, of a request all of them; as they were typed. */
  words: string[];
  triggerId: string;
  seen: string;
}

export interface Subcommand {
  /** Empty for the one that runs without a name. */
  name: string;
  /** What may follow the name. */
  usage: string;
  summary: string;
  /** @returns what to tell the person, for their eyes only; undefined when a modal says it */
  run(ask: TypedCommand, desk: Desk): Promise<Message | undefined>;
}
