import type { Instant } from '../../../domain/entitlement.js';
import type { Bundle } from '../../../ports/policy.js';
import type { Loaded } from '../../load.js';
import { createPdp } from '../../pdp.js';
import type { Parts, Policy } from '../../policy.js';
import { boxesOf, openIn, type Box } from '../../questions/boxes.js';
import { tooMuch } from '../../questions/too-much.js';
import { chainIn, isGiving, NOTHING, type Decider } from '../../questions/model/decide.js';
import { bounded, type Diagram } from '../../questions/model/diagram.js';
import { modelOf, type Model } from '../../questions/model/model.js';
import { cellsOf } from '../../questions/model/variables.js';
import { jsonOf } from '../../questions/probe.js';
import { profilesIn, type Profile } from '../../questions/profiles/profiles.js';
import { questionWith } from '../../questions/witness.js';
import { caseText, requestCase, unnamedFirst } from '../as-case.js';
import { ask, type Case } from '../case.js';
import { withJson } from '../compiled.js';
import { isForbidden, type Law } from './law.js';

/** What is known of a law. */
export type LawProof =
  /** No request that could be made breaks it. */
  | { is: 'proven' }
  /** `witness`: a question, and the decision point's own answer to it, which must not be; `example`: the same as a case. */
  | { is: 'broken'; witness: Case & { action: 'request' }; example: string }
  /** `why`: what is not understood, or was too much. */
  | { is: 'not proven'; why: string[] };

/** A folder's policies beside the laws, each a policy that permits what it speaks of. */
interface Court {
  model: Model;
  bundle: Bundle;
  parts: Parts;
  rules: ReadonlyMap<Law, Policy>;
  /** What each of these says of an entitlement. */
  said: (id: string) => ReadonlyMap<Policy, Diagram>;
}

const BROKEN = 'broken';
/** Questions that are put to the decision point before a law of which something is not understood is left. */
const TRIED = 300;
/** Laws that are too much, before no more are tried: a running bot must not think for long. */
const MOST_SPENT = 4;

/**
 * Whether laws hold, of every request that could be made.
 * @param from the first instant that counts
 */
export function prove(laws: readonly Law[], loaded: Loaded, from: Instant): LawProof[] {
  let court: Court | undefined;
  let spent = 0;
  return laws.map(proofBy);

  /** What one law needs does not count against another: where there is too much, the next court begins anew. */
  function proofBy(law: Law): LawProof {
    if (spent >= MOST_SPENT)
      return { is: 'not proven', why: [`it was not tried, since ${spent} laws before it were too much`] };
    const isFirst = court === undefined;
    return bounded<LawProof>(
      () => proofOf(law, (court ??= courtOf(laws, loaded, from))),
      (why) => {
        court = undefined;
        if (!isFirst) return proofBy(law);
        spent++;
        return { is: 'not proven', why: [`not understood: ${tooMuch(why, loaded.parts.policies)}`] };
      },
    );
  }
}

function courtOf(laws: readonly Law[], { parts, bundle }: Loaded, from: Instant): Court {
  const rules = new Map(laws.flatMap((law, n) => (law.when.length > 0 ? [[law, ruleOf(law, n)]] : [])));
  const only = [...new Set(laws.flatMap(({ entitlements }) => entitlements))];
  const model = modelOf([parts, { ...parts, policies: [...rules.values()] }], { from, only });
  const known = new Map<string, ReadonlyMap<Policy, Diagram>>();
  const said = (id: string): ReadonlyMap<Policy, Diagram> => {
    const found = known.get(id) ?? saidIn(model.deciders[1]!, id);
    known.set(id, found);
    return found;
  };
  return { model, bundle, parts, rules, said };
}

const saidIn = ({ sayings }: Decider, id: string): ReadonlyMap<Policy, Diagram> =>
  new Map(sayings(id).map(({ policy, says }) => [policy, says]));

/** A law as a policy, by which the engine and the decision point say of which requests it speaks. */
function ruleOf({ when }: Law, n: number): Policy {
  const conditions = when.map((condition) => `when { ${condition} }`).join('\n');
  const text = `permit (principal, action == Jit::Action::"request", resource)\n${conditions};`;
  return withJson({ id: `law ${n}`, text, effect: 'permit', chain: [] }, jsonOf(text));
}

function proofOf(law: Law, court: Court): LawProof {
  const { model } = court;
  const { diagrams: d, variables } = model;
  const breaks = d.operation((speaks, answer) => (speaks === '+auto' && isBreach(law, answer) ? BROKEN : ''));
  const asksIt = asksBy(law, court);
  const open = new Set<string>();
  const seen = new Set<Diagram>();
  let tried = 0;
  for (const id of law.entitlements) {
    const broken = breaks(spokenOf(law, id, court), model.decision(0, id));
    if (seen.has(broken) || !d.answers(broken).has(BROKEN)) continue;
    seen.add(broken);
    const { profiles, unsure } = profilesIn(model, broken, { once: true });
    for (const why of unsure) open.add(`not understood: ${why}`);
    for (const profile of profiles)
      for (const box of boxesOf(model, profile.left, (answer) => answer === BROKEN).boxes) {
        const witness = tried++ < TRIED ? asksIt(id, profile, box) : undefined;
        if (witness) return { is: 'broken', witness, example: caseText(witness) };
        for (const why of whyOpen(openIn(box.values, variables))) open.add(why);
      }
  }
  return open.size > 0 ? { is: 'not proven', why: [...open] } : { is: 'proven' };
}

/** Whether an answer of the model is one that must not be. */
function isBreach({ answer: never }: Law, answer: string): boolean {
  return isGiving(answer) && isForbidden(never, chainIn(answer));
}

/** For which questions a law speaks of an entitlement, of those that people can put. */
function spokenOf(law: Law, id: string, { model, parts, rules, said }: Court): Diagram {
  const { diagrams: d, variables } = model;
  const rule = rules.get(law);
  const speaks = rule ? (said(id).get(rule) ?? d.answer(NOTHING)) : d.answer('+auto');
  if (parts.directory.justification.ticket?.required !== true) return speaks;
  const number = variables.findIndex(({ is }) => is === 'ticket');
  const given = cellsOf(variables[number]!, 'ticket').map((_, n) => d.answer(n === 0 ? 'no' : 'yes'));
  const withTicket = d.operation((is, rest) => (is === 'yes' ? rest : NOTHING));
  return withTicket(d.choice(number, given), speaks);
}

/** @returns finds a question of a box that breaks a law by the decision point's own answer */
function asksBy(law: Law, { model, bundle, parts, rules }: Court) {
  const rule = rules.get(law);
  const judge = rule && { ...bundle, pdp: createPdp({ ...parts, policies: [rule] }) };
  return (id: string, { person, values }: Profile, box: Box): (Case & { action: 'request' }) | undefined => {
    const first = [...box.values].map(([number, those]) => [number, those[0]!] as const);
    const question = questionWith(model, id, person, new Map([...values, ...first]));
    for (const who of unnamedFirst(question.who, person)) {
      const asked = requestCase(law.name, { ...question, who });
      const { outcome, chain = [], policies } = ask(asked, bundle);
      const isSpokenOf = !judge || ask(asked, judge).outcome === 'auto';
      if (isSpokenOf && outcome !== 'denied' && isForbidden(law.answer, chain))
        return { ...asked, expect: { outcome, chain, policies } };
    }
    return undefined;
  };
}

const whyOpen = (policies: readonly string[]): string[] =>
  policies.length > 0
    ? policies.map((policy) => `not understood: ${policy}`)
    : ['it depends on what no question could confirm'];
