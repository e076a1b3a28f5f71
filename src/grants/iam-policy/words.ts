import type { PinnedGrant } from '../../domain/entitlement.js';
import type { CodePen } from '../../ports/access.js';

/** How a person uses the access, in a sentence for them. */
export function use({ account, principal }: PinnedGrant, { code }: CodePen): string {
  if (!principal) return `It is in account ${code(account)}.`;
  const { type, name } = principal;
  return `It is on your IAM ${type} ${code(name)} in account ${code(account)}; AWS may need a minute to let it work everywhere.`;
}
