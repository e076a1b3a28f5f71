import { INLINE_LIMIT, inlinePolicy, SESSION_LIMIT, sessionPolicy, sizeOf } from '../../grants/documents.js';
import type { InlineConfig, SessionConfig } from '../../grants/documents.js';
import type { Sizer } from '../../policy/tools/lint/index.js';

/** The size of the policy that a grant makes, and what AWS takes. The end is always written with as many characters. */
export const sizeOfGrant: Sizer = ({ grant: { kind, config } }) => {
  if (kind === 'iam-policy')
    return { size: sizeOf(inlinePolicy(config as InlineConfig, 0)), limits: INLINE_LIMIT };
  if (kind !== 'sts-session') return undefined;
  const session = config as SessionConfig;
  // AWS counts the plain text of the inline policy and of the managed ones' ARNs together.
  const size = sessionPolicy(session, 0).length + (session.policyArns ?? []).join('').length;
  return { size, limits: { session: SESSION_LIMIT } };
};
