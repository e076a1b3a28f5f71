import type { Millis } from './entitlement.js';

/** A group that a source of people keeps, or a list under review. */
export type Group = { source: string; id: string } | { members: string[] };

/** A group whose members are unknown now. */
export interface UnknownGroup {
  /** In directory.yml. */
  name: string;
  /** Why, as a clause in the words of its source: the reader learns which group it is there, and whether it may pass. */
  why: string;
  /** The source answers and does not have it: trying again does not help. */
  lasting: boolean;
}

/** A kind of place in a chain, as `directory.yml` defines it. */
export interface StageDef {
  name: string;
  /** `manager`: the requester's manager; `owners`: the entitlement's owner groups; `group`: one named group. */
  kind: 'manager' | 'owners' | 'group';
  group?: string;
  channel?: string;
  /** How those who may decide hear of a request; absent: as `toldBy` says. */
  tell?: 'channel' | 'people';
  /** Addresses, as `emailOf` writes them, of those who may decide and are not told. */
  quiet?: string[];
  /** After how long those who may still decide are reminded; absent: never. */
  remind?: Millis;
  /** After how long the members of another group may decide, too. */
  escalate?: { after: Millis; to: string };
  /** The group whose members may stand in for those of this stage; absent: nobody may. */
  delegates?: string;
}

/** How a stage hears of a request: by a card in a channel, or each person by a direct message. */
export function toldBy({ kind, tell }: Pick<StageDef, 'kind' | 'tell'>): 'channel' | 'people' {
  return tell ?? (kind === 'manager' ? 'people' : 'channel');
}

/** Whether a chain names a stage that directory.yml does not have, or no longer, and nobody decides in its place. */
export function isGone(
  { name }: { name: string },
  { stages, fallback }: Pick<DirectoryConfig, 'stages' | 'fallback'>,
): boolean {
  return fallback === undefined && !stages.some((stage) => stage.name === name);
}

/** The groups that fill a stage, with the owner groups of what is asked for; of one for the manager: none. */
export function groupsOfStage(
  { kind, group }: Pick<StageDef, 'kind' | 'group'>,
  owners: readonly string[],
): readonly string[] {
  if (kind === 'owners') return owners;
  return kind === 'group' && group !== undefined ? [group] : [];
}

/**
 * The groups that nobody needs while the people of the stages answer: of escalations, stand-ins and the fallback; and of
 * those who review emergencies.
 */
export function standbyGroups({
  stages,
  fallback,
  emergency,
}: Pick<DirectoryConfig, 'stages' | 'fallback' | 'emergency'>): string[] {
  const named = stages.flatMap(({ escalate, delegates }) => [escalate?.to, delegates]);
  return [...named, fallback?.group, emergency?.review.by, emergency?.tell].flatMap((group) => group ?? []);
}

/** Where it stands who is on call now. */
export type OnCallSource =
  /** A calendar: each event a shift of those whose e-mail addresses it names. */
  | { ical: string }
  /** A JSON list of the e-mail addresses of those who are on call. */
  | { http: string }
  | { pagerduty: { schedule: string; apiUrl: string } };

/** Hours of the directory's timezone in which people work. */
export interface BusinessHours {
  /** ISO weekdays, 1–7. */
  days: number[];
  /** Whole hours, 0–24: from the beginning of `from` to the beginning of `to`. */
  from: number;
  to: number;
  /** `2026-12-25`: not one of the days, whatever its weekday. */
  holidays: string[];
}

/** The way into an account that is not jit's own: a role there, and what it wants to hear. AWS calls neither a secret. */
export interface AccountAccess {
  manageRoleArn: string;
  externalId?: string;
}

/** What a ticket looks like. */
export interface TicketRule {
  /** A regular expression that the whole ticket matches: for programs. */
  pattern: string;
  /** One that matches: people are shown this, and never the pattern. */
  example?: string;
  required: boolean;
}

/** What becomes of access that was asked for in an emergency, besides what policies say. */
export interface EmergencyRules {
  /** Where everybody hears of it. */
  channel: string;
  /** The group that hears of a review that nobody gives, after those who owe it. */
  tell: string;
  /** The group whose members review it once it is over, and how long they have for that. */
  review: { by: string; within: Millis };
}

/** Everything `directory.yml` says. */
export interface DirectoryConfig {
  channel: string;
  /** IANA name. */
  timezone: string;
  justification: { minLength: number; ticket?: TicketRule };
  approvalTimeout: Millis;
  /** How far ahead the start of a request may lie. */
  startWithin: Millis;
  warnBefore: Millis;
  groups: Record<string, Group>;
  /** In the order in which a merged chain walks them. */
  stages: StageDef[];
  people: Record<string, { manager?: string; iamUser?: string; iamRole?: string }>;
  /** How an e-mail becomes an IAM principal: a template with `{email}` or `{local}`. */
  identity?: { type: 'user' | 'role'; template: string; domains: string[] };
  /** The AWS account that jit itself runs in; absent: only a running jit knows. */
  account?: string;
  accounts: Record<string, AccountAccess>;
  /** What people call an account; absent: none has a name. */
  accountNames?: Record<string, string>;
  /** Who decides where a stage cannot be filled any more and its escalation does not help. */
  fallback?: { group: string; channel: string };
  /** Absent: nothing is asked for as an emergency. */
  emergency?: EmergencyRules;
  /** What is done with the live access of somebody who has left; absent: it ends. */
  leavers?: 'end' | 'tell';
  businessHours?: BusinessHours;
  /** `groups`: for what a group owns, in the place of `everything`. */
  onCall?: { everything?: OnCallSource; groups: Record<string, OnCallSource> };
}
