import { acting } from './acting.js';
import { sign, wire } from './delivery.js';
import { isMistake, serve } from './server.js';
import { socketMode } from './socket.js';
import type { SlackDouble, SlackSetup } from './surface.js';
import { until } from './until.js';
import { APP_ID, BOT_ID, BOT_USER_ID, dmOf, workspace } from './workspace.js';

export type * from './surface.js';
export { buttonsOf, textOf } from './block-kit/reading.js';

/** Starts a double of Slack on 127.0.0.1: a workspace with its people, its Web API, and its ways to the bot. */
export async function startSlack(setup: SlackSetup): Promise<SlackDouble> {
  const ws = workspace(setup);
  const socket = socketMode();
  const stop = await serve(ws, socket);
  let url: string | undefined;
  const toBot = wire(ws, () => url, socket);

  function change<T extends { id: string }>(all: Map<string, T>, id: string, by: object, fresh?: T): void {
    const item = all.get(id) ?? fresh;
    if (!item) throw new Error(`there is no ${id}`);
    all.set(id, { ...item, ...structuredClone(by) });
    ws.changed();
  }

  return {
    apiUrl: `${ws.origin}/api/`,
    botToken: ws.botToken,
    appToken: ws.appToken,
    teamId: ws.teamId,
    teamName: setup.team.name ?? setup.team.domain ?? ws.teamId,
    botId: BOT_ID,
    botUserId: BOT_USER_ID,
    appId: APP_ID,
    connect(to) {
      url = to;
    },
    socketOpened: () => socket.opened(),
    dropSockets: () => socket.drop(),
    stop,

    as: (userId) => acting(ws, toBot, userId),
    signed: (body, how) => sign(ws, body, how),
    send: (delivery) => toBot(delivery),
    deliveries: () => structuredClone(ws.deliveries),

    users: () => structuredClone([...ws.users.values()]),
    usergroups: () => structuredClone([...ws.usergroups.values()]),
    channels: () => structuredClone([...ws.channels.values()]),
    addUser(user) {
      change(ws.users, user.id, user, user);
    },
    changeUser: (id, by) => change(ws.users, id, by),
    changeUsergroup: (id, by) => change(ws.usergroups, id, by, { id, handle: id.toLowerCase(), users: [] }),
    changeChannel: (id, by) => change(ws.channels, id, by, { id, name: id.toLowerCase() }),

    messages: (channel) =>
      structuredClone(ws.messages.filter((one) => one.channel === channel && one.to === undefined)),
    dms: (userId) =>
      structuredClone(ws.messages.filter((one) => one.channel === dmOf(ws, userId) && one.to === undefined)),
    dmOf: (userId) => dmOf(ws, userId),
    ephemerals: (userId) => structuredClone(ws.messages.filter((one) => one.to === userId)),
    home: (userId) => structuredClone(ws.homes.get(userId)),
    homeHash: (userId) => ws.homes.get(userId)?.hash,
    views: (userId) => structuredClone(ws.modals.get(userId) ?? []),
    failures: (userId) =>
      structuredClone(ws.failures.filter(({ user }) => userId === undefined || user === userId)),
    calls: (method) =>
      structuredClone(ws.calls.filter((call) => method === undefined || call.method === method)),
    refusals: (most) => structuredClone(ws.calls.filter(isMistake).slice(-most)),

    misbehave(method, fault, times = 1) {
      ws.faults.push({ method, fault, left: times });
    },
    behave() {
      ws.faults.length = 0;
    },
    until: (look, within) => until(ws.listeners, look, within),
    onChange(listener) {
      ws.listeners.add(listener);
      return () => ws.listeners.delete(listener);
    },
  };
}
