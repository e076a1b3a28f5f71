import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Chain } from '../../domain/chain.js';
import type { RequestDecision } from '../../domain/request/decision.js';
import type { Pdp } from '../../ports/policy.js';
import { requestCall } from '../cedar/authorization-calls.js';
import type { Call } from '../cedar/entities.js';
import type { Parts, Policy } from '../policy.js';
import { changesFor, type Improvements } from './improvements.js';
import type { ExplainedQuestion } from './question.js';
import { because, type Clause } from '../questions/evaluate-clauses.js';
import { ask, jsonOf, scopeText } from '../questions/probe.js';
import { gapIn, seatsOf, type Seats } from '../questions/seats.js';

/** A policy that decided, or came close. */
export interface Mattered {
  policy: string;
  effect: Policy['effect'];
  chain?: Chain;
  advice?: string;
  /**
   * `decided`; `overruled`: a permit that a forbid beats; `failed`: its scope matches and a clause does not;
   * `away`: a permit of whose scope one element does not match.
   */
  how: 'decided' | 'overruled' | 'failed' | 'away';
  /** The element of the scope that does not match: `principal in Jit::Group::"on-call"`. */
  needs?: string;
  /** Of the conditions: those because of which it was so. */
  clauses: (Clause & { kind: 'when' | 'unless' })[];
}

export interface Explanation extends Improvements {
  question: ExplainedQuestion;
  decision: RequestDecision;
  /** In the order of the folder, those that a person could come under before those for other things. */
  policies: Mattered[];
  seats: Seats[];
  gap?: NonNullable<ReturnType<typeof gapIn>>;
}

/** Why the answer to a request is what it is, and what would change it. Never throws for a question that is refused. */
export function explain(parts: Parts, pdp: Pdp, question: ExplainedQuestion): Explanation {
  const decision = pdp.request(question);
  const chain = decision.outcome === 'denied' ? [] : decision.chain;
  const seats = seatsOf(chain, question.who.email, question.entitlement, parts);
  const gap = gapIn(seats, question.who.email);
  return {
    question,
    decision,
    policies: mattered(parts, question, decision),
    seats,
    ...(gap && { gap }),
    ...changesFor(parts, pdp, question, decision),
  };
}

function mattered(parts: Parts, question: ExplainedQuestion, decision: RequestDecision): Mattered[] {
  let call: Call;
  try {
    call = requestCall(question, parts);
  } catch {
    return []; // refused before any policy was asked; the decision says why
  }
  const drafts = parts.policies.map((policy) => ({ policy, json: jsonOf(policy.text) }));
  const scopes = ask(
    parts.schema,
    call,
    drafts.flatMap(({ json: { principal, action, resource } }) => [{ principal }, { action }, { resource }]),
  );
  const near = drafts.flatMap(({ policy, json }, n): Near[] => {
    const [principal, action, resource] = scopes.slice(3 * n, 3 * n + 3);
    if (action !== true || (principal !== true && resource !== true)) return [];
    const away = principal !== true ? 'principal' : resource !== true ? 'resource' : undefined;
    return away && policy.effect === 'forbid' ? [] : [{ policy, json, ...(away && { away }) }];
  });
  const order = [undefined, 'principal', 'resource'];
  near.sort((a, b) => order.indexOf(a.away) - order.indexOf(b.away));
  return judged(parts, call, near, decision);
}

interface Near {
  policy: Policy;
  json: PolicyJson;
  away?: 'principal' | 'resource';
}

function judged({ schema }: Parts, call: Call, near: Near[], decision: RequestDecision): Mattered[] {
  const findings = because(
    schema,
    call,
    near.flatMap(({ json }) => json.conditions.map(({ body }) => body)),
  );
  let next = 0;
  return near.map(({ policy, json, away }) => {
    const conditions = json.conditions.map(({ kind }) => {
      const { was, clauses } = findings[next++]!;
      return { met: was === (kind === 'when'), clauses: clauses.map((clause) => ({ ...clause, kind })) };
    });
    const failed = conditions.filter(({ met }) => !met);
    const how = decision.policies.includes(policy.id)
      ? 'decided'
      : away
        ? 'away'
        : failed.length > 0
          ? 'failed'
          : 'overruled';
    return {
      policy: policy.id,
      effect: policy.effect,
      ...(policy.chain && { chain: policy.chain }),
      ...(policy.advice !== undefined && { advice: policy.advice }),
      how,
      ...(away && { needs: scopeText(away, json) }),
      clauses: (failed.length > 0 ? failed : conditions).flatMap(({ clauses }) => clauses),
    };
  });
}
