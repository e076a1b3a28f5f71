import { canonical, sha256, type Instant } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import { denials, guarded, withCondition, type Guardrails } from './guardrails.js';
import type { Statement } from './statements.js';

/** What an `sts-session` grant narrows its role by. */
export type SessionConfig = {
  roleArn: string;
  statements?: Statement[];
  policyArns?: string[];
  chaining: boolean;
  guardrails?: Guardrails;
};
/** What an `iam-policy` grant allows. */
export type InlineConfig = { statements: Statement[]; guardrails?: Guardrails };

/**
 * How this version words its documents. A grant keeps the number of its approval; one without was approved under 1, which
 * knew no Deny of tokens. A wording that changes gets the next number, and the earlier ones stay: see `sessionPolicyOf`
 * and `inlinePolicies`.
 */
export const FORM = 2;

/** Characters of inline and managed session policies together. */
export const SESSION_LIMIT = 2048;
/** Characters without white space, of all inline policies of one principal together. */
export const INLINE_LIMIT = { user: 2048, role: 10_240 } as const;

export const policyName = (requestId: string): string => `jit-${requestId}`;
export const revocationName = (requestId: string): string => `jit-revoke-${requestId}`;
/** Stands on every target role from the start, dated in the far past: a rewrite of the same size fits a full role too. */
export const REVOKE_ALL = 'jit-revoke-all';
/** The session tag that ties a session, and those opened from it, to its request. */
export const REQUEST_TAG = 'jit:request';

/**
 * The policy of a session: what the catalog allows, and Denies that no other policy can outweigh.
 * @param endsAt from this instant on everything is denied
 * @param form which wording; one that this version does not know is today's
 */
export function sessionPolicy(config: SessionConfig, endsAt: Instant, form: number = FORM): string {
  // Managed session policies and this one are a union, so beside them an Allow of everything would undo their narrowing.
  const allowed = config.statements ?? (config.policyArns ? [] : [everything('Allow')]);
  const ended: Statement = {
    ...everything('Deny'),
    Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': [timeOf(endsAt)] } },
  };
  const outliving = form === 1 ? chained(config) : [...furtherRoles(config), ...tokens(config)];
  const bound: Statement[] =
    outliving.length > 0 ? [{ Effect: 'Deny', Action: outliving, Resource: ['*'] }] : [];
  return document([...allowed, ended, ...bound, ...denials(config.guardrails)]);
}

/** The policy of this grant's session: as worded today, and where that does not fit, as it was approved. */
export function sessionPolicyOf({ grant, lease, form = 1 }: Pick<Grant, 'grant' | 'lease' | 'form'>): string {
  const config = grant.config as SessionConfig;
  return sessionPolicy(config, lease.endsAt, sessionSize(config) <= SESSION_LIMIT ? FORM : form);
}

/** What AWS counts: the plain text of the inline policy and of the managed ones' ARNs together. */
export function sessionSize(config: SessionConfig, form: number = FORM): number {
  // The end is always written with as many characters.
  return sessionPolicy(config, 0, form).length + (config.policyArns ?? []).join('').length;
}

function chained({ chaining }: SessionConfig): string[] {
  return chaining ? [] : ['sts:AssumeRole*', 'sts:AssumeRoot'];
}

/** What another role's session may do is not bound by this policy. All of AssumeRole… and AssumeRoot, in few characters. */
function furtherRoles({ chaining }: SessionConfig): string[] {
  return chaining ? [] : ['sts:AssumeRo*'];
}

/**
 * Tokens that STS gives for a session and that outlive it: of a service for up to twelve hours, of a web identity for up
 * to one, and credentials for a delegation.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
 */
export const TOKEN_ACTIONS = [
  'sts:GetServiceBearerToken',
  'sts:GetWebIdentityToken',
  'sts:GetDelegatedAccessToken',
] as const;

/** Those that the statements do not name: letter for letter, since a wildcard says nothing about tokens. */
function tokens({ statements = [] }: SessionConfig): string[] {
  const named = statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action = [] }) => Action.map((action) => action.toLowerCase()));
  // All in few characters. It also matches GetFederationToken and GetSessionToken, which take long-term keys only.
  if (!named.some((action) => /^sts:get\w*token$/.test(action))) return ['sts:Get*Token'];
  return TOKEN_ACTIONS.filter((action) => !named.includes(action.toLowerCase()));
}

/** The inline policy of a grant to a person's own user or role: each statement ends at `endsAt`. */
export function inlinePolicy(config: InlineConfig, endsAt: Instant): string {
  const until = { DateLessThan: { 'aws:CurrentTime': [timeOf(endsAt)] } };
  return document(
    config.statements.flatMap((statement) =>
      guarded(statement, config.guardrails).map((part) => withCondition(part, until)),
    ),
  );
}

/** Every wording that some version has written for such a grant, today's first. */
export function inlinePolicies(config: InlineConfig, endsAt: Instant): [string, ...string[]] {
  return [inlinePolicy(config, endsAt)];
}

/** Ends the sessions of one request before their time, and no other session of the role. */
export function revocation(requestId: string): string {
  return document([
    {
      ...everything('Deny'),
      Condition: { StringEquals: { [`aws:PrincipalTag/${REQUEST_TAG}`]: [requestId] } },
    },
  ]);
}

/**
 * Ends all sessions that jit opened by `until`, whosever they are, and nobody else's. Always of one size.
 * A session without the tag is not jit's. What is denied was opened at that very second, or before.
 */
export function revocationOfAll(until: Instant): string {
  return document([
    {
      ...everything('Deny'),
      Condition: {
        DateLessThanEquals: { 'aws:TokenIssueTime': [timeOf(until)] },
        Null: { [`aws:PrincipalTag/${REQUEST_TAG}`]: ['false'] },
      },
    },
  ]);
}

/** @returns the date of such a policy; undefined for any other document */
export function revokedUntil(text: string): Instant | undefined {
  const [written = ''] = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/.exec(text) ?? [];
  const until = Date.parse(written);
  return !Number.isNaN(until) && sameDocument(text, revocationOfAll(until)) ? until : undefined;
}

/** As IAM counts inline policies: without white space, but what stands inside a text is counted to be safe. */
export function sizeOf(text: string): number {
  try {
    return JSON.stringify(JSON.parse(text)).length;
  } catch {
    return text.length;
  }
}

/** Whether two documents say the same: a list of one is its one value, and no order matters. */
export function sameDocument(one: string, other: string): boolean {
  try {
    return canonical(loose(JSON.parse(one))) === canonical(loose(JSON.parse(other)));
  } catch {
    return false;
  }
}

/** SHA-256, hex, of what a document says: equal where `sameDocument` is true. Of what is no JSON, of its text. */
export function documentHash(text: string): string {
  try {
    return sha256(canonical(loose(JSON.parse(text))));
  } catch {
    return sha256(text);
  }
}

function everything(Effect: 'Allow' | 'Deny'): Statement {
  return { Effect, Action: ['*'], Resource: ['*'] };
}

function document(statements: Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map(short) });
}

/** Lists of one as their one value, to save room. */
function short(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? value[0] : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, short(member)]));
}

function loose(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(loose).sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
    return items.length === 1 ? items[0] : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, loose(member)]));
}

/** Whole seconds, rounded down: AWS compares no finer, and access is never longer than promised. */
function timeOf(at: Instant): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
