import type { DirectoryConfig } from '../../domain/directory.js';
import { emailOf } from '../../domain/email.js';
import type { Principal } from '../../domain/entitlement.js';
import type { Aws } from '../../grants/aws/client.js';
import type { Caller } from '../../grants/aws/inspect.js';
import type { KindDoctor } from '../../grants/parts.js';
import type { Examined } from '../../kit/diagnosis.js';
import { principalOf } from '../../people/principal.js';
import type { Bundle } from '../../ports/policy.js';
import { emailsOf } from './slack/people.js';

/** What the doctor of a grant kind says of the catalog's entitlements of that kind. */
export async function examineKind(
  [kind, doctor]: readonly [name: string, KindDoctor],
  aws: Aws,
  caller: Caller,
  { entitlements: all, directory }: Bundle,
): Promise<Examined<true>> {
  const entitlements = [...all.values()].filter(({ grant }) => grant.kind === kind);
  if (entitlements.length === 0) return { skipped: `the catalog has no ${kind}` };
  return doctor.examine({ aws, caller, entitlements, principals: principalsIn(directory) });
}

/** Those that are written down go first: a template may give names that nobody has. */
export function principalsIn(directory: DirectoryConfig): Principal[] {
  const named = Object.entries(directory.people).filter(([, { iamUser, iamRole }]) => iamUser ?? iamRole);
  const emails = new Set([...named.map(([email]) => emailOf(email)), ...emailsOf(directory)]);
  const all = [...emails].map((email) => principalOf(email, directory));
  return all.filter((principal) => typeof principal !== 'string');
}
