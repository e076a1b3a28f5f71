import type { Instant } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import { document, everything, timeOf } from '../aws/documents/document.js';
import { denials, SCOPE_DOWN } from '../aws/documents/enforcement.js';
import type { Guardrails } from '../aws/documents/guardrails.js';
import type { Statement } from '../aws/documents/statements.js';

/** What a grant narrows its role by. */
export type SessionConfig = {
  roleArn: string;
  statements?: Statement[];
  policyArns?: string[];
  chaining: boolean;
  guardrails?: Guardrails;
};

/**
 * How this version words its documents. A grant keeps the number of its approval; one without was approved under 1, which
 * knew no Deny of tokens. Up to 2, network guardrails also stopped AWS's services that act for the person. Up to 3, a
 * session could not make shorter keys of itself. A wording that changes gets the next number, and the earlier ones stay:
 * see `formOf`.
 */
export const FORM = 4;
/** The last wording in which a session makes no keys of itself: it allows less than today's, and is shorter. */
const UNSCOPED = 3;

/** Characters of inline and managed session policies together; also those of the policy of a scoped layer. */
export const SESSION_LIMIT = 2048;
/**
 * The policy of a session: what the catalog allows, and Denies that no other policy can outweigh.
 * @param endsAt from this instant on everything is denied
 * @param form which wording; one that this version does not know is today's
 */
export function sessionPolicy(config: SessionConfig, endsAt: Instant, form: number = FORM): string {
  return document([...allowedIn(config, form), ...alwaysDenied(config, endsAt, form)]);
}

function allowedIn(config: SessionConfig, form: number): Statement[] {
  // Managed session policies and this one are a union, so beside them an Allow of everything would undo their narrowing.
  const allowed = config.statements ?? (config.policyArns ? [] : [everything('Allow')]);
  const narrowed = config.statements !== undefined || config.policyArns !== undefined;
  if (form < FORM || !narrowed) return allowed;
  return [...allowed, { Effect: 'Allow', Action: [SCOPE_DOWN], Resource: ['*'] }];
}

/** What stands in the session's own policy whatever else narrows it: its end, chaining, tokens, guardrails. */
function alwaysDenied(config: SessionConfig, endsAt: Instant, form: number): Statement[] {
  const ended: Statement = {
    ...everything('Deny'),
    Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': [timeOf(endsAt)] } },
  };
  // What another role's session may do is not bound by this policy. All of AssumeRole… and AssumeRoot, in few characters.
  const furtherRoles = form === 1 ? ['sts:AssumeRole*', 'sts:AssumeRoot'] : ['sts:AssumeRo*'];
  const outliving = [...(config.chaining ? [] : furtherRoles), ...(form === 1 ? [] : tokens(config))];
  const bound: Statement[] =
    outliving.length > 0 ? [{ Effect: 'Deny', Action: outliving, Resource: ['*'] }] : [];
  return [ended, ...bound, ...denials(config.guardrails, form)];
}

/** The policies of one session: its own, and where that has no room for the statements, the scoped layer's. */
export interface SessionLayers {
  session: string;
  /** What the keys that the person gets are narrowed to besides; absent: to nothing. */
  scoped?: string;
}

/** The policies of this grant's session: as worded today, and where that does not fit, as it was approved. */
export function sessionLayers({
  grant,
  lease,
  form = 1,
}: Pick<Grant, 'grant' | 'lease' | 'form'>): SessionLayers {
  const config = grant.config as SessionConfig;
  const worded = formOf(config) ?? (form < UNSCOPED ? form : undefined);
  if (worded !== undefined) return { session: sessionPolicy(config, lease.endsAt, worded) };
  return twoLayers(config, lease.endsAt) ?? { session: sessionPolicy(config, lease.endsAt) };
}

/** The wording in which it all fits into one layer: today's, or else the one before; undefined: in neither. */
export const formOf = (config: SessionConfig): number | undefined =>
  [FORM, UNSCOPED].find((form) => sessionSize(config, form) <= SESSION_LIMIT);

/**
 * The same in two layers, of which AWS permits what both allow: the Denies in the session's own, the statements in the
 * scoped one. Managed policies are a union with the statements, and cannot be parted from them.
 * @returns undefined where that does not fit either
 */
export function twoLayers(config: SessionConfig, endsAt: Instant): Required<SessionLayers> | undefined {
  const { statements, policyArns } = config;
  if (!statements || policyArns) return undefined;
  const session = document([everything('Allow'), ...alwaysDenied(config, endsAt, FORM)]);
  const scoped = document(statements);
  return session.length <= SESSION_LIMIT && scoped.length <= SESSION_LIMIT ? { session, scoped } : undefined;
}

/** The same for a session that may do nothing but make keys of itself; never longer. */
export function probeLayers(config: SessionConfig): SessionLayers {
  const nothingElse: Statement = { Effect: 'Deny', NotAction: [SCOPE_DOWN], Resource: ['*'] };
  const form = formOf(config);
  const two = form === undefined ? twoLayers(config, 0) : undefined;
  if (two) return { session: document([everything('Allow'), nothingElse]), scoped: two.scoped };
  return { session: document([...allowedIn(config, form ?? FORM), nothingElse]) };
}

/** What AWS counts: the plain text of the inline policy and of the managed ones' ARNs together. */
export function sessionSize(config: SessionConfig, form: number = FORM): number {
  // The end is always written with as many characters.
  return sessionPolicy(config, 0, form).length + (config.policyArns ?? []).join('').length;
}

/**
 * Tokens that STS gives for a session and that outlive it: of a service for up to twelve hours, of a web identity for up
 * to one, and credentials for a delegation.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
 */
const TOKEN_ACTIONS = [
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
