import { readOperator, type ConditionBlock } from './conditions.js';

export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Principal?: '*' | Record<string, string | string[]>;
  NotPrincipal?: '*' | Record<string, string | string[]>;
  Condition?: ConditionBlock;
}
export interface PolicyDocument {
  Version?: '2012-10-17' | '2008-10-17';
  Id?: string;
  Statement: PolicyStatement | PolicyStatement[];
}

const ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'NotPrincipal',
  'Condition',
]);

/** As AWS counts: without white space. */
export function policySize(text: string): number {
  return text.replace(/\s/g, '').length;
}

/**
 * Reads a policy as IAM does.
 * @returns the document, or the sentence with which AWS refuses it.
 */
export function readDocument(text: string, use: 'identity' | 'trust'): PolicyDocument | string {
  const document = parse(text);
  if (!isObject(document)) return 'Syntax errors in policy.';
  if (Object.keys(document).some((key) => !['Version', 'Id', 'Statement'].includes(key))) {
    return 'Syntax errors in policy.';
  }
  if (![undefined, '2012-10-17', '2008-10-17'].includes(document['Version'] as string | undefined)) {
    return 'The policy must contain a valid version string.';
  }
  const statements = [document['Statement']].flat();
  if (document['Statement'] === undefined || statements.length === 0) return 'Syntax errors in policy.';
  for (const statement of statements) {
    const wrong = problemOf(statement, use);
    if (wrong) return wrong;
  }
  const sids = statements
    .map((statement) => (statement as PolicyStatement).Sid)
    .filter((sid) => sid !== undefined);
  if (new Set(sids).size !== sids.length) {
    return 'Statement IDs (SID) in a single policy must be unique.';
  }
  return document as unknown as PolicyDocument;
}

function problemOf(statement: unknown, use: 'identity' | 'trust'): string | undefined {
  if (!isObject(statement) || Object.keys(statement).some((key) => !ELEMENTS.has(key))) {
    return 'Syntax errors in policy.';
  }
  const { Sid, Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition } =
    statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') return `Invalid effect: ${String(Effect)}`;
  if (Sid !== undefined && !(typeof Sid === 'string' && /^[A-Za-z0-9]*$/.test(Sid))) {
    return 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*';
  }
  const actions = texts(Action ?? NotAction);
  if (!actions || (Action !== undefined && NotAction !== undefined)) {
    return 'Policy statement must contain actions.';
  }
  if (actions.some((action) => action !== '*' && !/^[\w-]+:[\w*?]+$/.test(action))) {
    return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
  }
  if (use === 'trust') {
    if (Resource !== undefined || NotResource !== undefined) return 'Has prohibited field Resource';
    if (Principal === undefined && NotPrincipal === undefined) return 'Missing required field Principal';
  } else {
    if (Principal !== undefined || NotPrincipal !== undefined) {
      return 'Policy document should not specify a principal.';
    }
    const resources = texts(Resource ?? NotResource);
    if (!resources || (Resource !== undefined && NotResource !== undefined)) {
      return 'Policy statement must contain resources.';
    }
    const odd = resources.find((resource) => resource !== '*' && !/^arn:([^:]*:){4}.+/.test(resource));
    if (odd !== undefined) return `Resource ${odd} must be in ARN format or "*".`;
  }
  return Condition === undefined ? undefined : conditionProblem(Condition);
}

function conditionProblem(condition: unknown): string | undefined {
  if (!isObject(condition)) return 'Syntax errors in policy.';
  for (const [operator, keys] of Object.entries(condition)) {
    if (!readOperator(operator)) return `Invalid Condition type : ${operator}.`;
    if (!isObject(keys)) return 'Syntax errors in policy.';
    for (const [key, values] of Object.entries(keys)) {
      if (!key.includes(':')) {
        return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
      }
      if ([values].flat().some((value) => !['string', 'number', 'boolean'].includes(typeof value))) {
        return 'Syntax errors in policy.';
      }
    }
  }
  return undefined;
}

function texts(value: unknown): string[] | undefined {
  const list = [value].flat();
  return list.length > 0 && list.every((item) => typeof item === 'string') ? list : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
