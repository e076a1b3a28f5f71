import { mergeChains, type Chain } from '../domain/chain.js';
import type { Ruling, Verdict } from '../domain/request.js';
import type { Pdp } from '../ports.js';
import { approveCall, mayCall, requestCall } from './calls.js';
import { decide, sentence, type Call, type Compiled } from './cedar.js';
import type { Facts } from './entities.js';

export interface Policy {
  /** Its `@id`. */
  id: string;
  text: string;
  effect: 'permit' | 'forbid';
  /** Of a permit for `request`. */
  chain?: Chain;
  advice?: string;
}

export interface Parts extends Facts {
  hash: string;
  schema: string;
  policies: readonly Policy[];
}

type Answer = Ruling & { allowed: boolean; errors: string[] };

/** The policy decision point of one bundle. Never throws; whatever is not a clear yes is a denial. */
export function createPdp({ hash, schema, policies, ...facts }: Parts): Pdp {
  const byId = new Map(policies.map((policy) => [policy.id, policy]));
  const compiled: Compiled = {
    schema,
    policies: Object.fromEntries(policies.map(({ id, text }) => [id, text])),
  };
  const order = facts.directory.stages.map(({ name }) => name);

  const ruling = (ids: string[]): Ruling => {
    const sorted = [...ids].sort();
    return { policies: sorted, advice: sorted.flatMap((id) => byId.get(id)?.advice ?? []), bundle: hash };
  };
  const denied = (...errors: string[]): Answer => ({ allowed: false, ...ruling([]), errors });

  const ask = (question: () => Call): Answer => {
    try {
      const answer = decide(compiled, question());
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
  };

  return {
    request(question) {
      const { allowed, errors, ...found } = ask(() => requestCall(question, facts));
      if (!allowed) return { outcome: 'denied', ...found, errors };
      const chains: Chain[] = [];
      for (const id of found.policies) {
        const chain = byId.get(id)?.chain;
        const unknown = chain?.find(({ name }) => !order.includes(name))?.name;
        if (chain && unknown === undefined) chains.push(chain);
        else {
          const why = chain ? `names the unknown stage "${unknown}"` : 'permits requests and has no @chain';
          return { outcome: 'denied', ...ruling([]), errors: [`policy "${id}" ${why}`] };
        }
      }
      const chain = mergeChains(chains, order);
      return { outcome: chain.length === 0 ? 'auto' : 'needs-approval', chain, ...found };
    },

    approve(question) {
      const answer = ask(() => approveCall(question, facts));
      // However broad a permit is, it does not make anybody a member of the stage.
      return verdict(answer.allowed && !question.member ? denied() : answer);
    },

    may: (action, question) => verdict(ask(() => mayCall(action, question, facts))),
  };
}

function verdict({ allowed, ...answer }: Answer): Verdict {
  return { ...answer, outcome: allowed ? 'allowed' : 'denied' };
}
