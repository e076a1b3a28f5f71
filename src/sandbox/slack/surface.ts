import type { Instant, JsonObject, Millis } from '../../domain/entitlement.js';

/** What a workspace starts with. */
export interface SlackSetup {
  /** Milliseconds since the epoch: timestamps, `ts` and the life of a response_url come from here. */
  now: () => Instant;
  /**
   * Real time, in which a trigger_id lives: the bot is as fast as it is, however fast `now` runs.
   * Default: `performance.now`.
   */
  stopwatch?: () => Millis;
  signingSecret: string;
  team: { id: string; domain?: string; name?: string };
  /** The id of the Enterprise Grid for the whole of which the app is installed; then calls must name the workspace. */
  enterprise?: string;
  users: User[];
  usergroups?: SlackUsergroup[];
  channels?: Channel[];
  /** Default `xoxb-sandbox`; every Web API call must carry it. */
  botToken?: string;
  /** Default `xapp-sandbox`; `apps.connections.open` must carry it. */
  appToken?: string;
  /** When given, a method whose scope is not among them answers `missing_scope`. */
  scopes?: string[];
  /** Whether the app's manifest has a Home tab, shortcuts and `app_home_opened`; default true. */
  home?: boolean;
  /** Messages that one channel takes a second, and four at once, on the stopwatch; default: any number. */
  postsASecond?: number;
  /** Real time that the bot has for an answer; default 3,000 ms, as in Slack. */
  answerWithin?: Millis;
  /** Default: any free port on 127.0.0.1. */
  port?: number;
}

export interface User {
  id: string;
  /** Handle, without @. */
  name: string;
  realName?: string;
  email?: string | undefined;
  /** Their home workspace; another one than the served makes a stranger in a shared channel. Default: the served. */
  team?: string;
  /** Of an Enterprise Grid: all workspaces of which they are a member. */
  workspaces?: string[];
  /** What `users.info` leaves out, as Slack does at times: the home workspace, or that it is a stranger. */
  leavesOut?: ('team_id' | 'is_stranger')[];
  /** They have not opened the link in Slack's confirmation e-mail. */
  unconfirmed?: boolean;
  guest?: 'restricted' | 'ultra-restricted' | undefined;
  bot?: boolean;
  /** Deactivated. */
  deleted?: boolean;
  /** What their profile says they are. */
  title?: string;
  tz?: string;
  /** When their Do Not Disturb is on. */
  disturbNot?: [from: Instant, to: Instant] | undefined;
  /** The error with which Slack refuses a direct message of the bot to them: `messages_tab_disabled`, … */
  takesNoDms?: string | undefined;
}
export interface SlackUsergroup {
  id: string;
  /** Without @. */
  handle: string;
  /** Ids. */
  users: string[];
  disabled?: boolean;
}
export interface Channel {
  id: string;
  name: string;
  /** Ids of people; default: all. */
  members?: string[];
  /** Whether the bot is a member; default true. */
  bot?: boolean;
  private?: boolean;
  archived?: boolean;
}

/** A message as it stands now. Queries give copies: an old copy can be clicked like a card that was not redrawn. */
export interface PostedMessage {
  channel: string;
  ts: string;
  /** Who wrote it: the bot's user id. */
  user: string;
  text: string;
  blocks: JsonObject[];
  threadTs?: string;
  broadcast?: boolean;
  metadata?: JsonObject;
  /** `ts` of the last edit. */
  edited?: string;
  /** Present on ephemeral messages: the only reader. */
  to?: string;
}

/** A modal as it stands open before one person. */
export interface Modal {
  id: string;
  hash: string;
  user: string;
  /** As the bot sent it: title, blocks, callback_id, private_metadata, … with missing ids filled in. */
  view: JsonObject & { blocks: JsonObject[] };
  /** What has been entered: block_id → action_id → the value object that Slack would send. */
  values: Record<string, Record<string, JsonObject>>;
  /** Under which field what is wrong, from the last submission. */
  errors: Record<string, string>;
  rootId: string;
  previousId?: string;
}

/** A request of Slack's to the bot, to be sent as it is, altered, or again. */
export interface Delivery {
  body: string;
  contentType: string;
  /** Epoch seconds. */
  timestamp: string;
  signature: string;
}
export interface BotAnswer {
  /** HTTP status; 200 for an acknowledgement over Socket Mode; 0 when there was no answer or nothing was sent. */
  status: number;
  /** Real time until the answer. */
  ms: Millis;
  body: string;
  /** Absent when the client itself stopped the person before anything was sent. */
  delivery?: Delivery;
  /** Slack's name for what went wrong, when the person was shown a failure. */
  failure?: string;
}
/** What a person was shown instead of an effect. */
export interface Failure {
  user: string;
  at: Instant;
  ms: Millis;
  what: 'command' | 'click' | 'submit' | 'close' | 'suggest' | 'shortcut';
  /** `operation_timeout`, `dispatch_failed`, `invalid_response`, `missing_fields`, … */
  error: string;
  /** The sentence that Slack's client shows. */
  text: string;
}
export interface MethodCall {
  method: string;
  at: Instant;
  args: JsonObject;
  /** What was answered, or would have been if the connection had held. */
  answer?: JsonObject;
  fault?: SlackFault;
}

/** How Slack can misbehave. */
export type SlackFault =
  | { kind: 'slow'; ms: Millis }
  /** 429 with Retry-After. */
  | { kind: 'rate-limited'; seconds: number }
  | { kind: 'status'; status: number }
  /** The connection is cut: after the effect (the answer is lost), or before it. */
  | { kind: 'lost'; effect: boolean }
  /** `{ok: false, error}` */
  | { kind: 'error'; error: string };

/** By block_id (or action_id): text, an option's value, ids, a date; several for multi-selects; null clears. */
export type Values = Record<string, string | string[] | null>;

/** What one person can do. Throws where Slack's client would not let them: no such button, no such option. */
export interface Acting {
  /** @param line the whole line: `/jit list`. @param channel default: the first channel */
  command(line: string, channel?: string): Promise<BotAnswer>;
  /** @param value picks among several buttons with the same action_id */
  click(where: PostedMessage | Modal, actionId: string, value?: string): Promise<BotAnswer>;
  /** Picks an option; sent to the bot where Slack would (dispatch_action, or outside an input block). */
  choose(modal: Modal | string, block: string, value: string | string[] | null): Promise<BotAnswer>;
  /** Enters values without sending anything. */
  fill(modal: Modal | string, values: Values): void;
  /** Submits what was entered before, with these values over it, and applies the response_action. */
  submit(modal: Modal | string, values?: Values): Promise<BotAnswer>;
  /** Asks the bot for an external select's options. */
  suggest(modal: Modal | string, block: string, query: string): Promise<{ text: string; value: string }[]>;
  /** Opens the app's Home tab; what the bot draws there is in `home`. */
  openHome(): Promise<BotAnswer>;
  /** A shortcut of the app, from anywhere. */
  shortcut(callbackId: string): Promise<BotAnswer>;
  /** A shortcut of the app on a message. */
  messageShortcut(message: PostedMessage, callbackId: string): Promise<BotAnswer>;
  /** Closes the topmost modal; tells the bot where it asked for that. */
  close(modal: Modal | string): Promise<BotAnswer>;
}

export interface SlackDouble {
  /** For `SLACK_API_URL`: `http://127.0.0.1:…/api/`. */
  apiUrl: string;
  botToken: string;
  appToken: string;
  teamId: string;
  teamName: string;
  botId: string;
  botUserId: string;
  appId: string;
  /** Where the bot listens: `http://…/slack/events`. Without it, deliveries go over Socket Mode. */
  connect(url: string): void;
  /** Resolves when a bot has opened its Socket Mode connection. */
  socketOpened(): Promise<void>;
  /** Closes all Socket Mode connections, as Slack does from time to time. */
  dropSockets(): void;
  stop(): Promise<void>;

  as(userId: string): Acting;
  /** Signs any body as Slack would; `secret` and `timestamp` (epoch seconds) for those who try it otherwise. */
  signed(body: string, how?: { secret?: string; timestamp?: number; contentType?: string }): Delivery;
  /** Sends it to the bot as it is and applies nothing: for attackers, and for replays of `deliveries()`. */
  send(delivery: Delivery): Promise<BotAnswer>;
  /** Everything sent to the bot so far, oldest first. */
  deliveries(): Delivery[];

  users(): User[];
  usergroups(): SlackUsergroup[];
  channels(): Channel[];
  addUser(user: User): void;
  changeUser(id: string, change: Partial<Omit<User, 'id'>>): void;
  /** Adds it when there is none with that id. */
  changeUsergroup(id: string, change: Partial<Omit<SlackUsergroup, 'id'>>): void;
  changeChannel(id: string, change: Partial<Omit<Channel, 'id'>>): void;

  /** Oldest first, thread replies included, ephemeral ones not. */
  messages(channel: string): PostedMessage[];
  /** The bot's direct messages with this person. */
  dms(userId: string): PostedMessage[];
  /** The id of the channel that those are in. */
  dmOf(userId: string): string;
  ephemerals(userId: string): PostedMessage[];
  /** The Home tab of the app, as this person has it before them; undefined: nothing was drawn yet. */
  home(userId: string): Modal | undefined;
  /** Of that alone: it changes with each drawing, and costs whoever waits for one nothing to look at. */
  homeHash(userId: string): string | undefined;
  /** Open modals, the topmost last. */
  views(userId: string): Modal[];
  failures(userId?: string): Failure[];
  calls(method?: string): MethodCall[];
  /** The newest calls, at most so many and oldest first, that Slack itself refused for what the bot said in them. */
  refusals(most: number): MethodCall[];

  /** The next `times` (default 1; `Infinity`: all) calls of `method` (`*`: of any) go wrong this way. */
  misbehave(method: string, fault: SlackFault, times?: number): void;
  /** Forgets all faults that are still to come. */
  behave(): void;
  /** Waits until `look` finds something, as bots often act after they have answered. Rejects after `within` (2 s) of real time. */
  until<T>(look: () => T | undefined | false, within?: Millis): Promise<T>;
  /** @returns how to stop listening. Called after every change of what people see, and every refusal. */
  onChange(listener: () => void): () => void;
}
