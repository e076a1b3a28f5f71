import { iso, judge } from './policy/authorize.js';
import { policySize, readDocument } from './policy/documents.js';
import { arnOf, find, type AwsCaller, type IamIdentity, type World } from './world.js';
import { awsError, type AwsError, type Xml } from './xml.js';

/** All inline policies of a principal together, in characters without white space. */
const INLINE_LIMIT = { user: 2048, role: 10_240 };
const NAME = /^[\w+=,.@-]{1,128}$/;
const TEXT = /^[\t\n\r\u0020-\u00FF]+$/;

type Params = URLSearchParams;
type Result = Xml | AwsError;

/** One IAM call, after authentication. */
export function iam(world: World, caller: AwsCaller, action: string, params: Params): Result {
  const [, verb = '', kind = '', what = ''] =
    /^(Put|Get|Delete|List|ListAttached)(User|Role)(Policy|Policies|)$/.exec(action) ?? [];
  const handler = HANDLERS[`${verb}${what}`];
  if (!handler) return awsError('InvalidAction', `Could not find operation ${action} for version 2010-05-08`);

  const type = kind === 'User' ? 'user' : 'role';
  const name = params.get(`${kind}Name`);
  if (name === null && action !== 'GetUser') return missing(`${kind.toLowerCase()}Name`);
  const wanted = name ?? caller.identity.name;
  const target = find(world, type, caller.identity.account, wanted);
  const arn = target?.arn ?? `arn:aws:iam::${caller.identity.account}:${type}/${wanted}`;
  const boundary = /^(Put|Delete)/.test(action) ? target?.boundary : undefined;
  const context = boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary };
  const ruling = judge(world, caller, `iam:${action}`, arn, context);
  if (!ruling.allowed) {
    const because = ruling.explicit
      ? 'with an explicit deny in a policy'
      : `because no identity-based policy allows the iam:${action} action`;
    return awsError(
      'AccessDenied',
      `User: ${arnOf(caller)} is not authorized to perform: iam:${action} on resource: ${type} ${wanted} ${because}`,
    );
  }
  if (!target) return awsError('NoSuchEntity', `The ${type} with name ${wanted} cannot be found.`);
  return handler(target, params);
}

const HANDLERS: Record<string, (target: IamIdentity, params: Params) => Result> = {
  PutPolicy(target, params) {
    const [name, text] = [params.get('PolicyName'), params.get('PolicyDocument')];
    if (name === null || !NAME.test(name)) return invalid('policyName');
    if (text === null || !TEXT.test(text)) return invalid('policyDocument');
    const document = readDocument(text, 'identity');
    if (typeof document === 'string') return awsError('MalformedPolicyDocument', document);
    const others = [...target.inline].filter(([other]) => other !== name);
    const total = others.reduce((sum, [, other]) => sum + policySize(other), policySize(text));
    const limit = INLINE_LIMIT[target.type];
    if (total > limit) {
      return awsError(
        'LimitExceeded',
        `Maximum policy size of ${limit} bytes exceeded for ${target.type} ${target.name}`,
      );
    }
    target.inline.set(name, text);
    return {};
  },
  GetPolicy(target, params) {
    const name = params.get('PolicyName') ?? '';
    const text = target.inline.get(name);
    if (text === undefined) return noPolicy(target, name);
    return { ...names(target), PolicyName: name, PolicyDocument: encode(text) };
  },
  DeletePolicy(target, params) {
    const name = params.get('PolicyName') ?? '';
    return target.inline.delete(name) ? {} : noPolicy(target, name);
  },
  ListPolicies(target, params) {
    const { page, more } = paged([...target.inline.keys()].sort(), params);
    return { PolicyNames: page, ...more };
  },
  ListAttachedPolicies(target, params) {
    const { page, more } = paged(target.attached, params);
    return {
      AttachedPolicies: page.map((arn) => ({ PolicyName: arn.split('/').at(-1) ?? '', PolicyArn: arn })),
      ...more,
    };
  },
  Get(target) {
    const { type, path, id, arn, createdAt, boundary, tags, trust, maxSession } = target;
    const common = {
      Path: path,
      ...names(target),
      Arn: arn,
      CreateDate: iso(createdAt),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      ...(boundary !== undefined && {
        PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary },
      }),
    };
    if (type === 'user') return { User: { ...common, UserId: id } };
    return {
      Role: {
        ...common,
        RoleId: id,
        AssumeRolePolicyDocument: encode(trust),
        MaxSessionDuration: maxSession,
      },
    };
  },
};

function names(target: IamIdentity): Record<string, string> {
  return target.type === 'user' ? { UserName: target.name } : { RoleName: target.name };
}

function paged(all: string[], params: Params): { page: string[]; more: Record<string, Xml> } {
  const start = Number(params.get('Marker') ?? 0);
  const end = start + Number(params.get('MaxItems') ?? 100);
  const page = all.slice(start, end);
  return { page, more: end < all.length ? { IsTruncated: true, Marker: end } : { IsTruncated: false } };
}

/** RFC 3986, as IAM returns documents. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function noPolicy(target: IamIdentity, name: string): AwsError {
  return awsError('NoSuchEntity', `The ${target.type} policy with name ${name} cannot be found.`);
}

function missing(field: string): AwsError {
  return awsError(
    'ValidationError',
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: Member must not be null`,
  );
}

function invalid(field: string): AwsError {
  return awsError('ValidationError', `The specified value for ${field} is invalid.`);
}
