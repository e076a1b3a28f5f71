import {
  INLINE_LIMIT,
  inlinePolicy,
  SESSION_LIMIT,
  sessionSize,
  sizeOf,
} from '../../grants/aws/documents.js';
import type { InlineConfig, SessionConfig } from '../../grants/aws/documents.js';
import type { Sizer } from '../../policy/lint/index.js';

/** The size of the policy that a grant makes, and what AWS takes. The end is always written with as many characters. */
export const sizeOfGrant: Sizer = ({ grant: { kind, config } }) => {
  if (kind === 'iam-policy')
    return { size: sizeOf(inlinePolicy(config as InlineConfig, 0)), limits: INLINE_LIMIT };
  if (kind !== 'sts-session') return undefined;
  return { size: sessionSize(config as SessionConfig), limits: { session: SESSION_LIMIT } };
};
