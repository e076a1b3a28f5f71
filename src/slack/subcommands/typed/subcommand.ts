import type { Actor } from '../../../ports/people.js';
import type { Desk } from '../../acts/handler-context.js';
import type { Message } from '../../messages/blocks.js';

/** What somebody typed after the command. */
export interface Ask {
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
  /** @returns what to tell the person, and nobody else; undefined when a modal says it */
  run(ask: Ask, desk: Desk): Promise<Message | undefined>;
}
