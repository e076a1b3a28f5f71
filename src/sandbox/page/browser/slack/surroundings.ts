import { createContext } from 'preact';
import type { ChannelView, PagePerson } from '../../model/model.js';
import type { DateReading } from './text/date.js';
import type { Field, Value } from './form/values.js';

/** What mentions, dates and lists of people are drawn from. */
export interface Surroundings {
  people: PagePerson[];
  channels: ChannelView[];
  usergroups: { id: string; handle: string }[];
  reading: DateReading;
}
export const Around = createContext<Surroundings>({
  people: [],
  channels: [],
  usergroups: [],
  reading: { now: 0 },
});

/** The message or modal in which a block stands, and what can be done with it. */
export interface Surface {
  /** Begins the ids of what is drawn in it. */
  id: string;
  /** Slack keeps fields of messages too; this page lets only those of modals be filled in. */
  frozen: boolean;
  click(action: string, value?: string): Promise<unknown>;
  shown(field: Field): Value;
  /** The words of a chosen option that only the bot can name. */
  words(field: Field): string;
  error(field: Field): string | undefined;
  /** Keeps it here; `leave` keeps it at the server. */
  type(field: Field, value: Value): void;
  leave(field: Field): void;
  /** Keeps it at the server at once; the bot hears of it where Slack would tell it. */
  pick(field: Field, value: Value): void;
  suggest(field: Field, query: string): Promise<{ text: string; value: string }[]>;
}
const none = () => undefined;
export const On = createContext<Surface>({
  id: '',
  frozen: true,
  click: async () => undefined,
  shown: () => null,
  words: () => '',
  error: none,
  type: none,
  leave: none,
  pick: none,
  suggest: async () => [],
});
