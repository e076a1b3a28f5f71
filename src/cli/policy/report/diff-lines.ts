import type { Json } from '../../../domain/entitlement.js';
import { isObject } from '../../../domain/is-object.js';
import type { ActRow } from '../../../policy/diff/acts.js';
import type { DiffRow } from '../../../policy/diff/describe.js';
import type { RightRow } from '../../../policy/diff/rights/rights.js';
import type { PatternSpan } from '../../../policy/diff/rights/spans.js';
import type { RightPart } from '../../../policy/diff/rights/statements.js';
import type { StageRow } from '../../../policy/diff/stages.js';
import { few, fewCodes, type Line } from './line.js';

/** `engineers: orders-db-admin 1h–4h, Mon–Fri 8–18, with a ticket: manager, 2 of security → manager` */
export function decisionLine(row: DiffRow): Line {
  const { who, entitlements, durations, times, ticket, given, before, after } = row;
  const when = [
    times === 'any time' ? '' : times,
    ticket === 'with or without a ticket' ? '' : ticket,
    given ?? '',
  ].filter(Boolean);
  const what = [...few(entitlements), durations === 'any duration' ? '' : ` ${durations}`];
  return [...few(who), ': ', ...what, ...when.map((one) => `, ${one}`), `: ${before} → ${after}`];
}

/** `sam@corp.example: may no longer approve orders-logs, billing-reports (stage security)` */
export function actLine({ act, stage, inPlace, who, entitlements, becomes }: ActRow): Line {
  const may = becomes === 'allowed' ? 'may now' : 'may no longer';
  const what = {
    approve: 'approve',
    revoke: 'end access to',
    audit: 'read the record of',
    review: 'review emergencies of',
  }[act];
  const place = inPlace ? ', in the place of somebody who is away' : '';
  const of = stage === undefined ? '' : ` (stage ${stage}${place})`;
  return [...few(who), `: ${may} ${what} `, ...few(entitlements), of];
}

/** `security: + kim@corp.example; − lee@corp.example (for orders-logs)` */
export function stageLine({ stage, entitlements, requesters, come, gone, empty }: StageRow): Line {
  const by: Line = requesters ? [' of ', ...few(requesters)] : [];
  const changes = [
    ...(come.length > 0 ? [['+ ', ...few(come)]] : []),
    ...(gone.length > 0 ? [['− ', ...few(gone)]] : []),
  ];
  return [
    stage,
    ...by,
    ': ',
    ...changes.flatMap((one, n) => (n === 0 ? one : ['; ', ...one])),
    empty ? '; nobody is left' : '',
    ' (for ',
    ...few(entitlements),
    ')',
  ];
}

const SIGNS: Record<RightRow['becomes'], string> = { gained: '+ ', lost: '− ', changed: '' };

/** `orders-logs: + s3:* on *` */
export function rightLine({ entitlements, becomes, right }: RightRow): Line {
  return [...fewCodes(entitlements), `: ${SIGNS[becomes]}`, ...whatRight(right, becomes)];
}

function whatRight(right: RightRow['right'], becomes: RightRow['becomes']): Line {
  switch (right.is) {
    case 'statement':
      return part(right, becomes);
    case 'denial':
      return [becomes === 'gained' ? 'no longer denied: ' : 'now denied: ', ...part(right, becomes)];
    case 'role':
      return ['everything that the role ', { code: right.role }, ' may do'];
    case 'policy':
      return ['what the managed policy ', { code: right.policy }, ' allows'];
    case 'other':
      return [right.says];
    default:
      return right satisfies never;
  }
}

function part({ actions, resources, condition, otherwise }: RightPart, becomes: RightRow['becomes']): Line {
  const where: Line = condition === undefined ? [] : [', where ', { code: conditionText(condition) }];
  const then = becomes === 'gained' ? 'before' : 'now';
  const only = condition === undefined ? `${then} only under a condition` : `${then} under another condition`;
  return [...span(actions), ' on ', ...span(resources), ...where, otherwise ? ` (${only})` : ''];
}

const span = (names: PatternSpan): Line =>
  'only' in names ? fewCodes(names.only) : ['everything but ', ...fewCodes(names.allBut)];

/** `StringEquals aws:ResourceTag/team payments` */
function conditionText(condition: Json): string {
  if (!isObject(condition)) return JSON.stringify(condition);
  const parts = Object.entries(condition as Record<string, Json>).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys as Record<string, Json>).map(
          ([key, value]) => `${operator} ${key} ${[value].flat().map(String).join(' or ')}`,
        )
      : [`${operator} ${JSON.stringify(keys)}`],
  );
  return parts.join(' and ');
}
