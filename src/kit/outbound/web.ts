import { Agent, buildConnector, fetch as undiciFetch, type Dispatcher, type RequestInit } from 'undici';
import type { Socket } from 'node:net';
import { hostAndPort, openTunnel, type Route } from './tunnel.js';

/** Loaded only where a proxy is set: a cold start without one does not wait for undici. */
export function webThrough(route: Route): { fetch: typeof fetch; dispatcher: Dispatcher } {
  const straight = buildConnector({});
  // Not undici's ProxyAgent: where a proxy hangs up, that asks it again without end and without a pause.
  const connect: buildConnector.connector = (options, opened) => {
    const { protocol, hostname } = options;
    const secure = protocol === 'https:';
    const to = { secure, host: hostname, port: Number(options.port || (secure ? 443 : 80)) };
    const proxy = route(to);
    if (!proxy) return straight(options, opened);
    openTunnel(proxy, hostAndPort(to), (error, socket) => {
      if (error) return opened(error, null);
      if (!secure) return opened(null, socket as Socket);
      straight({ ...options, httpSocket: socket as Socket }, opened);
    });
  };
  const dispatcher = new Agent({ connect });
  // Of one library, since what `fetch` of Node 20 takes for a dispatcher is another than undici 7 makes.
  const through = (to: string | URL, init?: RequestInit) => undiciFetch(to, { ...init, dispatcher });
  return { fetch: through as unknown as typeof fetch, dispatcher };
}
