import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Dispatcher } from 'undici';
import type { Proxies } from './address.js';
import { exemption } from './exempt.js';
import { tunnelAgents, type Route } from './tunnel.js';

/** A host that this process has called, and the proxy that led there; undefined: none. */
export interface RouteTaken {
  host: string;
  proxy: string | undefined;
}

/** So many hosts are remembered for the doctor. */
const MOST = 100;

/** As the environment, it is one for the whole process. */
let inUse: ReturnType<typeof waysOut> | undefined;

/**
 * Has everything of this process that goes out go through these proxies. To be called when the configuration has been
 * read, before the first client is made.
 * @param proxies undefined: everything goes straight
 */
export function useProxies(proxies: Proxies | undefined): void {
  inUse = proxies && waysOut(proxies);
}

/** `fetch`, through the proxy where one is set: the one way to call what is not AWS's API. */
export const outboundFetch: typeof fetch = async (...call) => {
  if (!inUse) return fetch(...call);
  return (await inUse.web).fetch(...call);
};

/** What each client of AWS is given among the options of its `requestHandler`; empty where no proxy is set. */
export function awsAgents(): { httpAgent?: HttpAgent; httpsAgent?: HttpsAgent } {
  return inUse ? tunnelAgents(inUse.route) : {};
}

/** For what takes a dispatcher of undici (Socket Mode); undefined where no proxy is set. */
export async function outboundDispatcher(): Promise<Dispatcher | undefined> {
  return inUse && (await inUse.web).dispatcher;
}

/** Where this process has gone since the proxies were set, in the order of the first calls. Without any proxy, empty. */
export function routesTaken(): RouteTaken[] {
  return inUse ? [...inUse.taken].map(([host, proxy]) => ({ host, proxy })) : [];
}

function waysOut({ http, https, except }: Proxies) {
  const isExempt = exemption(except);
  const taken = new Map<string, string | undefined>();
  const route: Route = ({ secure, host, port }) => {
    const proxy = isExempt(host, port) ? undefined : secure ? https : http;
    if (taken.size < MOST) taken.set(host, proxy?.url);
    return proxy;
  };
  // Begun at once: a person may be waiting for the first call.
  const web = import('./web.js').then(({ webThrough }) => webThrough(route));
  web.catch(() => undefined);
  return { route, taken, web };
}
