import { conditionsHold } from './conditions.js';
import type { PolicyDocument, PolicyStatement } from './documents.js';
import { expand, glob, resourceMatches, type CallContext } from './match.js';

/** One call that somebody wants to make. */
export interface CallAttempt {
  /** `s3:GetObject` */
  action: string;
  resource: string;
  context: CallContext;
}
export interface NamedPolicy {
  name: string;
  document: PolicyDocument;
}
/** All that bears on a principal's calls; a layer that is absent does not narrow. */
export interface Layers {
  identity: NamedPolicy[];
  boundary?: NamedPolicy[];
  session?: NamedPolicy[];
  /** Scope-down policies of `GetScopedCredentials`, each a layer of its own. */
  scopes?: NamedPolicy[];
}
export interface IamRuling {
  allowed: boolean;
  /** One sentence that names the policy that decided, or the layer in which none did. */
  why: string;
  /** An explicit Deny, as against the mere absence of an Allow. */
  explicit: boolean;
}

/**
 * AWS's order within one account: an explicit Deny anywhere; then an Allow in every layer that is there.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getscopedcredentials.html
 */
export function evaluate(ask: CallAttempt, layers: Layers): IamRuling {
  // "No permissions are required to perform this operation": no policy can deny it either.
  if (ask.action.toLowerCase() === 'sts:getcalleridentity') {
    return { allowed: true, why: 'AWS answers sts:GetCallerIdentity whatever policies say', explicit: false };
  }
  const { identity, boundary = [], session = [], scopes = [] } = layers;
  const all = [...identity, ...boundary, ...session, ...scopes];
  const denied = all.find(({ document }) => decides(document, 'Deny', ask));
  if (denied) return { allowed: false, why: `${denied.name} denies it`, explicit: true };

  const named: [string, NamedPolicy[] | undefined][] = [
    ['identity policy', layers.identity],
    ['permissions boundary', layers.boundary],
    ['session policy', layers.session],
    ...scopes.map((one): [string, NamedPolicy[]] => ['scope-down policy', [one]]),
  ];
  let why = '';
  for (const [layer, policies] of named) {
    if (!policies) continue;
    const by = policies.find(({ document }) => decides(document, 'Allow', ask));
    if (!by) return { allowed: false, why: `no ${layer} allows it`, explicit: false };
    why ||= `${by.name} allows it`;
  }
  return { allowed: true, why, explicit: false };
}

/** Whether a statement of this effect applies. */
export function decides(document: PolicyDocument, effect: 'Allow' | 'Deny', ask: CallAttempt): boolean {
  const variables = document.Version === '2012-10-17';
  return [document.Statement]
    .flat()
    .some((statement) => statement.Effect === effect && applies(statement, ask, variables));
}

function applies(statement: PolicyStatement, ask: CallAttempt, variables: boolean): boolean {
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  const names = (patterns: string | string[]): boolean =>
    [patterns].flat().some((pattern) => glob(pattern, ask.action, true));
  const holds = (patterns: string | string[]): boolean =>
    [patterns].flat().some((pattern) => {
      const expanded = variables ? expand(pattern, ask.context) : pattern;
      return expanded !== undefined && resourceMatches(expanded, ask.resource);
    });
  if (Action !== undefined && !names(Action)) return false;
  if (NotAction !== undefined && names(NotAction)) return false;
  if (Resource !== undefined && !holds(Resource)) return false;
  if (NotResource !== undefined && holds(NotResource)) return false;
  return Condition === undefined || conditionsHold(Condition, ask.context, statement.Effect, variables);
}
