import type { Instant } from '../../domain/entitlement.js';
import { document, timeOf } from '../aws/documents/document.js';
import { guarded, withCondition } from '../aws/documents/enforcement.js';
import type { Guardrails } from '../aws/documents/guardrails.js';
import type { Statement } from '../aws/documents/statements.js';

/** What a grant allows. */
export type InlineConfig = { statements: Statement[]; guardrails?: Guardrails };

/**
 * The number of today's wording, which a grant keeps: see `inlinePolicies`. The one before, which 1 and 2 share, allowed
 * nothing to a service that acts for somebody who came through a VPC endpoint.
 */
export const FORM = 3;

/** Characters without white space, of all inline policies of one principal together. */
export const INLINE_LIMIT = { user: 2048, role: 10_240 } as const;

export const policyName = (requestId: string): string => `jit-${requestId}`;

/**
 * The inline policy of a grant to a person's own user or role: each statement ends at `endsAt`.
 * @param form which wording
 */
export function inlinePolicy(config: InlineConfig, endsAt: Instant, form: number = FORM): string {
  const until = { DateLessThan: { 'aws:CurrentTime': [timeOf(endsAt)] } };
  return document(
    config.statements.flatMap((statement) =>
      guarded(statement, config.guardrails, form).map((part) => withCondition(part, until)),
    ),
  );
}

/** Every wording that some version has written for such a grant, today's first. */
export function inlinePolicies(config: InlineConfig, endsAt: Instant): [string, ...string[]] {
  return [inlinePolicy(config, endsAt), inlinePolicy(config, endsAt, 2)];
}
