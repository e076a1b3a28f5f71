import { randomBytes } from 'node:crypto';
import type { Instant, JsonObject, Millis } from '../../domain/entitlement.js';
import type {
  MethodCall,
  Channel,
  Delivery,
  Failure,
  SlackFault,
  PostedMessage,
  Modal,
  SlackSetup,
  User,
  SlackUsergroup,
} from './surface.js';

export const BOT_ID = 'B0SANDBOX';
export const BOT_USER_ID = 'U0SANDBOXBOT';
export const APP_ID = 'A0SANDBOX';
const SLACKBOT = 'USLACKBOT';

/** Everything that the workspace holds, and what has happened in it. */
export interface Workspace {
  setup: SlackSetup;
  now: () => Instant;
  /** Real time. */
  stopwatch: () => Millis;
  teamId: string;
  botToken: string;
  appToken: string;
  /** Set when the server listens. */
  origin: string;
  users: Map<string, User>;
  usergroups: Map<string, SlackUsergroup>;
  channels: Map<string, Channel>;
  /** Direct messages with the bot: channel id → user id. */
  dms: Map<string, string>;
  messages: PostedMessage[];
  /** By user id: the open modals, the topmost last. */
  modals: Map<string, Modal[]>;
  /** By user id: the Home tab of the app, as it was published last. */
  homes: Map<string, Modal>;
  triggers: Map<string, Trigger>;
  hooks: Map<string, Hook>;
  /** What external selects have offered: `view id/block id` → options. */
  suggested: Map<string, JsonObject[]>;
  /** By channel: when it has its whole burst again, on the stopwatch. */
  whole: Map<string, Millis>;
  faults: { method: string; fault: SlackFault; left: number }[];
  calls: MethodCall[];
  failures: Failure[];
  deliveries: Delivery[];
  nextId(prefix: string): string;
  nextTs(): string;
  changed(): void;
  listeners: Set<() => void>;
}
interface Trigger {
  user: string;
  /** On the stopwatch. */
  at: Millis;
  used: boolean;
}
/** What a response_url leads to. */
export interface Hook {
  user: string;
  channel: string;
  at: Instant;
  uses: number;
  /** The message whose button made it. */
  message?: string;
}

export function workspace(setup: SlackSetup): Workspace {
  let lastTs = 0;
  let count = 0;
  const listeners = new Set<() => void>();
  const bot: User = { id: BOT_USER_ID, name: 'jit', realName: 'jit', bot: true };
  const slackbot: User = { id: SLACKBOT, name: 'slackbot', realName: 'Slackbot' };
  return {
    setup,
    now: setup.now,
    stopwatch: setup.stopwatch ?? (() => performance.now()),
    teamId: setup.team.id,
    botToken: setup.botToken ?? 'xoxb-sandbox',
    appToken: setup.appToken ?? 'xapp-sandbox',
    origin: '',
    users: byId(setup.users, bot, slackbot),
    usergroups: byId(setup.usergroups ?? []),
    channels: byId(setup.channels ?? []),
    dms: new Map(),
    messages: [],
    modals: new Map(),
    homes: new Map(),
    triggers: new Map(),
    hooks: new Map(),
    suggested: new Map(),
    whole: new Map(),
    faults: [],
    calls: [],
    failures: [],
    deliveries: [],
    nextId: (prefix) => `${prefix}${(++count).toString(36).toUpperCase().padStart(8, '0')}`,
    nextTs() {
      // Microseconds, and never the same twice, as `ts` is the id of a message.
      lastTs = Math.max(Math.floor(setup.now()) * 1000, lastTs + 1);
      const digits = String(lastTs).padStart(16, '0');
      return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
    },
    changed: () => listeners.forEach((listener) => listener()),
    listeners,
  };
}

function byId<T extends { id: string }>(items: T[], ...more: T[]): Map<string, T> {
  return new Map([...more, ...items].map((item) => [item.id, structuredClone(item)]));
}

// ---- people and places

export const teamOf = (ws: Workspace, user: User): string => user.team ?? ws.teamId;

/** Whether they are a member of the served workspace: at home in it, or by their Grid. */
export const isOurs = (ws: Workspace, user: User): boolean =>
  teamOf(ws, user) === ws.teamId || (user.workspaces ?? []).includes(ws.teamId);

/** The bot's direct channel with a person, opened if need be. */
export function dmOf(ws: Workspace, userId: string): string {
  const channel = `D${userId.slice(1)}`;
  ws.dms.set(channel, userId);
  return channel;
}

export function isMember(ws: Workspace, channel: string, userId: string): boolean {
  if (ws.dms.has(channel)) return ws.dms.get(channel) === userId || userId === BOT_USER_ID;
  const found = ws.channels.get(channel);
  if (!found) return false;
  if (userId === BOT_USER_ID) return found.bot ?? true;
  return found.members?.includes(userId) ?? true;
}

export function findMessage(ws: Workspace, channel: string, ts: string): PostedMessage | undefined {
  return ws.messages.find((message) => message.channel === channel && message.ts === ts);
}

// ---- what a click or a command gives the bot to answer with

const TRIGGER_LIFE = 3_000;

export function newTrigger(ws: Workspace, user: string): string {
  const id = `${ws.now()}.${ws.triggers.size + 1}.${randomBytes(16).toString('hex')}`;
  ws.triggers.set(id, { user, at: ws.stopwatch(), used: false });
  return id;
}

/** Good once and for three seconds. @returns whose it is, or Slack's error */
export function exchange(ws: Workspace, id: unknown): { user: string } | { error: string } {
  const trigger = typeof id === 'string' ? ws.triggers.get(id) : undefined;
  if (!trigger) return { error: 'invalid_trigger_id' };
  if (trigger.used) return { error: 'exchanged_trigger_id' };
  if (ws.stopwatch() - trigger.at > TRIGGER_LIFE) return { error: 'expired_trigger_id' };
  trigger.used = true;
  return { user: trigger.user };
}

export function newHook(ws: Workspace, hook: Pick<Hook, 'user' | 'channel' | 'message'>): string {
  const token = randomBytes(12).toString('hex');
  ws.hooks.set(token, { ...hook, at: ws.now(), uses: 0 });
  return `${ws.origin}/response/${token}`;
}
