import { Agent as HttpAgent, request as httpRequest, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Millis } from '../../domain/entitlement.js';
import type { ProxyAddress } from './address.js';

/** Which proxy leads to a destination; undefined: none. */
export type Route = (to: { secure: boolean; host: string; port: number }) => ProxyAddress | undefined;

type Opened = (error: Error | null, socket: Duplex) => void;

/** For a proxy that is silent. Callers have limits of their own, and none of them closes what the agent has begun. */
const PATIENCE: Millis = 10_000;
const KEEP_ALIVE: Millis = 60_000;
/** As the AWS SDK makes its own agents. */
const POOL = { keepAlive: true, maxSockets: 50 };

/**
 * What a proxy answered in the place of opening a way. It is an error whatever the answer holds: taken for the
 * destination's, it would let the proxy say "no such policy" in AWS's name.
 */
class ProxyRefusal extends Error {
  /** `ProxyAnswered407` */
  readonly code: string;

  constructor(status: number) {
    super(`the proxy opened no tunnel: it answered ${status}`);
    this.code = this.name = `ProxyAnswered${status}`;
  }
}

/** Agents for Node's http and https, one pair for each client, since a client destroys its own. */
export function tunnelAgents(route: Route): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  /** The way to where the options lead: their own, or a tunnel. */
  function tunnelled(options: ClientRequestArgs, secure: boolean): ((opened: Opened) => void) | undefined {
    const host = options.host ?? 'localhost';
    const port = Number(options.port ?? (secure ? 443 : 80));
    const to = { secure, host, port };
    const proxy = route(to);
    return proxy && ((opened) => openTunnel(proxy, hostAndPort(to), opened));
  }

  class ToHttp extends HttpAgent {
    override createConnection(options: ClientRequestArgs, opened: Opened): Duplex | null | undefined {
      const open = tunnelled(options, false);
      if (!open) return super.createConnection(options);
      open(opened);
      return undefined;
    }
  }

  class ToHttps extends HttpsAgent {
    override createConnection(options: RequestOptions, opened: Opened): Duplex | null | undefined {
      const open = tunnelled(options, true);
      if (!open) return super.createConnection(options);
      open((error, socket) => {
        if (error) return opened(error, socket);
        // TLS with the destination itself, whose certificate is checked as without a proxy.
        const within: RequestOptions & { socket: Duplex } = { ...options, socket };
        opened(null, super.createConnection(within)!);
      });
      return undefined;
    }
  }
  return { httpAgent: new ToHttp(POOL), httpsAgent: new ToHttps(POOL) };
}

/**
 * Asks a proxy for a way to a host, through which TLS with that host goes next.
 * @param to `slack.com:443`
 * @param opened called once, with the way or with why there is none
 */
export function openTunnel({ url, authorization }: ProxyAddress, to: string, opened: Opened): void {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'https:';
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const fail = (error: Error) => opened(error, undefined as unknown as Duplex);
  const asked = (secure ? httpsRequest : httpRequest)({
    method: 'CONNECT',
    host,
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    // Otherwise Node would take the name for TLS from the header, which names the destination. None for an address.
    servername: isIP(host) === 0 ? host : '',
    path: to,
    headers: { host: to, ...(authorization && { 'proxy-authorization': authorization() }) },
    agent: false,
    timeout: PATIENCE,
  });
  asked.once('connect', ({ statusCode = 0 }, socket, head) => {
    if (statusCode < 200 || statusCode > 299) {
      socket.destroy();
      return fail(new ProxyRefusal(statusCode));
    }
    socket.setTimeout(0);
    // A tunnel may die without a word, and Socket Mode cannot close one that it was given.
    socket.setKeepAlive(true, KEEP_ALIVE);
    if (head.length > 0) socket.unshift(head);
    opened(null, socket);
  });
  asked.once('timeout', () =>
    asked.destroy(Object.assign(new Error('the proxy has not answered'), { code: 'ETIMEDOUT' })),
  );
  asked.once('error', fail);
  asked.end();
}

/** `slack.com:443`, `[2001:db8::1]:443` */
export function hostAndPort({ host, port }: { host: string; port: number }): string {
  return `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}
