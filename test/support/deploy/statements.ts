import type { Right } from './rights.js';
import type { Json, Template } from './template.js';

export interface Document {
  Version: '2012-10-17';
  Statement: Statement[];
}
export interface Statement extends Omit<Right, 'Effect' | 'why' | 'wildcard' | 'Sid'> {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: { AWS: string } | { Service: string };
}

/** The policy documents that a role or a managed policy has in a template, by name; a trust policy as `trust`. */
export function documentsOf(
  template: Template,
  id: string,
  evaluate: (value: Json) => Json,
): Record<string, Document> {
  const { AssumeRolePolicyDocument, Policies, PolicyDocument } = evaluate(
    template.Resources[id]?.Properties ?? {},
  ) as {
    AssumeRolePolicyDocument?: Document;
    Policies?: { PolicyName: string; PolicyDocument: Document }[];
    PolicyDocument?: Document;
  };
  return {
    ...(AssumeRolePolicyDocument && { trust: AssumeRolePolicyDocument }),
    ...(PolicyDocument && { managed: PolicyDocument }),
    ...Object.fromEntries(
      (Policies ?? []).map(({ PolicyName, PolicyDocument: document }) => [PolicyName, document]),
    ),
  };
}

/** A statement as `rights.ts` writes them: lists as lists, and no word of what goes without saying. */
export function asRight({ Effect, Resource, Action, ...rest }: Statement): object {
  return {
    ...rest,
    ...(Effect === 'Deny' && { Effect }),
    ...(Action !== undefined && { Action: [Action].flat() }),
    ...(Resource !== undefined && { Resource: [Resource].flat() }),
    ...('NotResource' in rest && { NotResource: [rest.NotResource].flat() }),
  };
}

export function withoutReasons(right: Right): object {
  const { why: _why, wildcard: _wildcard, ...statement } = right;
  return statement;
}
