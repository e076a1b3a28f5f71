/** What stands in an answer: text, or members by name; an array repeats `<member>`. */
export type Xml = string | number | boolean | Xml[] | { [name: string]: Xml | undefined };

const NAMESPACES = {
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
};
export type Service = keyof typeof NAMESPACES;

/** AWS's refusal of a call: what an SDK turns into an exception of the code's name. */
export interface AwsError {
  status: number;
  code: string;
  message: string;
}

const STATUS: Record<string, number> = {
  AccessDenied: 403,
  ConcurrentModification: 409,
  ExpiredToken: 403,
  InternalFailure: 500,
  InvalidClientTokenId: 403,
  LimitExceeded: 409,
  MissingAuthenticationToken: 403,
  NoSuchEntity: 404,
  ServiceFailure: 500,
  ServiceUnavailable: 503,
  UnmodifiableEntity: 400,
};

export function awsError(code: string, message: string): AwsError {
  return { status: STATUS[code] ?? 400, code, message };
}

export function isAwsError(value: object): value is AwsError {
  return 'status' in value && 'code' in value;
}

export function answerXml(service: Service, action: string, requestId: string, result: Xml): string {
  const content = `<${action}Result>${render(result)}</${action}Result>`;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return `<${action}Response xmlns="${NAMESPACES[service]}">${content}${metadata}</${action}Response>`;
}

export function errorXml(service: Service, requestId: string, error: AwsError): string {
  const Type = error.status < 500 ? 'Sender' : 'Receiver';
  const content = render({ Error: { Type, Code: error.code, Message: error.message } });
  return `<ErrorResponse xmlns="${NAMESPACES[service]}">${content}<RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function render(value: Xml): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${render(item)}</member>`).join('');
  if (typeof value !== 'object') return escape(String(value));
  return Object.entries(value)
    .map(([name, member]) => (member === undefined ? '' : `<${name}>${render(member)}</${name}>`))
    .join('');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
