import { onlyKeys, texts } from '../../check.js';
import { everything } from './document.js';
import { cidrProblem, publicCidrProblem } from './networks.js';
import type { Condition, Statement } from './statements.js';
import { isObject } from '../../../domain/is-object.js';

/** What must hold while access is used. */
export type Guardrails = {
  sourceIp?: string[];
  vpcEndpoints?: string[];
  vpcSourceIp?: string[];
  regions?: string[];
  mfa?: true;
};

/**
 * Services with one endpoint for the whole world: it stands in us-east-1 or us-west-2, and `aws:RequestedRegion` says
 * so whatever region the person works in. STS is not among them: it has an endpoint in every region.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html
 */
export const GLOBAL_SERVICES = [
  'budgets',
  'cloudfront',
  'globalaccelerator',
  'health',
  'iam',
  'organizations',
  'route53',
  'shield',
  'support',
  'waf',
] as const;

const GLOBAL_ACTIONS = GLOBAL_SERVICES.map((service) => `${service}:*`);

const KEYS = ['sourceIp', 'vpcEndpoints', 'vpcSourceIp', 'regions', 'mfa'] as const;
const ENDPOINT = /^vpce-[0-9a-f]{8,17}$/;
const REGION = /^[a-z]{2,3}(-[a-z]+)+-\d$/;

/**
 * Reads the catalog's `guardrails`.
 * @param noMfa why `mfa` cannot be kept here; undefined where it can
 * @returns undefined where there are none; what is wrong is added to `problems`
 */
export function parseGuardrails(
  value: unknown,
  noMfa: string | undefined,
  problems: string[],
): Guardrails | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) {
    problems.push('guardrails must be a mapping, such as { sourceIp: ["203.0.113.0/24"] }');
    return undefined;
  }
  onlyKeys(value, KEYS, 'guardrails', problems);
  const guardrails: Guardrails = {};
  const read = (key: Exclude<keyof Guardrails, 'mfa'>, check: Check): void => {
    if (value[key] === undefined) return;
    guardrails[key] = texts(value[key], `guardrails.${key}`, problems);
    for (const text of guardrails[key]) {
      const wrong = check(text);
      if (wrong) problems.push(`guardrails.${key}: ${wrong}`);
    }
  };
  read('sourceIp', publicCidrProblem);
  read('vpcEndpoints', shape(ENDPOINT, 'a VPC endpoint, such as vpce-0a1b2c3d4e5f67890'));
  read('vpcSourceIp', cidrProblem);
  read('regions', shape(REGION, 'a region, such as eu-west-1'));

  // Anybody can make a VPC with the same private addresses; AWS says never to use the key alone.
  if (guardrails.vpcSourceIp && !guardrails.vpcEndpoints) {
    problems.push(
      'guardrails.vpcSourceIp needs vpcEndpoints as well: anyone’s VPC can have the same private addresses',
    );
  }
  if (value['mfa'] !== undefined) {
    if (value['mfa'] !== true)
      problems.push('guardrails.mfa must be true; leave it out where MFA is not asked for');
    if (noMfa) problems.push(`guardrails.mfa: ${noMfa}`);
    guardrails.mfa = true;
  }
  return guardrails;
}

type Check = (text: string) => string | undefined;

function shape(pattern: RegExp, what: string): Check {
  return (text) => (pattern.test(text) ? undefined : `"${text}" is not ${what}`);
}

/**
 * Guardrails as Denies, for a session policy. A condition on a key that is absent from the request holds when it is
 * negated, so a call that comes no known way is denied.
 */
export function denials(guardrails: Guardrails = {}): Statement[] {
  const { sourceIp, vpcEndpoints, vpcSourceIp, regions } = guardrails;
  const notPublic: Condition = sourceIp ? { NotIpAddress: { 'aws:SourceIp': sourceIp } } : {};
  const statements: Statement[] = [];
  if (vpcEndpoints)
    statements.push(deny({ ...notPublic, StringNotEquals: { 'aws:SourceVpce': vpcEndpoints } }));
  else if (sourceIp) statements.push(deny(notPublic));
  if (vpcSourceIp) {
    // One operator block holds both keys: two of the same name would overwrite one another.
    statements.push(deny({ NotIpAddress: { ...notPublic['NotIpAddress'], 'aws:VpcSourceIp': vpcSourceIp } }));
  }
  if (regions) {
    statements.push({
      Effect: 'Deny',
      NotAction: GLOBAL_ACTIONS,
      Resource: ['*'],
      Condition: { StringNotEquals: { 'aws:RequestedRegion': regions } },
    });
  }
  return statements;
}

/**
 * Guardrails as conditions of an Allow. Conditions of one statement are AND-ed, so each way in, public or private, takes
 * a statement of its own; and so do the actions that `regions` exempts.
 */
export function guarded(statement: Statement, guardrails: Guardrails = {}): Statement[] {
  const { sourceIp, vpcEndpoints, vpcSourceIp, mfa } = guardrails;
  const ways: Condition[] = [];
  if (sourceIp) ways.push({ IpAddress: { 'aws:SourceIp': sourceIp } });
  if (vpcEndpoints) {
    ways.push({
      StringEquals: { 'aws:SourceVpce': vpcEndpoints },
      ...(vpcSourceIp && { IpAddress: { 'aws:VpcSourceIp': vpcSourceIp } }),
    });
  }
  // Not BoolIfExists: calls with long-term keys carry no such key at all.
  const always: Condition = mfa ? { Bool: { 'aws:MultiFactorAuthPresent': ['true'] } } : {};
  return inRegions(statement, guardrails.regions).flatMap((part) =>
    (ways.length > 0 ? ways : [{}]).map((way) => withCondition(withCondition(part, way), always)),
  );
}

const deny = (Condition: Condition): Statement => ({ ...everything('Deny'), Condition });

function inRegions(statement: Statement, regions: string[] | undefined): Statement[] {
  if (!regions) return [statement];
  const inside: Condition = { StringEquals: { 'aws:RequestedRegion': regions } };
  const { Action, NotAction, ...rest } = statement;
  const mentioned = new Set((Action ?? NotAction ?? []).map(serviceOf));
  // A global service that NotAction mentions is not exempt: an action cannot be listed and left out at once.
  const left = GLOBAL_ACTIONS.filter(
    (action) => NotAction && !mentioned.has('*') && !mentioned.has(serviceOf(action)),
  );
  const exempt = Action?.includes('*') ? GLOBAL_ACTIONS : (Action?.filter(isGlobal) ?? left);
  const regional: Statement = NotAction
    ? { ...rest, NotAction }
    : { ...rest, Action: (Action ?? []).filter((action) => !isGlobal(action)) };
  return [
    ...(NotAction || regional.Action?.length ? [withCondition(regional, inside)] : []),
    ...(exempt.length > 0 ? [{ ...rest, Action: exempt }] : []),
  ];
}

const serviceOf = (action: string) => (action.split(':')[0] ?? '').toLowerCase();

const isGlobal = (action: string) => GLOBAL_SERVICES.some((service) => service === serviceOf(action));

/** Adds to a statement's conditions, key by key inside each operator. A key that is there already is a fault of ours. */
export function withCondition(statement: Statement, added: Condition): Statement {
  const merged: Condition = { ...statement.Condition };
  for (const [operator, keys] of Object.entries(added)) {
    const present = merged[operator] ?? {};
    const twice = Object.keys(keys).find((key) => key in present);
    if (twice !== undefined) throw new Error(`the condition ${operator} ${twice} is there already`);
    merged[operator] = { ...present, ...keys };
  }
  return Object.keys(merged).length === 0 ? statement : { ...statement, Condition: merged };
}
