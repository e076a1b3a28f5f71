import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Instant } from '../../domain/entitlement.js';
import type { GrantKind } from '../../ports/access.js';
import type { Policy } from '../policy.js';
import type { FilePlace } from './finding.js';
import type { Members } from './members.js';
import type { PolicyScope } from './scope.js';

export interface WrittenPolicy {
  policy: Policy;
  at: FilePlace;
  json: PolicyJson;
  scope: PolicyScope;
}

export interface LintOptions {
  /** Whose week is looked at. */
  at: Instant;
  members?: Members;
  /** A ticket that the directory's pattern takes. */
  ticket?: string;
  kinds: readonly GrantKind[];
}
