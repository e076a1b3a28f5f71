import type { UnknownGroup } from '../domain/directory.js';
import type { Ruling } from '../domain/request/decision.js';
import { ownersIn, type Call } from './cedar/entities.js';
import type { Who } from '../ports/policy.js';
import { decide, sentence, type Compiled } from './cedar/cedar.js';
import { slicesOf, type Scope } from './cedar/slices.js';
import type { Parts, Policy } from './policy.js';
import { isAffected, lackingOf, lostTo, whyNo, type Lacking, type Unknown } from './unknown-inputs.js';

/** What Cedar says, with the policies that decided. */
export type CedarAnswer = Ruling & { allowed: boolean; errors: string[]; unknownGroups?: UnknownGroup[] };

/** What to make of a question where a policy reads what is not known. */
type Judge = (call: Call, lacking: Lacking, unknown: Unknown) => CedarAnswer;

/** Asks Cedar by the policies of a bundle, also where something is not known of a question. */
export function cedarAsker(parts: Parts) {
  const cedar = plainAsker(parts);
  const { byId, ruling, denied } = cedar;
  const lackingWith = lackingOf(cedar.policies);

  /** Why nothing permits it, or what forbids it, where that is because something is not known. */
  const withReasons = (answer: CedarAnswer, call: Call, { out }: Lacking, unknown: Unknown): CedarAnswer => {
    if (answer.allowed || answer.errors.length > 0) return answer;
    // Nothing permits: who might have is named.
    const named = answer.policies.length > 0 ? answer : cedar.ask(call, out);
    const deciding = named.policies.map((id) => byId.get(id)!);
    // A forbid that holds in any case leaves nothing to be found out.
    const sure = deciding.filter((policy) => !isAffected(policy, unknown));
    if (sure.length > 0) return { ...answer, ...ruling(sure.map(({ id }) => id)), errors: named.errors };
    const no = deciding.flatMap((policy) => whyNo(policy, unknown) ?? []);
    const lost = unknown.groups.filter((group) =>
      deciding.some((policy) => lostTo(policy, unknown).includes(group)),
    );
    const unknownGroups = lost.length > 0 ? { unknownGroups: lost } : {};
    return { ...answer, advice: [], errors: [...named.errors, ...no], ...unknownGroups };
  };

  /** Policies that read what is not known count as no, and say so. */
  const careful: Judge = (call, lacking, unknown) =>
    withReasons(cedar.ask(call, lacking.standing), call, lacking, unknown);

  /** Besides, permits that count as no keep their stages: whether they were meant is not known. */
  const requesting: Judge = (call, lacking, unknown) => {
    const answer = careful(call, lacking, unknown);
    if (!answer.allowed) return answer;
    const stages = cedar.ask(call, lacking.out);
    if (stages.errors.length > 0) return denied(...stages.errors);
    return { ...answer, ...ruling([...answer.policies, ...stages.policies]) };
  };

  /** Where *no* would keep access alive, jit counts no person as in an unknown group, and tells Cedar of none. */
  const ending: Judge = (call, lacking, unknown) => withReasons(cedar.ask(call), call, lacking, unknown);

  return {
    byId,
    ruling,
    denied,
    careful,
    requesting,
    ending,
    /**
     * Never throws: what goes wrong is a denial with its errors.
     * @param of.lost attributes of the context that are not known, with the reasons
     */
    ask(
      question: () => Call,
      of: { people: Who[]; lost?: () => Map<string, string> },
      judge = careful,
    ): CedarAnswer {
      try {
        const call = question();
        const attributes = of.lost?.() ?? new Map<string, string>();
        const unknown = { attributes, groups: unknownOf(of.people), owners: ownersIn(call) };
        const lacking = lackingWith(unknown);
        return lacking ? judge(call, lacking, unknown) : cedar.ask(call);
      } catch (error) {
        return denied(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

/** Asks by all policies, or by some. Throws where Cedar cannot answer. */
function plainAsker({ hash, schema, policies: all }: Parts) {
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
    /** @param by the same array is compiled once */
    ask(call: Call, by = policies): CedarAnswer {
      const answer = decide(compiled(by), call);
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
    },
  };
}

/** The groups of which it is not known whether one of these people is in them. */
function unknownOf(people: Who[]): UnknownGroup[] {
  const groups = people.flatMap(({ unknownGroups = [] }) => unknownGroups);
  return [...new Map(groups.map((group) => [group.name, group])).values()];
}

function compile(schema: string, policies: readonly Policy[]): Compiled {
  return {
    schema,
    policies: Object.fromEntries(policies.map(({ id, text }) => [id, text])),
    ...(policies.every(isScoped) && { slice: slicesOf(policies) }),
  };
}

const isScoped = (policy: Policy): policy is Policy & { scope: Scope } => policy.scope !== undefined;
