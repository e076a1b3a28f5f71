import { listening } from '../http.js';

/** What AWS says to one call; a number is the status of an error. */
interface Said {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const json = (value: unknown): Said => ({ body: JSON.stringify(value) });
const xml = (action: string, inner: string): Said => ({
  body: `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`,
});

/** An error in each of the protocols of AWS: one for forms, one for JSON, one for calls without a body. */
export function refused(code: string, message = 'no', status = 400): Said {
  const inXml = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`;
  return { status, body: inXml, headers: { 'x-error': JSON.stringify({ __type: code, message }) } };
}

export const says = {
  identity: (account: string) =>
    xml('GetCallerIdentity', `<Arn>arn:aws:iam::${account}:user/ops</Arn><Account>${account}</Account>`),
  stack: (state: string) =>
    xml(
      'DescribeStacks',
      `<Stacks><member><StackName>jit-prod</StackName><CreationTime>2026-11-20T10:00:00Z</CreationTime><StackStatus>${state}</StackStatus></member></Stacks>`,
    ),
  resource: (name: string, state = 'CREATE_COMPLETE') =>
    xml(
      'DescribeStackResource',
      `<StackResourceDetail><PhysicalResourceId>${name}</PhysicalResourceId><ResourceStatus>${state}</ResourceStatus></StackResourceDetail>`,
    ),
  parameters: (...held: [name: string, type: string][]) =>
    json({ Parameters: held.map(([Name, Type]) => ({ Name, Type })) }),
  table: (table: object) => json({ Table: table }),
  bucketIn: (region: string): Said => ({ headers: { 'x-amz-bucket-region': region } }),
};

/**
 * AWS as far as a deployment asks before it sends anything.
 * @param answer of a call by its name, and what it is about: a bucket, or a resource of the stack
 */
export async function startAws(answer: (action: string, about: string, owner?: string) => Said) {
  const asked: string[] = [];
  const { url, close } = await listening((request, raw, response) => {
    const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    const form = new URLSearchParams(raw.toString('utf8'));
    const isForm = target === undefined && form.has('Action');
    const action = target ?? form.get('Action') ?? `${request.method} bucket`;
    const about = isForm
      ? (form.get('LogicalResourceId') ?? '')
      : (/^\/([^/?]+)/.exec(request.url ?? '')?.[1] ?? '');
    asked.push(action);
    const owner = request.headers['x-amz-expected-bucket-owner'];
    const { status = 200, body = '', headers = {} } = answer(action, about, owner?.toString());
    const { 'x-error': error, ...others } = headers;
    response.writeHead(status, {
      'content-type': target === undefined ? 'text/xml' : 'application/x-amz-json-1.0',
      ...others,
    });
    response.end(target !== undefined && error !== undefined ? error : body);
  });
  return { url, close, asked };
}
