import { tooMuch } from '../../questions/too-much.js';
import { formatChain } from '../../../domain/chain.js';
import { canonical } from '../../../domain/entitlement.js';
import { isExact } from '../../cedar/entities.js';
import type { PolicyUse } from '../../questions/each-policy/uses.js';
import { bounded } from '../../questions/model/diagram.js';
import type { Policy } from '../../policy.js';
import type { WrittenPolicy } from '../written.js';
import type { Rule } from '../about.js';
import { listed, type LintFound } from '../finding.js';
import { isAsked, notAsked } from '../scope.js';

type Code =
  | 'permit-without-scope'
  | 'request-by-anybody'
  | 'policy-shadowed'
  | 'policy-never-matches'
  | 'policy-duplicate'
  | 'forbid-in-reserve'
  | 'action-not-asked'
  | 'not-proven';

/** Policies that say too much, or nothing. */
export const shadows: Rule<Code> = {
  codes: {
    'permit-without-scope': 'error',
    'request-by-anybody': 'warning',
    'policy-shadowed': 'warning',
    'policy-never-matches': 'warning',
    'policy-duplicate': 'warning',
    'forbid-in-reserve': 'note',
    'action-not-asked': 'note',
    'not-proven': 'note',
  },

  find(about) {
    const { policies, parts } = about;
    const tooLarge: string[] = [];
    const uses = bounded(parts.entitlements.size > 0 ? about.uses : nothing, (why) => {
      tooLarge.push(tooMuch(why, parts.policies));
      return nothing();
    });
    const firsts = new Map<string, WrittenPolicy>();
    for (const one of policies) if (!firsts.has(content(one))) firsts.set(content(one), one);
    return policies.flatMap((one, n) => {
      const first = firsts.get(content(one));
      const said = [
        tooWide(one),
        notYet(one),
        first && first !== one ? twin(one, first) : idle(one, uses.get(one.policy)),
        ...(n === 0 ? tooLarge.map((why) => unproven(why, 'this policy, or any other,')) : []),
      ];
      return said.flatMap((what) => (what ? [{ ...what, at: one.at, subject: one.policy.id }] : []));
    });
  },
};

type Said = Pick<LintFound<Code>, 'code' | 'explanation' | 'remedy'>;

const nothing = (): ReadonlyMap<Policy, PolicyUse> => new Map();

const unproven = (what: string, who: string): Said => ({
  code: 'not-proven',
  explanation: `not understood: ${what}; so whether ${who} changes any answer is not known`,
  remedy: 'compare what a policy reads with one value, or do not rely on what was found of it',
});

function tooWide({ json, scope, policy }: WrittenPolicy): Said | undefined {
  const isPermit = policy.effect === 'permit';
  if (isPermit && [json.principal, json.action, json.resource].every(({ op }) => op === 'All'))
    return {
      code: 'permit-without-scope',
      explanation:
        'permits every action to everybody on everything: requests, approvals, and reading every record',
      remedy: 'write whom, which action and what it is for: principal in …, action == …, resource in …',
    };
  const isOpen = !scope.principal && !scope.resource && json.conditions.length === 0;
  if (!isPermit || !isOpen || !scope.actions.has('request')) return undefined;
  return {
    code: 'request-by-anybody',
    explanation: 'permits everybody to ask for everything in the catalog, and whatever is added to it',
    remedy: 'name a group, an environment or a condition',
  };
}

function notYet({ json }: WrittenPolicy): Said | undefined {
  const actions = notAsked(json);
  if (actions.length === 0) return undefined;
  return {
    code: 'action-not-asked',
    explanation: `says who may ${actions.join(' and ')}, and jit asks no policy about that yet: nothing here depends on it`,
    remedy: 'leave it for later, or take it out',
  };
}

function twin(one: WrittenPolicy, { policy }: WrittenPolicy): Said {
  const differ = formatChain(one.policy.chain ?? []) !== formatChain(policy.chain ?? []);
  return {
    code: 'policy-duplicate',
    explanation: `has the scope and the conditions of "${policy.id}"${differ ? ', so that both chains always count together' : ''}`,
    remedy: differ ? 'write one policy with the merged chain' : 'keep one of the two',
  };
}

function idle({ policy, json }: WrittenPolicy, use: PolicyUse | undefined): Said | undefined {
  // Of what jit does not ask about yet, nothing is claimed.
  if (!use || use.is === 'needed' || !isAsked(json)) return undefined;
  const verb = policy.effect === 'permit' ? 'permits' : 'forbids';
  switch (use.is) {
    case 'never holds':
      return {
        code: 'policy-never-matches',
        explanation: `never ${verb} anything: whoever asks for what, from now on, it is not met${use.errs ? ', or cannot be evaluated' : ''}`,
        remedy: 'mend its scope or the conditions that contradict one another, or take it out',
      };
    case 'hidden':
      return {
        code: 'policy-shadowed',
        explanation: `never changes an answer: ${hiddenBy(policy, use.by)}`,
        remedy: `take it out, or narrow the other${use.by.length === 1 ? '' : 's'}`,
      };
    case 'in reserve':
      return {
        code: 'forbid-in-reserve',
        explanation: 'forbids only what no policy permits: it guards against a permit to come',
        remedy: 'keep it as a guard, or take it out',
      };
    case 'open':
      return unproven(listed(use.why), 'this policy');
    default:
      return use satisfies never;
  }
}

function hiddenBy(policy: Policy, by: readonly Policy[]): string {
  const [first, ...more] = by;
  if (!first) return 'other policies together say as much wherever this one matches';
  const also = more.length > 0 ? `; so would each of these alone: ${listed(more.map(({ id }) => id))}` : '';
  return first.effect === policy.effect
    ? `"${first.id}" says at least as much wherever this one matches${also}`
    : `"${first.id}" forbids whatever this permits${also}`;
}

/** In JSON, numbers beyond 2^53 are not told apart. */
const content = ({ policy, json: { effect, principal, action, resource, conditions } }: WrittenPolicy) =>
  canonical([effect, principal, action, resource, conditions, isExact(conditions) ? '' : policy.text]);
