import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** IAM as it is under load: in front of the double, it takes so many writes a second and refuses the rest. */
export interface Throttle {
  url: string;
  /** Writes let through and refused so far. */
  counts(): { passed: number; refused: number };
  close(): Promise<void>;
}

const WRITE = /(?:^|&)Action=(?:Put|Delete)\w+Policy(?:&|$)/;
const REFUSAL =
  '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>' +
  '<Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>bench</RequestId></ErrorResponse>';

/** @param perSecond the rate of the token bucket, which holds one second's worth */
export async function throttled(target: string, perSecond: number): Promise<Throttle> {
  const counts = { passed: 0, refused: 0 };
  let tokens = perSecond;
  let at = performance.now();

  function admitted(): boolean {
    const now = performance.now();
    tokens = Math.min(perSecond, tokens + ((now - at) * perSecond) / 1000);
    at = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }

  const server = createServer((asked, answer) => {
    pass(asked, answer).catch(() => answer.destroy());
  });

  async function pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of asked) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    if (WRITE.test(body.toString('latin1'))) {
      if (!admitted()) {
        counts.refused++;
        answer.writeHead(400, { 'content-type': 'text/xml', date: new Date().toUTCString() }).end(REFUSAL);
        return;
      }
      counts.passed++;
    }
    await new Promise<void>((resolve, reject) => {
      const { method = 'POST', headers } = asked;
      const onward = request(target + (asked.url ?? '/'), { method, headers }, (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer).once('finish', resolve).once('error', reject);
      });
      onward.once('error', reject).end(body);
    });
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: () => ({ ...counts }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
