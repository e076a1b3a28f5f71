import type { GrantKind, PolicySize } from '../../ports/access.js';
import { onlyKeys, texts } from '../check.js';
import { FORM, formOf, SESSION_LIMIT, sessionSize, twoLayers, type SessionConfig } from './documents.js';
import { parseGuardrails } from '../aws/documents/guardrails.js';
import { checkResources, COMMERCIAL, partitionOf, type Partition } from '../aws/documents/partitions.js';
import { parseStatements } from '../aws/documents/statements.js';
import { use } from './words.js';
import { isObject } from '../../domain/is-object.js';

const ROLE_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]{1,64})$/;
const POLICY_ARN = /^arn:(aws[a-z-]*):iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/;
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
  parse(value, about) {
    const { account } = about;
    const problems: string[] = [];
    if (!isObject(value)) return { problems: ['sts-session must be a mapping with a roleArn'] };
    onlyKeys(value, KEYS, 'sts-session', problems);
    const roleArn = parseRoleArn(value['roleArn'], account, problems);
    const partition = partitionOf(roleArn, about, problems);
    const noMfa = 'a session that jit opens never carries MFA; only iam-policy on IAM users can ask for it';
    const guardrails = parseGuardrails(value['guardrails'], { noMfa, partition }, problems);
    const statements =
      value['statements'] === undefined ? undefined : parseStatements(value['statements'], problems);
    if (statements && partition) checkResources(statements, partition, problems);
    const policyArns =
      value['policyArns'] === undefined
        ? undefined
        : parsePolicyArns(value['policyArns'], { account, partition }, problems);
    if (statements?.length && !policyArns && !statements.some(({ Effect }) => Effect === 'Allow')) {
      problems.push('statements has no Allow: a session may do only what its statements allow');
    }
    const { chaining = false } = value;
    if (typeof chaining !== 'boolean') problems.push('chaining must be true or false');
    const config: SessionConfig = {
      roleArn,
      chaining: chaining === true,
      ...(statements && { statements }),
      ...(policyArns && { policyArns }),
      ...(guardrails && { guardrails }),
    };
    if (problems.length === 0) checkSize(config, partition, problems);
    return problems.length > 0 ? { problems } : { config };
  },
  size: (config) => sizeOf(config as SessionConfig),
  // Its own session policy denies it otherwise.
  escapes: ({ chaining }) => chaining === true,
  use,
} as const satisfies GrantKind;

function sizeOf(config: SessionConfig): PolicySize {
  const limits = { session: SESSION_LIMIT };
  const form = formOf(config);
  const two = form === undefined ? twoLayers(config, 0) : undefined;
  if (two) return { size: Math.max(two.session.length, two.scoped.length), limits, layers: 2 };
  return { size: sessionSize(config, form), limits };
}

function checkSize(config: SessionConfig, partition: Partition | undefined, problems: string[]): void {
  if (formOf(config) !== undefined) return;
  const parted = twoLayers(config, 0) !== undefined;
  if (parted && (partition === undefined || partition === COMMERCIAL)) return;
  const size = `the session policy takes ${sessionSize(config)} characters${since(config)}, and STS takes ${SESSION_LIMIT}: shorten the statements`;
  // No page of AWS's says that the call is there, and one of two layers alone would give too much.
  const only = parted
    ? `. It would fit into two layers, and jit knows of no second one (sts:GetScopedCredentials) in ${partition?.name}`
    : '';
  problems.push(size + only);
}

/** With which earlier wording it did fit, for those whose catalog loaded until then. */
function since(config: SessionConfig): string {
  const [fitting] = GREW.filter(([form]) => sessionSize(config, form) <= SESSION_LIMIT);
  return fitting ? ` (${sessionSize(config, fitting[0])} before jit ${fitting[1]})` : '';
}

const GREW = [
  [2, 'let AWS’s services act for the person within network guardrails'],
  [1, 'denied tokens that outlive a session'],
] as const;

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

function parsePolicyArns(
  value: unknown,
  { account, partition }: { account: string; partition: Partition | undefined },
  problems: string[],
): string[] {
  const arns = texts(value, 'policyArns', problems);
  if (arns.length > 10) problems.push(`policyArns has ${arns.length} entries, and STS takes 10`);
  for (const arn of arns) {
    const [, name, owner] = POLICY_ARN.exec(arn) ?? [];
    if (owner === undefined) problems.push(`policyArns: "${arn}" is not the ARN of a managed policy`);
    else if (owner !== account && owner !== 'aws') {
      problems.push(
        `policyArns: "${arn}" is in account ${owner}, and the role in ${account}: make them the same`,
      );
    } else if (partition && name !== partition.name) {
      problems.push(
        `policyArns: "${arn}" is in the partition ${name}, and the role in ${partition.name}: write arn:${partition.name}:…`,
      );
    }
  }
  return arns;
}
