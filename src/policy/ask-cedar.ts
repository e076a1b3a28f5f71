import type { UnknownGroup } from '../domain/directory.js';
import type { Ruling } from '../domain/request/decision.js';
import type { Call } from './cedar/entities.js';
import { decide, sentence, type Compiled } from './cedar/cedar.js';
import { slicesOf, type Scope } from './cedar/slices.js';
import type { Parts, Policy } from './policy.js';

/** What Cedar says, with the policies that decided. */
export type CedarAnswer = Ruling & { allowed: boolean; errors: string[]; unknownGroups?: UnknownGroup[] };

export type CedarAsker = ReturnType<typeof cedarAsker>;

/** Asks Cedar, by all policies of a bundle or by some of them. */
export function cedarAsker({ hash, schema, policies: all }: Parts) {
  const byId: ReadonlyMap<string, Policy> = new Map(all.map((policy) => [policy.id, policy]));
  /** Each id once. */
  const policies: readonly Policy[] = [...byId.values()];
  const made = new WeakMap<readonly Policy[], Compiled>([[policies, compile(schema, policies)]]);
  const compiled = (these: readonly Policy[]): Compiled => {
    const found = made.get(these) ?? compile(schema, these);
    made.set(these, found);
    return found;
  };

  const ruling = (ids: readonly string[]): Ruling => {
    const sorted = [...ids].sort();
    return { policies: sorted, advice: sorted.flatMap((id) => byId.get(id)?.advice ?? []), bundle: hash };
  };
  const denied = (...errors: string[]): CedarAnswer => ({ allowed: false, ...ruling([]), errors });

  return {
    policies,
    byId,
    ruling,
    denied,
    /**
     * Never throws: what goes wrong is a denial with its errors.
     * @param by the same array is compiled once
     */
    ask(question: () => Call, by = policies): CedarAnswer {
      try {
        const answer = decide(compiled(by), question());
        if (answer.type !== 'success') return denied(...answer.errors.map(sentence));
        const { decision, diagnostics } = answer.response;
        // Cedar skips a policy that errs, so that a broken forbid would let everything pass.
        if (diagnostics.errors.length > 0) {
          return denied(
            ...diagnostics.errors.map(({ policyId, error }) => `policy "${policyId}": ${sentence(error)}`),
          );
        }
        const allowed = decision === 'allow' && diagnostics.reason.length > 0;
        return { allowed, ...ruling(diagnostics.reason), errors: [] };
      } catch (error) {
        return denied(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

function compile(schema: string, policies: readonly Policy[]): Compiled {
  return {
    schema,
    policies: Object.fromEntries(policies.map(({ id, text }) => [id, text])),
    ...(policies.every(isScoped) && { slice: slicesOf(policies) }),
  };
}

const isScoped = (policy: Policy): policy is Policy & { scope: Scope } => policy.scope !== undefined;
