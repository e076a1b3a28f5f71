import type { Millis } from './entitlement.js';

/** A person as Slack knows them; both halves are kept, so that an e-mail that changes hands is noticed. */
export interface Person {
  /** Lower case. */
  email: string;
  slackId: string;
  team: string;
}

export type Group = { usergroup: string } | { members: string[] };

/** A kind of place in a chain, as `directory.yml` defines it. */
export interface StageDef {
  name: string;
  /** `manager`: the requester's manager; `owners`: the entitlement's owner groups; `group`: one named group. */
  kind: 'manager' | 'owners' | 'group';
  group?: string;
  channel?: string;
}

/** Everything `directory.yml` says. */
export interface DirectoryConfig {
  channel: string;
  /** IANA name. */
  timezone: string;
  justification: { minLength: number; ticket?: { pattern: string; required: boolean } };
  approvalTimeout: Millis;
  warnBefore: Millis;
  groups: Record<string, Group>;
  /** In the order in which a merged chain walks them. */
  stages: StageDef[];
  people: Record<string, { manager?: string; iamUser?: string; iamRole?: string }>;
  /** How an e-mail becomes an IAM principal: a template with `{email}` or `{local}`. */
  identity?: { type: 'user' | 'role'; template: string; domains: string[] };
  accounts: Record<string, { manageRoleArn: string; externalId?: string }>;
}
