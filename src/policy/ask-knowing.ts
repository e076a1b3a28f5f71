import type { UnknownGroup } from '../domain/directory.js';
import type { Who } from '../ports/policy.js';
import type { CedarAnswer, CedarAsker } from './ask-cedar.js';
import { ownersIn, type Call } from './cedar/entities.js';
import { isAffected, lackingOf, lostTo, whyNo, type Lacking, type Unknown } from './unknown-inputs.js';

/** What to make of a question where a policy reads what is not known. */
type Judge = (call: Call, lacking: Lacking, unknown: Unknown) => CedarAnswer;

/** Asks questions of which something may not be known. */
export function knowingAsker(cedar: CedarAsker) {
  const { byId, ruling, denied } = cedar;
  const lackingWith = lackingOf(cedar.policies);

  /** Why nothing permits it, or what forbids it, where that is because something is not known. */
  const withReasons = (answer: CedarAnswer, call: Call, { out }: Lacking, unknown: Unknown): CedarAnswer => {
    if (answer.errors.length > 0) return answer;
    // Nothing permits: who might have is named.
    const named = answer.policies.length > 0 ? answer : cedar.ask(() => call, out);
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
  const careful: Judge = (call, lacking, unknown) => {
    const answer = cedar.ask(() => call, lacking.standing);
    return answer.allowed ? answer : withReasons(answer, call, lacking, unknown);
  };

  /** Besides, permits that count as no keep their stages: whether they were meant is not known. */
  const requesting: Judge = (call, lacking, unknown) => {
    const answer = careful(call, lacking, unknown);
    if (!answer.allowed) return answer;
    const stages = cedar.ask(() => call, lacking.out);
    if (stages.errors.length > 0) return denied(...stages.errors);
    return { ...answer, ...ruling([...answer.policies, ...stages.policies]) };
  };

  /** Where *no* would keep access alive, jit counts no person as in an unknown group, and tells Cedar of none. */
  const ending: Judge = (call, lacking, unknown) => {
    const answer = cedar.ask(() => call);
    return answer.allowed ? answer : withReasons(answer, call, lacking, unknown);
  };

  return {
    careful,
    requesting,
    ending,
    /** @param of.lost attributes of the context that are not known, with the reasons */
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
        return lacking ? judge(call, lacking, unknown) : cedar.ask(() => call);
      } catch (error) {
        return denied(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

/** The groups of which it is not known whether one of these people is in them. */
function unknownOf(people: Who[]): UnknownGroup[] {
  const groups = people.flatMap(({ unknownGroups = [] }) => unknownGroups);
  return [...new Map(groups.map((group) => [group.name, group])).values()];
}
