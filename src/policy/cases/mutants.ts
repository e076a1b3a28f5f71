import type { Expr } from '@cedar-policy/cedar-wasm/nodejs';
import { formatChain, type Chain } from '../../domain/chain.js';
import { isObject } from '../../domain/is-object.js';
import type { Instant } from '../../domain/entitlement.js';
import type { Loaded } from '../load.js';
import { createPdp } from '../pdp.js';
import type { Parts, Policy } from '../policy.js';
import { jsonOf, textOf } from '../questions/probe.js';
import { bounded } from '../questions/model/diagram.js';
import { mayDiffer } from '../questions/same.js';
import type { Folder } from '../read/folder.js';
import { withJson } from './compiled.js';
import { readWritten } from './read.js';
import { allPass } from './run.js';

/** A policy made wrong in one place. */
export interface Mutant {
  policy: string;
  /** `context.hour < 18` as `context.hour <= 18`. */
  what: string;
}

export interface Mutated {
  /** How many were made, without those that answer every question as before. */
  mutants: number;
  /** Those with which every case still passes, and every law still holds. */
  living: Mutant[];
}

/**
 * Makes each policy wrong in one place at a time, and runs the cases: those that all pass would not notice the mistake.
 * @param from the first instant that counts, where it is asked whether a law holds or a mistake changes any answer
 */
export async function mutate(cases: Folder, loaded: Loaded, from: Instant): Promise<Mutated> {
  const { parts, bundle } = loaded;
  const written = readWritten(cases, loaded);
  const living: Mutant[] = [];
  let mutants = 0;
  for (const [n, policy] of parts.policies.entries())
    for (const { what, instead } of mutantsOf(policy)) {
      const policies = parts.policies.toSpliced(n, 1, ...(instead ? [instead] : []));
      const wrong: Parts = { ...parts, policies };
      const lives = await allPass(
        written,
        { parts: wrong, bundle: { ...bundle, pdp: createPdp(wrong) } },
        from,
      );
      // What answers every question alike is no mistake.
      if (lives && isSame(parts, wrong, from)) continue;
      mutants++;
      if (lives) living.push({ policy: policy.id, what });
    }
  return { mutants, living };
}

const isSame = (parts: Parts, wrong: Parts, from: Instant): boolean =>
  bounded(
    () => !mayDiffer(parts, wrong, from),
    () => false,
  );

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
