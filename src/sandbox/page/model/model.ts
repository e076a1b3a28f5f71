/** What the page and its server say to one another, as JSON. All instants are milliseconds of the sandbox's own clock. */
import type { JsonObject } from '../../../domain/entitlement.js';
import type { Failure, PostedMessage, Modal } from '../../slack/surface.js';

/** Everything that one person's page shows, as it is now: GET /api/snapshot?as=<user id>. */
export interface PageSnapshot {
  clock: PageClock;
  /** The workspace's name. */
  team: string;
  /** Whose page it is. */
  me: string;
  people: PagePerson[];
  channels: ChannelView[];
  /** Names for mentions of user groups. */
  usergroups: { id: string; handle: string }[];
  /** The bot's direct messages with this person, oldest first. */
  dm: PostedMessage[];
  /** Id of the channel that those are in: where a command typed there goes. Always given. */
  dmChannel?: string;
  /** What only this person sees, in whichever channel. */
  ephemerals: PostedMessage[];
  /** The Home tab of the app; absent until the bot has drawn it. */
  home?: Modal;
  /** Open before this person, the topmost last. */
  modals: Modal[];
  /** What Slack's client showed this person instead of an effect, oldest first. */
  failures: Failure[];
  /** Blocks and views of the bot that Slack refused, with Slack's reason: mistakes of the bot's. */
  refusedCalls: { at: number; method: string; error: string; details: string[] }[];
  bot: BotView;
  policies: PoliciesView;
  /** How Slack misbehaves at present. */
  trouble: Trouble;
  aws: AwsView;
  requests: RequestRow[];
  /** Whether policies have been loaded: before that nothing can be asked for. */
  ready: boolean;
}

export interface PageClock {
  now: number;
  /** How many seconds of the sandbox pass in one real second. */
  rate: 1 | 60;
  /** The next thing that is due by itself, if anything is. */
  next?: { at: number; what: string };
  /** IANA name of the zone in which policies read the hour. */
  timezone: string;
}

export interface PagePerson {
  id: string;
  /** Handle. */
  name: string;
  realName: string;
  email?: string;
  /** Engineer, manager, security, contractor, guest, other company, … */
  role: string;
  /** Whether this person may be acted as. */
  actable: boolean;
}

export interface ChannelView {
  id: string;
  name: string;
  /** Shared with other companies. */
  shared: boolean;
  /** Oldest first, thread replies included (`threadTs`). */
  messages: PostedMessage[];
}

export interface BotView {
  running: boolean;
  /** Why it does not run, though it should. */
  problem?: string;
}

export interface PoliciesView {
  folder: string;
  /** Of the bundle in force; absent: none could be loaded yet. */
  hash?: string;
  loadedAt?: number;
  /** Why the folder as it is now was not taken: the last good bundle goes on. */
  problems: string[];
  warnings: string[];
}

export const TROUBLES = ['none', 'slow', 'rate-limited', 'error-500', 'answers-lost', 'unreachable'] as const;
export type Trouble = (typeof TROUBLES)[number];

export interface AwsView {
  principals: PrincipalView[];
  sessions: SessionView[];
}
export interface PrincipalView {
  arn: string;
  type: 'user' | 'role';
  account: string;
  name: string;
  /** Whose IAM user it is. */
  owner?: string;
  /** Inline policies: those that the bot put there begin with `jit-`. */
  policies: { name: string; document: JsonObject; temporary: boolean }[];
}
export interface SessionView {
  accessKeyId: string;
  arn: string;
  role: string;
  issuedAt: number;
  expiresAt: number;
  sourceIdentity?: string;
  tags: Record<string, string>;
  policies: { name: string; document: JsonObject }[];
}

/** POST /api/try: would AWS allow this person this call now? */
export interface TryIt {
  as: string;
  action: string;
  /** An ARN (`*`). */
  resource: string;
  /** What AWS would know of the call. Default: the region of the resource, else `eu-west-1`. */
  region?: string;
  /** Default: 203.0.113.10. */
  sourceIp?: string;
  /** Whether their IAM user signed in with a second factor (default). Sessions that the bot opens never have one. */
  mfa?: boolean;
}
export interface TriedCall {
  at: number;
  allowed: boolean;
  /** Each principal that the person holds now: their IAM user in each account, and every session opened for them. */
  by: { principal: string; allowed: boolean; why: string }[];
  /** What AWS was told of the call besides. Always given. */
  call?: { region: string; sourceIp: string; mfa: boolean };
}

export interface RequestRow {
  id: string;
  requester: string;
  entitlement: string;
  name: string;
  duration: number;
  /** `pending`, `active`, … or, once closed, the outcome. */
  status: string;
  requestedAt: number;
  endsAt?: number;
}

/** GET /api/record?id=<request id> */
export interface RecordView {
  id: string;
  events: {
    n: number;
    at: number;
    type: string;
    by: string;
    hash: string;
    previous: string;
    event: JsonObject;
  }[];
  /** Whether each hash is that of its event and of the one before. */
  intact: boolean;
  /** What the decision point said, each time it was asked about this request: its line in the log. */
  decisions: JsonObject[];
  grant?: JsonObject;
}

/** POST /api/act: what a person does in Slack's client. The answer is an `Acted`. */
export type Act = { as: string } & (
  | { do: 'command'; line: string; channel?: string }
  /** A button of a message, of an ephemeral one too. */
  | { do: 'click'; channel: string; ts: string; action: string; value?: string }
  | { do: 'click-modal'; modal: string; action: string; value?: string }
  /** Picks an option; the bot hears of it where Slack would tell it. */
  | { do: 'choose'; modal: string; block: string; value: string | string[] | null }
  /** Keeps what was typed, so that a reload of the page does not lose it. */
  | { do: 'fill'; modal: string; values: Record<string, string | string[] | null> }
  | { do: 'submit'; modal: string; values: Record<string, string | string[] | null> }
  | { do: 'suggest'; modal: string; block: string; query: string }
  | { do: 'close'; modal: string }
  /** Opens the Home tab of the app. */
  | { do: 'open-home' }
  | { do: 'click-home'; action: string; value?: string }
  /** The app's shortcut: from anywhere, or on a message. */
  | { do: 'shortcut' }
  | { do: 'message-shortcut'; channel: string; ts: string }
);
export interface Acted {
  /** What Slack's client would show as having failed. */
  failure?: string;
  /** Real milliseconds until the bot's answer. */
  ms: number;
  /** Of `suggest`. */
  options?: { text: string; value: string }[];
}

/** POST /api/clock */
export type MoveClock = { by: number } | { to: 'now' | 'next' } | { rate: 1 | 60 };
/** POST /api/bot */
export interface SwitchBot {
  running: boolean;
}
/** POST /api/trouble */
export interface MakeTrouble {
  trouble: Trouble;
}
/** Every refused POST: status 4xx and this. */
export interface RefusedCall {
  error: string;
}
