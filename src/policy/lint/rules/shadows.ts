import { formatChain, type Chain } from '../../../domain/chain.js';
import { canonical } from '../../../domain/entitlement.js';
import type { WrittenPolicy } from '../written.js';
import type { Rule } from '../about.js';
import type { LintFound } from '../finding.js';
import { covers } from '../scope.js';

type Code = 'permit-without-scope' | 'request-by-anybody' | 'policy-shadowed' | 'policy-duplicate';

/** Policies that say too much, or nothing. By their text: a condition is taken as it stands and never guessed. */
export const shadows: Rule<Code> = {
  codes: {
    'permit-without-scope': 'error',
    'request-by-anybody': 'warning',
    'policy-shadowed': 'warning',
    'policy-duplicate': 'warning',
  },

  find({ policies, parts }) {
    const found: LintFound<Code>[] = [];
    const firsts = new Map<string, WrittenPolicy>();
    const byConditions = new Map<string, { other: WrittenPolicy; m: number }[]>();
    for (const [m, other] of policies.entries()) {
      if (!firsts.has(content(other))) firsts.set(content(other), other);
      const alike = byConditions.get(conditions(other)) ?? [];
      alike.push({ other, m });
      byConditions.set(conditions(other), alike);
    }

    for (const [n, one] of policies.entries()) {
      const say = (code: Code, explanation: string, remedy: string) =>
        void found.push({ code, at: one.at, subject: one.policy.id, explanation, remedy });
      const first = firsts.get(content(one));
      const twin = first === one ? undefined : first;
      // Only what has no condition, or the same, is sure to match whatever this one does.
      const wide = [UNCONDITIONAL, conditions(one)].flatMap((key) => byConditions.get(key) ?? []);
      // Of two that hide one another, which differ only in how they are written, the later one.
      const shadow = twin
        ? undefined
        : wide.find(
            ({ other, m }) =>
              other !== one &&
              hides(other, one) &&
              (m < n || conditions(one) !== conditions(other) || !hides(one, other)),
          )?.other;

      if (isBare(one)) {
        say(
          'permit-without-scope',
          'permits every action to everybody on everything: requests, approvals, and reading every record',
          'write whom, which action and what it is for: principal in …, action == …, resource in …',
        );
      } else if (asksAtWill(one)) {
        say(
          'request-by-anybody',
          'permits everybody to ask for everything in the catalog, and whatever is added to it',
          'name a group, an environment or a condition',
        );
      }
      if (twin) {
        const differ = formatChain(one.policy.chain ?? []) !== formatChain(twin.policy.chain ?? []);
        say(
          'policy-duplicate',
          `has the scope and the conditions of "${twin.policy.id}"${differ ? ', so that both chains always count together' : ''}`,
          differ ? 'write one policy with the merged chain' : 'keep one of the two',
        );
      } else if (shadow) {
        const { policy } = shadow;
        const why =
          policy.effect === one.policy.effect
            ? `"${policy.id}" says at least as much wherever this one matches`
            : `"${policy.id}" forbids whatever this permits`;
        say('policy-shadowed', `never changes an answer: ${why}`, 'take it out, or narrow the other');
      }
    }
    return found;

    function hides(other: WrittenPolicy, one: WrittenPolicy): boolean {
      if (!covers(other.scope, one.scope, parts.entitlements)) return false;
      if (other.policy.effect === 'forbid') return true;
      return one.policy.effect === 'permit' && dominates(other.policy.chain ?? [], one.policy.chain ?? []);
    }
  },
};

function dominates(wide: Chain, narrow: Chain): boolean {
  return narrow.every(({ name, quorum }) =>
    wide.some((stage) => stage.name === name && stage.quorum >= quorum),
  );
}

function isBare({ json }: WrittenPolicy): boolean {
  return (
    [json.principal, json.action, json.resource].every(({ op }) => op === 'All') && json.effect === 'permit'
  );
}

function asksAtWill({ json, scope, policy }: WrittenPolicy): boolean {
  const open = !scope.principal && !scope.resource && json.conditions.length === 0;
  return open && policy.effect === 'permit' && scope.actions.has('request');
}

const UNCONDITIONAL = canonical([]);
const conditions = ({ json }: WrittenPolicy) => canonical(json.conditions);
const content = ({ json: { effect, principal, action, resource, conditions } }: WrittenPolicy) =>
  canonical([effect, principal, action, resource, conditions]);
