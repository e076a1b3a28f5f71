import type { _Record as RawRecord } from '@aws-sdk/client-dynamodb-streams';
import type { Delivery } from '../../../src/sandbox/slack/index.js';

/** What API Gateway's HTTP API hands to a function, payload format 2.0. */
export interface HttpEvent {
  version: string;
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  headers: Record<string, string>;
  requestContext: object;
  body: string;
  isBase64Encoded: boolean;
}

/** As recorded from an HTTP API with a route of its own and the `$default` stage. */
export function httpEvent(
  body: string | Buffer,
  headers: Record<string, string | string[] | undefined>,
  { base64 = true, method = 'POST', path = '/slack/events' } = {},
): HttpEvent {
  const bytes = Buffer.from(body);
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    requestContext: {
      accountId: '999900001111',
      apiId: 'r3pmxmplak',
      domainName: 'r3pmxmplak.execute-api.eu-west-1.amazonaws.com',
      domainPrefix: 'r3pmxmplak',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '3.89.0.1', userAgent: 'Slackbot 1.0' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '20/Nov/2026:10:00:00 +0000',
      timeEpoch: 1795168800000,
    },
    body: bytes.toString(base64 ? 'base64' : 'utf8'),
    isBase64Encoded: base64,
  };
}

/** A delivery of the double's as API Gateway passes it on. */
export function eventOf({ body, contentType, timestamp, signature }: Delivery, how = {}): HttpEvent {
  const headers = {
    'content-type': contentType,
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signature,
  };
  return httpEvent(body, headers, how);
}

const TTL = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

/** What Lambda makes of records of the Streams API: epoch seconds, Base64 for bytes, and its own spelling. */
export function streamEvent(records: RawRecord[], { byTtl = false } = {}) {
  return {
    Records: records.map(({ eventID, eventName, dynamodb }) => ({
      eventID,
      eventName,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-west-1',
      ...(byTtl && eventName === 'REMOVE' && { userIdentity: TTL }),
      dynamodb: {
        ...dynamodb,
        ApproximateCreationDateTime: (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
      },
      eventSourceARN: 'arn:aws:dynamodb:eu-west-1:999900001111:table/jit/stream/2026-11-20T10:00:00.000',
    })),
  };
}

/** What the schedule sends. */
export const SCHEDULED = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '999900001111',
  time: '2026-11-20T10:00:00Z',
  region: 'eu-west-1',
  resources: ['arn:aws:events:eu-west-1:999900001111:rule/jit-sweep'],
  detail: {},
};

export const arnOf = (name: string) => `arn:aws:lambda:eu-west-1:999900001111:function:jit-dev-${name}`;
