import type { DirectoryConfig } from '../../domain/directory.js';
import type { GrantKind } from '../../ports/access.js';
import { onlyKeys } from '../check.js';
import { sizeOf } from '../aws/documents/document.js';
import { FORM, INLINE_LIMIT, inlinePolicy, type InlineConfig } from './documents.js';
import { parseGuardrails } from '../aws/documents/guardrails.js';
import { checkResources, partitionOf } from '../aws/documents/partitions.js';
import { parseStatements } from '../aws/documents/statements.js';
import { use } from './words.js';
import { isObject } from '../../domain/is-object.js';

/** An inline policy with an end, on the requester's own user or role. */
export const iamPolicyKind = {
  name: 'iam-policy',
  needsPrincipal: true,
  mints: false,
  endsAlone: true,
  form: FORM,
  parse(value, about) {
    const { account, directory, ownAccount } = about;
    const problems: string[] = [];
    if (!isObject(value)) return { problems: ['iam-policy must be a mapping with statements'] };
    onlyKeys(value, ['statements', 'guardrails'], 'iam-policy', problems);
    const roles = givesRoles(directory);
    const partition = partitionOf(undefined, about, problems);
    const statements = parseStatements(value['statements'], problems);
    if (partition) checkResources(statements, partition, problems);
    statements.forEach(({ Effect }, n) => {
      if (Effect !== 'Allow') {
        problems.push(
          `statements[${n}].Effect must be Allow: a Deny would take away what the person has anyway`,
        );
      }
    });
    const noMfa = roles ? 'MFA can be asked of IAM users only, and directory.yml gives roles' : undefined;
    const guardrails = parseGuardrails(value['guardrails'], { noMfa, partition }, problems);
    if (account !== ownAccount && !(account in directory.accounts)) {
      problems.push(
        ownAccount === undefined
          ? `account ${account} is not under accounts in directory.yml: add it there, or, if jit itself runs in it, write account: "${account}" there`
          : `account ${account} is neither jit's own (${ownAccount}) nor under accounts in directory.yml: add it there`,
      );
    }
    const config: InlineConfig = { statements, ...(guardrails && { guardrails }) };
    if (problems.length > 0) return { problems };
    const size = sizeOf(inlinePolicy(config, 0));
    const limit = INLINE_LIMIT[roles ? 'role' : 'user'];
    if (size <= limit) return { config };
    const earlier = sizeOf(inlinePolicy(config, 0, 2));
    const since =
      earlier <= limit
        ? ` (${earlier} before jit let AWS’s services act for the person within network guardrails)`
        : '';
    return {
      problems: [
        `the policy takes ${size} characters${since}, and IAM takes ${limit} in all: shorten the statements`,
      ],
    };
  },
  size: (config) => ({ size: sizeOf(inlinePolicy(config as InlineConfig, 0)), limits: INLINE_LIMIT }),
  use,
} as const satisfies GrantKind;

function givesRoles({ identity, people }: DirectoryConfig): boolean {
  return identity?.type === 'role' || Object.values(people).some(({ iamRole }) => iamRole !== undefined);
}
