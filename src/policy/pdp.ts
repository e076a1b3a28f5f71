import { mergeChains, type Chain } from '../domain/chain.js';
import type { Ruling, Verdict } from '../domain/request.js';
import type { Pdp } from '../ports.js';
import { approveCall, mayCall, requestCall } from './calls.js';
import { decide, sentence, type Call, type Compiled } from './cedar.js';
import type { Facts } from './entities.js';
import { known } from './inputs/known.js';
import { lackingOf, whyNo } from './lacking.js';
import type { Reads } from './read/reads.js';
import { slicesOf, type Scope } from './slices.js';

export interface Policy {
  /** Its `@id`. */
  id: string;
  text: string;
  effect: 'permit' | 'forbid';
  /** Of a permit for `request`. */
  chain?: Chain;
  advice?: string;
  /** Of a text that was read, and is one policy. Where one of a bundle has none, each policy is put to each question. */
  scope?: Scope;
  /** Of a text that was read. Where it has none, it counts as one that reads everything. */
  reads?: Reads;
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
  const distinct = [...byId.values()];
  const compiled = compile(schema, distinct);
  const lackingWith = lackingOf(distinct);
  const order = facts.directory.stages.map(({ name }) => name);

  const ruling = (ids: string[]): Ruling => {
    const sorted = [...ids].sort();
    return { policies: sorted, advice: sorted.flatMap((id) => byId.get(id)?.advice ?? []), bundle: hash };
  };
  const denied = (...errors: string[]): Answer => ({ allowed: false, ...ruling([]), errors });

  const ask = (question: () => Call, by: Compiled = compiled): Answer => {
    try {
      const answer = decide(by, question());
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

  const compiledOnce = new Map<string, Compiled>();
  const compiledAs = (key: string, these: readonly Policy[]): Compiled => {
    const made = compiledOnce.get(key) ?? compile(schema, these);
    compiledOnce.set(key, made);
    return made;
  };

  /** The answer to a request, for which some inputs may not be known: policies that read them count as no, and say so. */
  const askRequest = (question: Parameters<Pdp['request']>[0]): Answer => {
    const call = () => requestCall(question, facts);
    let lost: Map<string, string>;
    let lacking: ReturnType<typeof lackingWith>;
    try {
      ({ lost } = known(question, facts));
      lacking = lackingWith(lost);
    } catch (error) {
      return denied(error instanceof Error ? error.message : String(error));
    }
    if (!lacking) return ask(call);
    const { key, standing, out } = lacking;
    const answer = ask(call, compiledAs(`standing: ${key}`, standing));
    if (answer.errors.length > 0) return answer;
    if (answer.allowed) {
      // Whether they permit is not known, so they permit nothing; but their stages may have been meant, and stay.
      const stages = ask(call, compiledAs(`out: ${key}`, out));
      if (stages.errors.length > 0) return denied(...stages.errors);
      return { ...answer, ...ruling([...answer.policies, ...stages.policies]) };
    }
    // Nothing permits: who might have is named.
    const named = answer.policies.length > 0 ? answer : ask(call, compiledAs(`out: ${key}`, out));
    const no = new Map(named.policies.map((id) => [id, whyNo(byId.get(id)!, lost)]));
    const advice = answer.policies.flatMap((id) => (no.get(id) ? [] : (byId.get(id)?.advice ?? [])));
    const errors = [...named.errors, ...no.values()].filter((why) => why !== undefined);
    return { ...answer, advice, errors };
  };

  return {
    request(question) {
      const { allowed, errors, ...found } = askRequest(question);
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

function compile(schema: string, policies: readonly Policy[]): Compiled {
  return {
    schema,
    policies: Object.fromEntries(policies.map(({ id, text }) => [id, text])),
    ...(policies.every(isScoped) && { slice: slicesOf(policies) }),
  };
}

const isScoped = (policy: Policy): policy is Policy & { scope: Scope } => policy.scope !== undefined;

function verdict({ allowed, ...answer }: Answer): Verdict {
  return { ...answer, outcome: allowed ? 'allowed' : 'denied' };
}
