import { canonical, sha256 } from '../../../../src/domain/entitlement.js';
import { parseDuration, formatDuration } from '../../../../src/domain/duration.js';
import type { Command } from '../../../../src/domain/request/command.js';
import type { RequestDecision } from '../../../../src/domain/request/decision.js';
import { visibleLength } from '../../../../src/domain/request/text.js';
import {
  ENTITLEMENT,
  basisIn,
  filled,
  isMadeOf,
  isRuling,
  isStage,
  isWhole,
  people,
  permitting,
  type Of,
} from './facts.js';

const DAY = 86_400_000;

/** Whether the form would have let it through. */
function isStart({ startsAt, requestedAt, lapsesAt }: Of<'RequestSubmitted'>['asked']): boolean {
  if (startsAt === undefined) return true;
  return startsAt > requestedAt && startsAt <= requestedAt + 14 * DAY && lapsesAt > startsAt;
}

export function submissions(event: Of<'RequestSubmitted' | 'RequestRefused'>): Command[] {
  const { at, asked } = event;
  const {
    chain,
    ruling,
    id,
    requester,
    entitlement,
    duration,
    justification,
    ticket,
    startsAt,
    lapsesAt,
    grant,
  } = asked;
  const { emergency, passedOver } = asked;
  if (!isStart(asked) || ![undefined, true].includes(emergency)) return [];
  if (emergency && startsAt !== undefined) return [];
  // Whom it passes over is made as any chain is, and only of an emergency.
  if (passedOver && !(emergency && passedOver.every(isStage))) return [];
  if (passedOver && new Set(passedOver.map(({ name }) => name)).size !== passedOver.length) return [];
  const offered = Number.isFinite(duration) && parseDuration(formatDuration(duration)) === duration;
  const distinct = new Set(chain.map(({ name }) => name)).size === chain.length;
  if (!offered || !distinct || !(lapsesAt > at) || visibleLength(justification) === 0) return [];
  if (!chain.every(isStage)) return [];
  const { hash, ...pinned } = grant;
  if (grant.account !== entitlement.account || sha256(canonical(pinned)) !== hash) return [];
  const reason = event.type === 'RequestRefused' ? event.reason : undefined;
  if (reason && !isWhole(reason)) return [];
  if (!isRuling(ruling) || !isMadeOf(entitlement, ENTITLEMENT)) return [];
  if (reason?.code !== 'policy' && !permitting(ruling)) return [];
  if (!filled(id) || !Array.isArray(entitlement.owners)) return [];
  const basis = basisIn(event);
  if (!basis) return [];
  const decision: RequestDecision =
    reason?.code === 'policy'
      ? { ...ruling, outcome: 'denied', errors: reason.errors }
      : { ...ruling, outcome: chain.length === 0 ? 'auto' : 'needs-approval', chain };
  return [
    {
      type: 'Submit',
      at,
      asked: {
        id,
        requester,
        entitlement,
        duration,
        justification,
        ...(ticket !== undefined && { ticket }),
        ...(startsAt !== undefined && { startsAt }),
        ...(emergency && { emergency }),
        ...(passedOver && { passedOver }),
        lapsesAt,
        grant,
      },
      decision,
      basis,
      ...(reason?.code === 'contested' && { contested: reason.request }),
      candidates: people({ chain, votes: [] }, reason),
    },
  ];
}
