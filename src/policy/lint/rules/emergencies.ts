import { bounded } from '../../questions/model/diagram.js';
import type { EmergencyFault } from '../../questions/each-policy/emergencies.js';
import { formatChain } from '../../../domain/chain.js';
import type { WrittenPolicy } from '../written.js';
import type { Rule } from '../about.js';
import { listed, type LintFound } from '../finding.js';

type Code = 'emergency-outweighed' | 'emergency-forbidden';

/** Permits that are met in an emergency alone, and do not give then what they say. */
export const emergencies: Rule<Code> = {
  codes: { 'emergency-outweighed': 'warning', 'emergency-forbidden': 'warning' },

  find({ policies, emergencies, whenOf }) {
    // Of what is too large to be looked at, another rule says that.
    const faults = bounded(emergencies, () => []);
    return policies.flatMap((one) => {
      const texts = new Map<string, { of: Said; entitlements: string[] }>();
      for (const fault of faults.filter(({ policy }) => policy === one.policy)) {
        const of = saying(fault, one, whenOf);
        const key = JSON.stringify(of);
        const before = texts.get(key)?.entitlements ?? [];
        texts.set(key, { of, entitlements: [...before, fault.entitlement] });
      }
      return [...texts.values()].map(({ of: { code, begins, ends, remedy }, entitlements }) => ({
        code,
        remedy,
        at: one.at,
        subject: one.policy.id,
        explanation: `${begins} ${listed(entitlements)}${ends}`,
      }));
    });
  },
};

type Said = Pick<LintFound<Code>, 'code' | 'remedy'> & { begins: string; ends: string };

function saying(
  fault: EmergencyFault,
  { policy }: WrittenPolicy,
  whenOf: (times: ReadonlySet<number>) => string,
): Said {
  const by = listed(fault.by.map(({ id }) => `"${id}"`));
  switch (fault.is) {
    case 'outweighed':
      return {
        code: 'emergency-outweighed',
        begins: `its chain "${formatChain(policy.chain ?? [])}" is never enough in an emergency for`,
        ends: `, for people who get that without one: ${by} ${fault.by.length === 1 ? 'is' : 'are'} met as well, and together they need "${fault.chain}"`,
        remedy: 'leave emergencies out of the other: unless { … || context.emergency }',
      };
    case 'forbidden': {
      const when = fault.times ? whenOf(fault.times) : 'always';
      return {
        code: 'emergency-forbidden',
        begins: 'it would permit, in an emergency,',
        ends: `, and ${by} ${fault.by.length === 1 ? 'forbids' : 'forbid'} that (${when})`,
        remedy: 'let emergencies through there: unless { … || context.emergency }',
      };
    }
    default:
      return fault satisfies never;
  }
}
