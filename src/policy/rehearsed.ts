import { sha256 } from '../domain/entitlement.js';
import type { Verdict } from '../domain/request/decision.js';
import type { Pdp } from '../ports/policy.js';
import type { Policy } from './policy.js';
import { reads } from './unknown-inputs.js';

type Vote = Parameters<Pdp['approve']>[0];

/** Of one bundle; an answer takes some 200 bytes. */
const HELD = 10_000;
const APPROVE = 'Jit::Action approve';
/** `Jit::Request::"…"`, however it is written: a policy for one request. */
const ONE_REQUEST = /Request(?:\s|\/\/[^\n]*)*::/;

/**
 * Answers to votes of which nothing follows, for a list of what waits for somebody: the same question to the same policies
 * has the same answer. What no policy looks at does not make a question another one: which request it is, and the time.
 * @returns asks, or remembers what was answered
 */
export function rehearsed(
  policies: readonly Policy[],
  ask: (vote: Omit<Vote, 'probe'>) => Verdict,
): (vote: Omit<Vote, 'probe'>) => Verdict {
  const onVotes = policies.filter(({ scope }) => scope?.action === undefined || scope.action === APPROVE);
  const byTime = onVotes.some((policy) => reads(policy, 'now'));
  const byId = onVotes.some(({ text }) => ONE_REQUEST.test(text));
  const answers = new Map<string, Verdict>();

  return (vote) => {
    const { at, request, ...rest } = vote;
    const { id, ...about } = request;
    const key = sha256(JSON.stringify([rest, about, byTime && at, byId && id]));
    const known = answers.get(key);
    if (known) return known;
    const answer = ask(vote);
    // Cedar may be able to answer the next time.
    if (answer.errors.length > 0) return answer;
    if (answers.size >= HELD) answers.clear();
    answers.set(key, answer);
    return answer;
  };
}
