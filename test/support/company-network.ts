import { createServer as createHttps } from 'node:https';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import { WebSocketServer } from 'ws';

/** For tests alone: nobody trusts it but they. Valid until 2126 for the hosts that they call. */
const KEY = `\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeouyVRLA6hByyK26
U5ogfcw8uFPi4l3T7wcsMdRS97yhRANCAARNDbzzsuTgmmhVycQVXU5zvDWaGU5p
Hj+HE3Dcq9LzGfgNjikQ636SQpEIVmmEY1jnw33StYZgFDk0WuUG3P12
-----END PRIVATE KEY-----
`;
export const CERTIFICATE = `\
-----BEGIN CERTIFICATE-----
MIICUDCCAfagAwIBAgIUXniWwxPc52B3+mQ9cW9ks/99yeowCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIaml0IHRlc3QwIBcNMjYxMTI4MTU0MjU4WhgPMjEyNjExMDQx
NTQyNThaMBMxETAPBgNVBAMMCGppdCB0ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAETQ2887Lk4JpoVcnEFV1Oc7w1mhlOaR4/hxNw3KvS8xn4DY4pEOt+kkKR
CFZphGNY58N90rWGYBQ5NFrlBtz9dqOCASQwggEgMB0GA1UdDgQWBBSxFTg7Lk4z
/pF/peWoquseOYF2NjAfBgNVHSMEGDAWgBSxFTg7Lk4z/pF/peWoquseOYF2NjCB
zAYDVR0RBIHEMIHBgglzbGFjay5jb22CCyouc2xhY2suY29tgg8qLmFtYXpvbmF3
cy5jb22CGSouZXUtd2VzdC0xLmFtYXpvbmF3cy5jb22CHCouczMuZXUtd2VzdC0x
LmFtYXpvbmF3cy5jb22CIiouZHluYW1vZGIuZXUtd2VzdC0xLmFtYXpvbmF3cy5j
b22CECouYXdzLmFtYXpvbi5jb22CDiouY29ycC5leGFtcGxlghFhcGkucGFnZXJk
dXR5LmNvbYcEfwAAATAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUC
IQCEeK+2PWSyArlArO9k2OHFjcaGzh2b3H52Mn52aWT0WQIgCBKoONuU06Bmsk3t
P9+vcMYNCxVrpk8aSdZ7QwwKQKQ=
-----END CERTIFICATE-----
`;

/** A request as it came to the far side, inside TLS. */
export interface Arrived {
  host: string;
  path: string;
  body: string;
}
interface Answer {
  status?: number;
  type?: string;
  location?: string;
  body: string;
}

/**
 * A company's network: one way out, a proxy that opens tunnels, and beyond it a TLS server that is every host. That server
 * is listened to in the place of the real hosts, and its certificate is trusted, until `close`.
 * @param first what each host says; `answers` changes it
 * @param how.secure the proxy itself is reached by TLS
 */
export async function companyNetwork(first: (asked: Arrived) => Answer, how: { secure?: boolean } = {}) {
  const asked: { to: string; authorization: string | undefined }[] = [];
  const arrived: Arrived[] = [];
  const plain: string[] = [];
  const named: string[] = [];
  const refusal: { with?: string } = {};
  const sockets = new Set<Socket>();
  let answer = first;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };

  const beyond = createHttps({ key: KEY, cert: CERTIFICATE }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const one = { ...namesOf(request), body: Buffer.concat(parts).toString() };
      arrived.push(one);
      const { status = 200, type = 'application/json', location, body } = answer(one);
      response.writeHead(status, { 'content-type': type, ...(location && { location }) }).end(body);
    });
  });
  const web = new WebSocketServer({ noServer: true });
  beyond.on('upgrade', (request, stream, head) => {
    arrived.push({ ...namesOf(request), body: '' });
    web.handleUpgrade(request, stream, head, (socket) => socket.send(JSON.stringify({ type: 'hello' })));
  });

  const proxy = how.secure ? createHttps({ key: KEY, cert: CERTIFICATE }) : createServer();
  proxy.on('request', (request: IncomingMessage, response) => {
    plain.push(request.url ?? '');
    response.writeHead(400).end();
  });
  proxy.on('connect', ({ url = '', headers }: IncomingMessage, client: Socket) => {
    asked.push({ to: url, authorization: headers['proxy-authorization'] });
    keep(client);
    if (refusal.with !== undefined) {
      client.end(refusal.with);
      return;
    }
    const through = connect(portOf(beyond), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(through).pipe(client);
    });
    keep(through);
  });
  proxy.on('secureConnection', (client: tls.TLSSocket) => void named.push(client.servername || 'none'));
  for (const server of [beyond, proxy]) server.on('connection', keep);
  await Promise.all([beyond, proxy].map((one) => new Promise<void>((r) => one.listen(0, '127.0.0.1', r))));

  // Node 20 can be told of another certificate only before it starts; every TLS client of it makes its context here.
  const { createSecureContext } = tls;
  tls.createSecureContext = (options) => {
    const made = createSecureContext(options);
    made.context.addCACert(CERTIFICATE);
    return made;
  };

  return {
    /** Without user and password. */
    url: `http${how.secure ? 's' : ''}://127.0.0.1:${portOf(proxy)}`,
    /** What the proxy was asked to open: `slack.com:443`. */
    asked,
    hosts: () => [...new Set(asked.map(({ to }) => to))].toSorted(),
    arrived,
    /** What came to the proxy without a tunnel, and so in the clear. */
    plain,
    /** By which name TLS asked for the proxy itself. */
    named,
    /** What the proxy says in the place of opening; may be changed at any time. */
    refusal,
    answers: (other: typeof first) => void (answer = other),
    /** Of the far side, on this machine. */
    port: portOf(beyond),
    proxyPort: portOf(proxy),
    async close() {
      // Slack's client, cut off while it takes its leave, would keep the process for half a minute.
      await Promise.all([...web.clients].map((one) => new Promise((left) => one.once('close', left))));
      tls.createSecureContext = createSecureContext;
      for (const socket of sockets) socket.destroy();
      web.close();
      await Promise.all([beyond, proxy].map((one) => new Promise((done) => one.close(done))));
    },
  };
}

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

function namesOf({ headers, url = '' }: IncomingMessage): Pick<Arrived, 'host' | 'path'> {
  return { host: headers.host ?? '', path: url };
}
