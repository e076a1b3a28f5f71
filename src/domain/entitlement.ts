import { createHash } from 'node:crypto';
import { defined } from './objects.js';

/** Milliseconds since the epoch. */
export type Instant = number;
/** A length of time in milliseconds. */
export type Millis = number;

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export type Risk = 'low' | 'medium' | 'high';

/** One thing that can be asked for: an entry of the catalog. */
export interface Entitlement {
  id: string;
  name: string;
  description: string;
  environment: string;
  account: string;
  risk: Risk;
  /** Names of the groups that own it. */
  owners: string[];
  tags: Record<string, string>;
  /** What is offered, shortest first. */
  durations: Millis[];
  channel?: string;
  /** Absent: it cannot be made longer. */
  extensions?: ExtensionTerms;
  /** Exactly one grant kind, by name, with its checked configuration. */
  grant: { kind: string; config: JsonObject };
}

/** How access may be made longer: how often, and how long it may be in all. */
export interface ExtensionTerms {
  most: number;
  total: Millis;
}

/** The IAM user or role that an e-mail stands for, where the grant kind needs one. */
export interface Principal {
  type: 'user' | 'role';
  /** The IAM name, without path. */
  name: string;
}

/** What approvers approve: fixed when the request is made. */
export interface PinnedGrant {
  kind: string;
  account: string;
  config: JsonObject;
  principal?: Principal;
  /** SHA-256, hex, over everything above. */
  hash: string;
}

export function pin(entitlement: Entitlement, principal?: Principal): PinnedGrant {
  const { kind, config } = entitlement.grant;
  const content = { kind, account: entitlement.account, config, ...defined({ principal }) };
  return { ...content, hash: sha256(canonical(content)) };
}

/** JSON with sorted keys and without undefined members: equal values give equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
