import type { Instant } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import { document, everything, timeOf } from '../aws/documents/document.js';
import { denials } from '../aws/documents/enforcement.js';
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
 * knew no Deny of tokens. Up to 2, network guardrails also stopped AWS's services that act for the person. A wording that
 * changes gets the next number, and the earlier ones stay: see `sessionPolicyOf`.
 */
export const FORM = 3;

/** Characters of inline and managed session policies together. */
export const SESSION_LIMIT = 2048;
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
  // What another role's session may do is not bound by this policy. All of AssumeRole… and AssumeRoot, in few characters.
  const furtherRoles = form === 1 ? ['sts:AssumeRole*', 'sts:AssumeRoot'] : ['sts:AssumeRo*'];
  const outliving = [...(config.chaining ? [] : furtherRoles), ...(form === 1 ? [] : tokens(config))];
  const bound: Statement[] =
    outliving.length > 0 ? [{ Effect: 'Deny', Action: outliving, Resource: ['*'] }] : [];
  return document([...allowed, ended, ...bound, ...denials(config.guardrails, form)]);
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
