import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from './socket.js';
import type { BotAnswer, Delivery } from './surface.js';
import type { Workspace } from './workspace.js';

/** Signs a body as Slack would: HMAC-SHA-256 over `v0:<timestamp>:<body>`. */
export function sign(
  ws: Workspace,
  body: string,
  how: { secret?: string; timestamp?: number; contentType?: string } = {},
): Delivery {
  const timestamp = String(how.timestamp ?? Math.floor(ws.now() / 1000));
  const mac = createHmac('sha256', how.secret ?? ws.setup.signingSecret).update(`v0:${timestamp}:${body}`);
  return {
    body,
    contentType: how.contentType ?? 'application/x-www-form-urlencoded',
    timestamp,
    signature: `v0=${mac.digest('hex')}`,
  };
}

/** How a delivery reaches the bot, and comes back with what it answered. */
export type Wire = (delivery: Delivery) => Promise<BotAnswer>;

/** Over HTTP where the bot has given its URL, else over Socket Mode. */
export function wire(ws: Workspace, url: () => string | undefined, socket: Socket): Wire {
  return async (delivery) => {
    const within = ws.setup.answerWithin ?? 3_000;
    const begun = performance.now();
    const target = url();
    const answer = await (target === undefined
      ? socket.send(delivery, within)
      : post(target, delivery, within));
    return { ...answer, ms: performance.now() - begun, delivery };
  };
}

type Raw = Omit<BotAnswer, 'ms' | 'delivery'>;

async function post(
  url: string,
  { body, contentType, timestamp, signature }: Delivery,
  within: number,
): Promise<Raw> {
  return new Promise((resolve) => {
    const nothing = (failure: string): void => resolve({ status: 0, body: '', failure });
    const headers = {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    };
    const sent = request(url, { method: 'POST', headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => nothing('dispatch_failed'));
      response.on('end', () => {
        clearTimeout(timer);
        const status = response.statusCode ?? 0;
        const failed = status < 200 || status > 299;
        resolve({
          status,
          body: Buffer.concat(chunks).toString('utf8'),
          ...(failed && { failure: 'dispatch_failed' }),
        });
      });
    });
    const timer = setTimeout(() => {
      nothing('operation_timeout');
      sent.destroy();
    }, within);
    sent.on('error', () => {
      clearTimeout(timer);
      nothing('dispatch_failed');
    });
    sent.end(body);
  });
}
