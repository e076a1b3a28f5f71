import type { DirectoryConfig } from '../domain/directory.js';
import type { Instant, JsonObject, Millis, PinnedGrant } from '../domain/entitlement.js';
import type { Grant } from '../domain/grant.js';
import type { Lingering, Proof, Reason, Receipt } from '../domain/request/state.js';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** From then on they can do nothing. */
  expiresAt: Instant;
  /** Absent where AWS itself takes them no longer than that. */
  lingering?: Lingering;
  /** For a profile, which needs one. */
  region: string;
  /** The only regions in which they may be used; absent: no guardrail says. */
  regions?: string[];
  /** Absent when AWS's sign-in endpoint did not give one. */
  consoleUrl?: string;
}

/** How access of one kind is made and unmade. Everything may be called twice, late, or beside itself. */
export interface Provisioner {
  /** Can AWS take it? Asked before approvers are. Throws when it cannot be known. */
  preflight(grant: PinnedGrant, requestId: string): Promise<Reason | undefined>;
  /** Returns within `PROVISION_TIMEOUT`, or throws. What it makes ends by itself at `lease.endsAt`, if its kind `endsAlone`. */
  provision(grant: Grant): Promise<Receipt>;
  /** Takes away what `provision` and `mint` gave, and reads back that it is gone. */
  revoke(grant: Grant, now: Instant): Promise<Proof>;
  /** Clears away what `revoke` left standing. */
  cleanUp(grant: Grant): Promise<void>;
  /** Present where the access is a session that is opened at need. */
  mint?(grant: Grant, now: Instant): Promise<Credentials>;
}

/** What a provisioner throws. Anything else that is thrown counts as passing. */
export class GrantFault extends Error {
  constructor(
    /** AWS's error code, or ours. */
    readonly code: string,
    /** What a person can do about it; no secrets, no request ids needed. */
    readonly hint: string,
    /**
     * Trying again cannot help until somebody changes something: an answer that AWS itself calls final, or a grant that
     * jit itself knows to be impossible. Never throttling, a time-out or anything unknown.
     */
    readonly permanent: boolean,
  ) {
    super(`${code}: ${hint}`);
    this.name = 'GrantFault';
  }
}

/** All calls of one `provision` together, in ms. */
export const PROVISION_TIMEOUT: Millis = 20_000;

/** A grant kind as the catalog writes it. */
export interface GrantKind {
  name: string;
  /** Whether the access goes to the requester's own IAM principal. */
  needsPrincipal: boolean;
  /** Whether the person opens sessions of it at need: its provisioner has `mint`. */
  mints: boolean;
  /** Whether AWS refuses everything from `lease.endsAt` on with every part of this program dead (invariant 1). */
  endsAlone: boolean;
  /** What room in IAM each early end takes up for a while; absent where it takes none. Equal where it is the same room. */
  fills?(config: JsonObject): string;
  /** The number of the wording in which it writes its documents now; a grant keeps that of its approval. */
  form?: number;
  /** Checks and normalises what stands under the kind's name in an entitlement. */
  parse(
    config: unknown,
    about: {
      account: string;
      directory: DirectoryConfig;
      ownAccount?: string;
      /** The bot's own partition of AWS, as ARNs name it; absent: not known. */
      ownPartition?: string;
    },
  ): { config: JsonObject } | { problems: string[] };
  /** Absent where AWS sets no limit. */
  size?(config: JsonObject): PolicySize;
  /** Whether the access may open sessions of further roles, which its end does not reach. Absent: it may. */
  escapes?(config: JsonObject): boolean;
  /** For the person who has the access: how they use it, in a sentence. */
  use(grant: PinnedGrant, pen: CodePen): string;
}

/** Characters of the policy that a grant makes in IAM or hands to STS, and what AWS takes there in all. */
export interface PolicySize {
  size: number;
  /** It fits into two layers only, of which AWS may not make the second; then `size` is the longer one's. */
  layers?: 2;
  limits: Partial<Record<'session' | 'user' | 'role', number>>;
}

/** How names are set off in a sentence; what it is given is escaped. */
export interface CodePen {
  code(text: string): string;
}
