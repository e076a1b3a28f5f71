import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { formatChain, type Chain } from '../../domain/chain.js';
import { isObject } from '../../domain/is-object.js';
import type { Instant } from '../../domain/entitlement.js';
import type { Bundle } from '../../ports/policy.js';
import { cedar, guarded, must } from '../cedar/cedar.js';
import { scopeOf } from '../cedar/slices.js';
import type { Loaded } from '../load.js';
import { createPdp } from '../pdp.js';
import type { Parts, Policy } from '../policy.js';
import { jsonOf, textOf } from '../questions/probe.js';
import { bounded } from '../questions/model/diagram.js';
import { mayDiffer } from '../questions/same.js';
import { groupsIn, readsIn } from '../read/cedar/reads.js';
import type { Folder } from '../read/folder.js';
import { runCaseFiles } from './run.js';

/** A policy made wrong in one place. */
export interface Mutant {
  policy: string;
  /** `context.hour < 18` as `context.hour <= 18`. */
  what: string;
}

export interface Mutated {
  /** How many were made, without those that answer every question as before. */
  mutants: number;
  /** Those with which every case still passes. */
  living: Mutant[];
}

/**
 * Makes each policy wrong in one place at a time, and runs the cases: those that all pass would not notice the mistake.
 * @param from the first instant that counts, where it is asked whether a mistake changes any answer
 */
export function mutate(cases: Folder, { parts, bundle }: Loaded, from: Instant): Mutated {
  const living: Mutant[] = [];
  let mutants = 0;
  for (const [n, policy] of parts.policies.entries())
    for (const { what, instead } of mutantsOf(policy)) {
      const policies = parts.policies.toSpliced(n, 1, ...(instead ? [instead] : []));
      const wrong: Parts = { ...parts, policies };
      const lives = runCaseFiles(cases, { ...bundle, pdp: createPdp(wrong) } satisfies Bundle).every(
        ({ passed }) => passed,
      );
      // What answers every question alike is no mistake.
      if (
        lives &&
        !bounded(
          () => mayDiffer(parts, wrong, from),
          () => true,
        )
      )
        continue;
      mutants++;
      if (lives) living.push({ policy: policy.id, what });
    }
  return { mutants, living };
}

/** @returns each mistake, with the policy that has it; none in the place of one that is gone */
function mutantsOf(policy: Policy): { what: string; instead?: Policy }[] {
  const json = jsonOf(policy.text);
  const scopes = (['principal', 'resource'] as const).flatMap((name) =>
    json[name].op === 'All'
      ? []
      : [{ what: `for any ${name}`, instead: withJson(policy, { ...json, [name]: { op: 'All' } }) }],
  );
  const conditions = json.conditions.flatMap((condition, n) => {
    const others = (body?: Expr) =>
      json.conditions.toSpliced(n, 1, ...(body ? [{ ...condition, body }] : []));
    const gone = {
      what: `without its ${condition.kind} ${textOf(condition.body)}`,
      instead: withJson(policy, { ...json, conditions: others() }),
    };
    const changed = changesOf(condition.body).map(({ from, to, whole }) => ({
      what: `${textOf(from)} as ${textOf(to)}`,
      instead: withJson(policy, { ...json, conditions: others(whole) }),
    }));
    return [gone, ...changed];
  });
  const chains = weaker(policy.chain ?? []).map((chain) => ({
    what: `with the chain "${formatChain(chain)}"`,
    instead: { ...policy, chain },
  }));
  return [{ what: 'is gone' }, ...scopes, ...conditions, ...chains];
}

/** Without one stage, or with one person fewer in it. */
function weaker(chain: Chain): Chain[] {
  return chain.flatMap((stage, n) => [
    chain.toSpliced(n, 1),
    ...(stage.quorum > 1 ? [chain.toSpliced(n, 1, { ...stage, quorum: stage.quorum - 1 })] : []),
  ]);
}

function withJson(policy: Policy, json: PolicyJson): Policy {
  const { text } = must(guarded(() => cedar.policyToText(json)));
  const { principal, action, resource, conditions } = json;
  const groups = groupsIn(
    [principal, action, resource],
    conditions.map(({ body }) => body),
  );
  return { ...policy, text, scope: scopeOf(json), reads: readsIn(conditions), groups };
}

/** What is easily written for what. */
const SWAPPED: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '==': '!=',
  '!=': '==',
  '&&': '||',
  '||': '&&',
};

/** Each operator of an expression swapped, one at a time. */
function changesOf(expr: Expr): { from: Expr; to: Expr; whole: Expr }[] {
  const [[operator, of] = ['', undefined]] = Object.entries(expr as Record<string, unknown>);
  const other = Object.hasOwn(SWAPPED, operator) && !Array.isArray(of) ? SWAPPED[operator] : undefined;
  const here =
    other === undefined ? [] : [{ from: expr, to: { [other]: of } as Expr, whole: { [other]: of } as Expr }];
  const inside = Object.entries(isObject(of) ? of : {}).flatMap(([name, part]) =>
    isObject(part) && !Array.isArray(part) && operator !== 'Value'
      ? changesOf(part as Expr).map((one) => ({
          ...one,
          whole: { [operator]: { ...(of as object), [name]: one.whole } } as Expr,
        }))
      : [],
  );
  return [...here, ...inside];
}
