import { formatDuration } from '../../../domain/duration.js';
import type { Case } from '../case.js';
import { fieldsOf, shown, type Judged } from '../result.js';
import type { LawProof } from './prove.js';

const NEVER = 'no such request';

/** What became of a law. */
export function told(law: LawProof): Judged {
  const rest = { expected: NEVER, policies: [], law };
  switch (law.is) {
    case 'proven':
      return { passed: true, actual: NEVER, differences: [], ...rest };
    case 'broken': {
      const actual = sentenceOf(law.witness);
      return { passed: false, actual, differences: [{ what: 'never', actual }], ...rest };
    }
    case 'not proven': {
      const actual = `not proven: ${law.why.join('; ')}`;
      return { passed: false, actual, differences: [{ what: 'never', actual }], ...rest };
    }
    default:
      return law satisfies never;
  }
}

/** `otto@corp.example (on-call) for orders-logs, 1h, at 2026-11-30T07:00:00.000Z, ticket OPS-1: auto | policies: p` */
function sentenceOf({
  who,
  entitlement,
  duration,
  at,
  ticket,
  emergency,
  expect,
  ...test
}: Case & { action: 'request' }): string {
  const found = Object.entries(test.inputs ?? {}).map(([name, value]) => `${name} ${value}`);
  const asked = [
    `${who.email} (${who.groups.join(' + ') || 'no group'}) for ${entitlement}`,
    formatDuration(duration),
    `at ${new Date(at).toISOString()}`,
    ...(ticket === undefined ? [] : [`ticket ${ticket}`]),
    ...(emergency ? ['in an emergency'] : []),
    ...found,
    ...(test.failedInputs ?? []).map((name) => `${name} not known`),
  ];
  return `${asked.join(', ')}: ${shown(fieldsOf(expect))}`;
}
