import type { GrantKind } from '../../ports/access.js';
import { onlyKeys, texts } from '../check.js';
import { FORM, SESSION_LIMIT, sessionSize, type SessionConfig } from './documents.js';
import { parseGuardrails } from '../aws/documents/guardrails.js';
import { parseStatements } from '../aws/documents/statements.js';
import { use } from './words.js';
import { isObject } from '../../domain/is-object.js';

const ROLE_ARN = /^arn:aws(?:-cn|-us-gov)?:iam::(\d{12}):role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]{1,64})$/;
const POLICY_ARN = /^arn:aws(?:-cn|-us-gov)?:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/;
const KEYS = ['roleArn', 'statements', 'policyArns', 'chaining', 'guardrails'] as const;

/** A session of a role, opened at need, that ends by its own policy. */
export const stsSessionKind = {
  name: 'sts-session',
  needsPrincipal: false,
  mints: true,
  endsAlone: true,
  form: FORM,
  // A Deny on the role. IAM tells no names apart by their case.
  fills: ({ roleArn }) => (typeof roleArn === 'string' ? roleArn.toLowerCase() : ''),
  parse(value, { account }) {
    const problems: string[] = [];
    if (!isObject(value)) return { problems: ['sts-session must be a mapping with a roleArn'] };
    onlyKeys(value, KEYS, 'sts-session', problems);
    const guardrails = parseGuardrails(
      value['guardrails'],
      'a session that jit opens never carries MFA; only iam-policy on IAM users can ask for it',
      problems,
    );
    const statements =
      value['statements'] === undefined ? undefined : parseStatements(value['statements'], problems);
    const policyArns =
      value['policyArns'] === undefined ? undefined : parsePolicyArns(value['policyArns'], account, problems);
    if (statements?.length && !policyArns && !statements.some(({ Effect }) => Effect === 'Allow')) {
      problems.push('statements has no Allow: a session may do only what its statements allow');
    }
    const { chaining = false } = value;
    if (typeof chaining !== 'boolean') problems.push('chaining must be true or false');
    const config: SessionConfig = {
      roleArn: parseRoleArn(value['roleArn'], account, problems),
      chaining: chaining === true,
      ...(statements && { statements }),
      ...(policyArns && { policyArns }),
      ...(guardrails && { guardrails }),
    };
    const size = problems.length === 0 ? sessionSize(config) : 0;
    if (size > SESSION_LIMIT) {
      const earlier = sessionSize(config, 1);
      const since =
        earlier <= SESSION_LIMIT ? ` (${earlier} before jit denied tokens that outlive a session)` : '';
      problems.push(
        `the session policy takes ${size} characters${since}, and STS takes ${SESSION_LIMIT}: shorten the statements`,
      );
    }
    return problems.length > 0 ? { problems } : { config };
  },
  size: (config) => ({ size: sessionSize(config as SessionConfig), limits: { session: SESSION_LIMIT } }),
  // Its own session policy denies it otherwise.
  escapes: ({ chaining }) => chaining === true,
  use,
} as const satisfies GrantKind;

function parseRoleArn(value: unknown, account: string, problems: string[]): string {
  const match = typeof value === 'string' ? ROLE_ARN.exec(value) : null;
  if (!match) {
    problems.push('roleArn must be the ARN of a role, such as arn:aws:iam::111122223333:role/jit/Name');
    return '';
  }
  const [arn, owner, name] = match;
  if (owner !== account) {
    problems.push(`roleArn is in account ${owner}, and the entitlement in ${account}: make them the same`);
  }
  if (name?.startsWith('AWSReservedSSO_')) {
    problems.push(
      "roleArn is a role of Identity Center's, which only Identity Center can assume: name one of your own",
    );
  }
  return arn;
}

function parsePolicyArns(value: unknown, account: string, problems: string[]): string[] {
  const arns = texts(value, 'policyArns', problems);
  if (arns.length > 10) problems.push(`policyArns has ${arns.length} entries, and STS takes 10`);
  for (const arn of arns) {
    const [, owner] = POLICY_ARN.exec(arn) ?? [];
    if (owner === undefined) problems.push(`policyArns: "${arn}" is not the ARN of a managed policy`);
    else if (owner !== account && owner !== 'aws') {
      problems.push(
        `policyArns: "${arn}" is in account ${owner}, and the role in ${account}: make them the same`,
      );
    }
  }
  return arns;
}
