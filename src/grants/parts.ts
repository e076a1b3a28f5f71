import type { Entitlement, Principal } from '../domain/entitlement.js';
import type { Examined } from '../kit/diagnosis.js';
import type { Aws } from './aws/client.js';
import type { Caller } from './aws/inspect.js';

// What the folder of a grant kind has besides its `GrantKind` and its `Provisioner`.

/** What `jit doctor` asks about the entitlements of one kind. */
export interface KindDoctor {
  /** The name of the step. */
  step: string;
  /** May throw: that is a problem of the step. */
  examine(of: {
    aws: Aws;
    caller: Caller;
    /** Those of this kind; at least one. */
    entitlements: readonly Entitlement[];
    /** IAM principals of people whom directory.yml names, those that are written down first. */
    principals: readonly Principal[];
  }): Promise<Examined<true>>;
}

/** What the sandbox's double of AWS must have before an entitlement can be given there. */
export interface KindSeed {
  /** ARNs of the roles whose sessions jit opens. */
  roles: string[];
  /** ARNs of managed policies. */
  policies: string[];
  /** Whether everybody has an IAM principal of their own in the account. */
  principals: boolean;
}
