import { onlyKeys, texts } from '../../check.js';
import { isObject } from '../../../domain/is-object.js';

/** Operator → key → values. */
export type Condition = { [operator: string]: { [key: string]: string[] } };

/** An IAM statement, every value as a list. */
export type Statement = {
  Effect: 'Allow' | 'Deny';
  Action?: string[];
  NotAction?: string[];
  Resource?: string[];
  NotResource?: string[];
  Condition?: Condition;
};

/** Condition keys that a grant's end and guardrails add; a catalog that sets one too could undo them. */
const ADDED_KEYS = [
  'aws:CurrentTime',
  'aws:SourceIp',
  'aws:SourceVpce',
  'aws:VpcSourceIp',
  'aws:RequestedRegion',
  'aws:MultiFactorAuthPresent',
] as const;

const ELEMENTS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'] as const;
const ACTION = /^(\*|[A-Za-z0-9-]+:[\w*?]+)$/;
const RESOURCE = /^(\*|arn:([^:]*:){4}.+)$/;
const COMPARISONS = ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'];
const LIKENESSES = ['Equals', 'NotEquals', 'Like', 'NotLike'];
const OPERATORS = new Set([
  ...LIKENESSES.flatMap((likeness) => [`String${likeness}`, `Arn${likeness}`]),
  ...COMPARISONS.flatMap((comparison) => [`Numeric${comparison}`, `Date${comparison}`]),
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'BinaryEquals',
  'Bool',
  'IpAddress',
  'NotIpAddress',
]);

/**
 * Reads the catalog's `statements`. A `Sid` is read and left out: it says nothing to AWS, and takes room.
 * @returns the statements; what is wrong with them is added to `problems`
 */
export function parseStatements(value: unknown, problems: string[]): Statement[] {
  if (!Array.isArray(value) || value.length === 0) {
    problems.push('statements must be a list of at least one IAM statement');
    return [];
  }
  return value.flatMap((item: unknown, n) => parseStatement(item, `statements[${n}]`, problems) ?? []);
}

function parseStatement(value: unknown, where: string, problems: string[]): Statement | undefined {
  if (!isObject(value)) {
    problems.push(`${where} must be an IAM statement: { Effect, Action, Resource }`);
    return undefined;
  }
  onlyKeys(value, ELEMENTS, where, problems);
  const { Effect } = value;
  if (Effect !== 'Allow' && Effect !== 'Deny') {
    problems.push(`${where}.Effect must be Allow or Deny`);
    return undefined;
  }
  const actions = either(value, 'Action', 'NotAction', where, problems);
  for (const action of Object.values(actions).flat()) {
    if (!ACTION.test(action)) {
      problems.push(
        `${where}: "${action}" is not an action; write "service:Name" with the service spelled out, or "*"`,
      );
    }
  }
  const resources = either(value, 'Resource', 'NotResource', where, problems);
  for (const resource of Object.values(resources).flat()) {
    if (!RESOURCE.test(resource))
      problems.push(`${where}: "${resource}" is not a resource; write an ARN, or "*"`);
  }
  const condition =
    value['Condition'] === undefined ? undefined : parseCondition(value['Condition'], where, problems);
  return { Effect, ...actions, ...resources, ...(condition && { Condition: condition }) };
}

/** Exactly one of the two elements must be there. */
function either<A extends string, B extends string>(
  value: Record<string, unknown>,
  one: A,
  other: B,
  where: string,
  problems: string[],
): { [name in A | B]?: string[] } {
  const present = [one, other].filter((name) => value[name] !== undefined);
  if (present.length !== 1) problems.push(`${where} needs ${one} or ${other}, and not both`);
  const read: { [name in A | B]?: string[] } = {};
  for (const name of present) read[name] = texts(value[name], `${where}.${name}`, problems);
  return read;
}

function parseCondition(value: unknown, place: string, problems: string[]): Condition {
  const where = `${place}.Condition`;
  const condition: Condition = {};
  if (!isObject(value)) {
    problems.push(`${where} must be { operator: { key: value } }`);
    return condition;
  }
  for (const [operator, keys] of Object.entries(value)) {
    if (!isOperator(operator)) {
      problems.push(`${where}: "${operator}" is not a condition operator of IAM's; look at its spelling`);
    }
    if (!isObject(keys) || Object.keys(keys).length === 0) {
      problems.push(`${where}.${operator} must be { key: value }`);
      continue;
    }
    condition[operator] = {};
    for (const [key, values] of Object.entries(keys)) {
      checkKey(key, where, problems);
      condition[operator][key] = texts(
        [values]
          .flat()
          .map((one) => (typeof one === 'number' || typeof one === 'boolean' ? String(one) : one)),
        `${where}.${operator}.${key}`,
        problems,
      );
    }
  }
  return condition;
}

function checkKey(key: string, where: string, problems: string[]): void {
  const added = ADDED_KEYS.find((name) => name.toLowerCase() === key.toLowerCase());
  if (added === 'aws:CurrentTime') {
    problems.push(`${where}: ${key} is set by the grant's own end; leave it out`);
  } else if (added) {
    problems.push(`${where}: ${key} is set by guardrails; leave it out here, and say it under guardrails`);
  } else if (!/^[\w-]+:[\u0020-\u00FF]+$/.test(key)) {
    problems.push(`${where}: "${key}" is not a condition key; write "service:Key"`);
  }
}

function isOperator(text: string): boolean {
  if (text === 'Null') return true;
  return OPERATORS.has(text.replace(/^(ForAllValues|ForAnyValue):/, '').replace(/IfExists$/, ''));
}
