import ipaddr from 'ipaddr.js';
import { arnLike, expand, glob, lookup, plain, type CallContext } from './match.js';

/** Operator → key → value or values, as written in a policy. */
export type ConditionBlock = Record<string, Record<string, Scalar | Scalar[]>>;
export type Scalar = string | number | boolean;

type Test = (actual: string, wanted: string) => boolean;

const compare =
  (read: (text: string) => number, holds: (a: number, b: number) => boolean): Test =>
  (actual, wanted) => {
    const [a, b] = [read(actual), read(wanted)];
    return !Number.isNaN(a) && !Number.isNaN(b) && holds(a, b);
  };
const numeric = (holds: (a: number, b: number) => boolean) =>
  compare((text) => (text.trim() === '' ? Number.NaN : Number(text)), holds);
const date = (holds: (a: number, b: number) => boolean) => compare(instant, holds);

const TESTS: Record<string, Test> = {
  stringequals: (actual, wanted) => actual === plain(wanted),
  stringequalsignorecase: (actual, wanted) => actual.toLowerCase() === plain(wanted).toLowerCase(),
  stringlike: (actual, wanted) => glob(wanted, actual),
  numericequals: numeric((a, b) => a === b),
  numericlessthan: numeric((a, b) => a < b),
  numericlessthanequals: numeric((a, b) => a <= b),
  numericgreaterthan: numeric((a, b) => a > b),
  numericgreaterthanequals: numeric((a, b) => a >= b),
  dateequals: date((a, b) => a === b),
  datelessthan: date((a, b) => a < b),
  datelessthanequals: date((a, b) => a <= b),
  dategreaterthan: date((a, b) => a > b),
  dategreaterthanequals: date((a, b) => a >= b),
  bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  binaryequals: (actual, wanted) => actual === wanted,
  ipaddress: inRange,
  // AWS: ArnEquals and ArnLike behave the same, wildcards and all.
  arnequals: (actual, wanted) => arnLike(wanted, actual),
  arnlike: (actual, wanted) => arnLike(wanted, actual),
};
const NEGATED: Record<string, string> = {
  stringnotequals: 'stringequals',
  stringnotequalsignorecase: 'stringequalsignorecase',
  stringnotlike: 'stringlike',
  numericnotequals: 'numericequals',
  datenotequals: 'dateequals',
  notipaddress: 'ipaddress',
  arnnotequals: 'arnequals',
  arnnotlike: 'arnlike',
};
const WITH_VARIABLES = /^(string|arn)/;

interface Operator {
  set?: 'forallvalues' | 'foranyvalue';
  base: string;
  negated: boolean;
  ifExists: boolean;
}

/** @returns undefined for an operator that AWS does not have. */
export function readOperator(text: string): Operator | undefined {
  const [, set, name = ''] = /^(?:(forallvalues|foranyvalue):)?(\w+)$/.exec(text.toLowerCase()) ?? [];
  const ifExists = name.endsWith('ifexists');
  const bare = ifExists ? name.slice(0, -'ifexists'.length) : name;
  const base = NEGATED[bare] ?? bare;
  if (base === 'null' ? ifExists || set !== undefined : !(base in TESTS)) return undefined;
  return {
    base,
    negated: bare in NEGATED,
    ifExists,
    ...(set && { set: set === 'forallvalues' ? 'forallvalues' : 'foranyvalue' }),
  };
}

/**
 * Whether a statement's conditions hold: every operator, and under it every key, must; of the values of one key, one
 * must (or, negated, none may).
 * @param effect what cannot be understood stops an Allow, and lets a Deny take hold
 * @param variables whether the document's version knows policy variables
 */
export function conditionsHold(
  block: ConditionBlock,
  context: CallContext,
  effect: 'Allow' | 'Deny',
  variables = true,
): boolean {
  return Object.entries(block).every(([text, keys]) => {
    const operator = readOperator(text);
    if (!operator) return effect === 'Deny';
    return Object.entries(keys).every(([key, values]) =>
      keyHolds(operator, lookup(context, key), [values].flat().map(String), context, variables),
    );
  });
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
function keyHolds(
  operator: Operator,
  actual: string | string[] | undefined,
  written: string[],
  context: CallContext,
  variables: boolean,
): boolean {
  const given = actual === undefined ? [] : [actual].flat();
  if (operator.base === 'null') return written.some((value) => (value === 'true') === (given.length === 0));

  const wanted =
    variables && WITH_VARIABLES.test(operator.base)
      ? written.map((value) => expand(value, context)).filter((value) => value !== undefined)
      : written;
  const test = TESTS[operator.base];
  const matches = (value: string): boolean =>
    wanted.some((pattern) => test?.(value, pattern)) !== operator.negated;

  if (operator.set === 'forallvalues') return given.every(matches);
  // With ForAnyValue, IfExists makes no difference: there is no value that could match.
  if (operator.set === 'foranyvalue') return given.some(matches);
  if (given.length === 0) return operator.ifExists || operator.negated;
  return operator.negated ? given.every(matches) : given.some(matches);
}

/** ISO 8601, or seconds since the epoch; in ms. */
function instant(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  return /^\d{4}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
}

function inRange(actual: string, range: string): boolean {
  if (!ipaddr.isValid(actual)) return false;
  const address = ipaddr.parse(actual);
  const cidr = range.includes('/') ? range : `${range}/${range.includes(':') ? 128 : 32}`;
  if (!ipaddr.isValidCIDR(cidr)) return false;
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return network.kind() === address.kind() && address.match([network, bits]);
}
