import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import type { Logger } from 'pino';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { LARGEST_BODY, type Door, type Headers, type Reply } from '../../ports/door.js';
import { ifWithin } from '../../kit/deadline.js';
import { readBody, textAt } from './payload.js';
import { isUnheardEvent, recognise, type Recognised } from './recognise-body.js';
import { header, verify } from './signature.js';

/** Bolt's way in, for every entry. */
export type FrontDoor = Receiver & Door;

/** Slack gives up after 3 s. */
const PATIENCE: Millis = 2_900;
const FAREWELL: Millis = 10_000;

interface How {
  signingSecret: string;
  /**
   * `at-once`: answers as soon as a listener has acknowledged, and lets it work on (a server); `when-done`: answers when
   * it has finished, since a Lambda freezes with its answer
   */
  mode: 'at-once' | 'when-done';
  now: () => Instant;
  log: Logger;
  patience?: Millis;
}

/** Checks and reads what comes in, and gives it to Bolt. Throws where the signing secret is empty. */
export function frontDoor({ signingSecret, mode, now, log, patience = PATIENCE }: How): FrontDoor {
  // Danger: HMAC takes an empty key, and then an attacker can sign.
  if (signingSecret === '') throw new Error('the Slack signing secret is empty');
  const atWork = new Set<Promise<void>>();
  let app: App | undefined;

  return {
    init: (bolt) => {
      app = bolt;
    },
    start: async () => undefined,
    /** Waits for listeners that are still at work, ten seconds at most. */
    stop: async () => {
      await ifWithin(FAREWELL, Promise.allSettled(atWork));
    },
    answer: async ({ headers, body: raw }) => {
      if (raw.length > LARGEST_BODY) return reply(413, 'too large');
      if (isCertificateCheck(raw)) return reply(200);
      const checked = verify(signingSecret, headers, raw, now());
      if ('refused' in checked) {
        log.warn({ reason: checked.refused }, 'a request to the Slack endpoint was refused');
        return reply(401, 'not signed by Slack');
      }
      const read = readBody(header(headers, 'content-type'), raw);
      if ('status' in read) {
        log.warn({ status: read.status }, 'a signed request could not be read');
        return reply(read.status, 'cannot be read');
      }
      if (read.body['type'] === 'url_verification')
        return json({ challenge: textAt(read.body, 'challenge') ?? '' });
      const recognised = recognise(read.body);
      if (recognised) return dispatch(recognised, checked.seen, headers);
      if (isUnheardEvent(read.body)) return reply(200);
      log.warn({}, 'a signed request is nothing that is answered here');
      return reply(404, 'nothing here answers to this');
    },
  };

  async function dispatch({ kind, body }: Recognised, seen: string, headers: Headers): Promise<Reply> {
    let acked: Reply | undefined;
    // A person who is typing would only be disturbed by an error.
    const late = kind === 'block_suggestion' ? json({ options: [] }) : reply(503, 'too slow');
    const answered = new Promise<Reply>((resolve) => {
      const event: ReceiverEvent = {
        body,
        customProperties: { seen },
        ...retryOf(headers),
        ack: async (response) => {
          acked ??= ackReply(response);
          if (mode === 'at-once') resolve(acked);
        },
      };
      const work = processed(event, kind).then((fallback) => resolve(acked ?? fallback));
      atWork.add(work);
      void work.finally(() => atWork.delete(work));
    });
    if (mode === 'when-done') return answered;
    // An empty 200 would close a form as if it had been sent: an error lets the person see and try again.
    const answer = await ifWithin(patience, answered);
    if (!answer) log.error({ kind }, 'nothing answered Slack in time');
    return answer ?? late;
  }

  /** Lets Bolt work. @returns what to answer when nothing has acknowledged; a throw after that changes nothing */
  async function processed(event: ReceiverEvent, kind: Recognised['kind']): Promise<Reply> {
    try {
      if (!app) throw new Error('the front door has no app behind it');
      await app.processEvent(event);
      return reply(404, 'nothing here answers to this');
    } catch (error) {
      log.error({ err: error, kind }, 'a request from Slack failed');
      return reply(500, 'failed');
    }
  }
}

/** Slack's check of the certificate is not signed, asks for nothing and gets nothing. */
function isCertificateCheck(raw: Buffer): boolean {
  return raw.length < 500 && new URLSearchParams(raw.toString('latin1')).get('ssl_check') === '1';
}

function retryOf(headers: Headers): { retryNum?: number; retryReason?: string } {
  const num = header(headers, 'x-slack-retry-num');
  const reason = header(headers, 'x-slack-retry-reason');
  return {
    ...(num !== undefined && /^\d{1,3}$/.test(num) && { retryNum: Number(num) }),
    ...(reason !== undefined && { retryReason: reason.slice(0, 50) }),
  };
}

/** Bolt's acknowledgements: nothing, a text, or an object. */
function ackReply(response: unknown): Reply {
  if (response === undefined || response === null || response === '') return reply(200);
  return typeof response === 'string' ? reply(200, response) : json(response);
}

function reply(status: number, body = ''): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

function json(value: unknown): Reply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
