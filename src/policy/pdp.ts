import { mergeChains, type Chain } from '../domain/chain.js';
import type { UnknownGroup } from '../domain/directory.js';
import type { Ruling, Verdict } from '../domain/request/decision.js';
import type { Pdp, Who } from '../ports/policy.js';
import { approveCall, mayCall, requestCall } from './cedar/calls.js';
import { decide, sentence, type Call, type Compiled } from './cedar/cedar.js';
import { ownersIn, type Facts } from './cedar/entities.js';
import { known } from './inputs/known.js';
import { isAffected, lackingOf, lostTo, whyNo, type Lacking, type Unknown } from './unknown-inputs.js';
import type { GroupReads } from './read/groups.js';
import type { Reads } from './read/cedar/reads.js';
import { slicesOf, type Scope } from './cedar/slices.js';

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
  /** The same of groups. */
  groups?: GroupReads;
}

export interface Parts extends Facts {
  hash: string;
  schema: string;
  policies: readonly Policy[];
}

type Answer = Ruling & { allowed: boolean; errors: string[]; unknownGroups?: UnknownGroup[] };

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

  const compiledOnce = new WeakMap<readonly Policy[], Compiled>();
  const compiledAs = (these: readonly Policy[]): Compiled => {
    const made = compiledOnce.get(these) ?? compile(schema, these);
    compiledOnce.set(these, made);
    return made;
  };

  /** Why nothing permits it, or what forbids it, where that is because something is not known. */
  const withReasons = (answer: Answer, call: Call, { out }: Lacking, unknown: Unknown): Answer => {
    if (answer.errors.length > 0) return answer;
    // Nothing permits: who might have is named.
    const named = answer.policies.length > 0 ? answer : ask(() => call, compiledAs(out));
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

  /**
   * The answer to a question of which something may not be known.
   * @param of.lost attributes of the context that are not known, with the reasons
   * @param of.judge what to make of it where a policy reads what is not known
   */
  const askKnowing = (
    question: () => Call,
    of: { people: Who[]; lost?: () => Map<string, string> },
    judge: (call: Call, lacking: Lacking, unknown: Unknown) => Answer = careful,
  ): Answer => {
    try {
      const call = question();
      const attributes = of.lost?.() ?? new Map<string, string>();
      const unknown = { attributes, groups: unknownOf(of.people), owners: ownersIn(call) };
      const lacking = lackingWith(unknown);
      return lacking ? judge(call, lacking, unknown) : ask(() => call);
    } catch (error) {
      return denied(error instanceof Error ? error.message : String(error));
    }
  };

  /** Policies that read what is not known count as no, and say so. */
  function careful(call: Call, lacking: Lacking, unknown: Unknown): Answer {
    const answer = ask(() => call, compiledAs(lacking.standing));
    return answer.allowed ? answer : withReasons(answer, call, lacking, unknown);
  }

  function requesting(call: Call, lacking: Lacking, unknown: Unknown): Answer {
    const answer = careful(call, lacking, unknown);
    if (!answer.allowed) return answer;
    // Whether they permit is not known, so they permit nothing; but their stages may have been meant, and stay.
    const stages = ask(() => call, compiledAs(lacking.out));
    if (stages.errors.length > 0) return denied(...stages.errors);
    return { ...answer, ...ruling([...answer.policies, ...stages.policies]) };
  }

  /** Where *no* would keep access alive, nobody is taken to be in an unknown group: Cedar is told of none. */
  function ending(call: Call, lacking: Lacking, unknown: Unknown): Answer {
    const answer = ask(() => call);
    return answer.allowed ? answer : withReasons(answer, call, lacking, unknown);
  }

  return {
    request(question) {
      const { allowed, errors, ...found } = askKnowing(
        () => requestCall(question, facts),
        { people: [question.who], lost: () => known(question, facts).lost },
        requesting,
      );
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
      const people = [question.who, question.request.requester];
      const answer = askKnowing(() => approveCall(question, facts), { people });
      // However broad a permit is, it does not make anybody a member of the stage.
      return verdict(answer.allowed && !question.member ? denied() : answer);
    },

    may(action, question) {
      const people = [question.who, question.request.requester];
      const call = () => mayCall(action, question, facts);
      return verdict(askKnowing(call, { people }, action === 'revoke' ? ending : careful));
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

function verdict({ allowed, ...answer }: Answer): Verdict {
  return { ...answer, outcome: allowed ? 'allowed' : 'denied' };
}
