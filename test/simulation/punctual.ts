import type { Instant } from '../../src/domain/entitlement.js';
import type { Grant } from '../../src/domain/grant.js';
import type { Scheduler } from './scheduler.js';
import type { Pace } from './trouble.js';

/** Whether what ends access comes first: by when AWS was asked, by when all was over, by when the record said so. */
export function punctual(
  time: Scheduler,
  {
    pace,
    grants,
    forged,
    blame,
    look,
  }: {
    pace: Pace;
    grants: Map<string, Grant>;
    /** What somebody has spoilt meanwhile keeps AWS from being asked at once, though not for long. */
    forged: Set<string>;
    blame: (what: string) => void;
    /** Asks AWS what it permits now. */
    look: () => void;
  },
) {
  /** Since when it is taken back, for whoever can be told so. */
  const back = new Map<string, Instant>();
  const asked = new Map<string, Instant>();
  const goneAt = new Map<string, Instant>();
  /** How long after the order AWS was asked. */
  const delays: number[] = [];

  return {
    delays,
    /** It is on record where nobody can undo it that this is taken back. */
    takenBack(id: string): void {
      if (back.has(id)) return;
      back.set(id, time.now());
      if (pace.away < Infinity) time.after(pace.away + 1, look);
    },
    /** Somebody has ended it who may, and nobody spoils it: AWS has to be asked before long, if it gave anything. */
    ended(id: string): void {
      const grant = grants.get(id);
      const since = time.now();
      const gave = grant?.receipt?.['kind'] === 'iam-policy' || grant?.lastMintAt !== undefined;
      if (!grant || grant.gone || !gave || asked.has(id) || since >= grant.lease.endsAt) return;
      if (pace.asked === Infinity) return;
      time.after(pace.asked, () => {
        const at = asked.get(id);
        if (at !== undefined) delays.push(at - since);
        else if (!goneAt.has(id) && !forged.has(id) && time.now() < grant.lease.endsAt)
          blame('AWS was not asked at once to take away what was taken back');
      });
    },
    /** A call that takes something away begins. */
    asks: (id: string) => void (asked.has(id) || asked.set(id, time.now())),
    gone: (id: string) => void (goneAt.has(id) || goneAt.set(id, time.now())),
    /** Whether it has to be over, since it was taken back so long ago. */
    isOver: (id: string, at: Instant) => at > (back.get(id) ?? Infinity) + pace.away,
    /** An attempt to give has gone on record. */
    attempted(id: string): void {
      // Between the last look at the grant and the write that follows it somebody may take it back.
      if (pace.away < Infinity && time.now() > (back.get(id) ?? Infinity) + 1_000)
        blame('an attempt is on record to give what had been taken back');
    },
    /** Once all is over. */
    closing(): void {
      for (const [id, { lease }] of grants) {
        const end = Math.min(lease.endsAt, back.get(id) ?? Infinity);
        if ((goneAt.get(id) ?? Infinity) > end + pace.recorded) blame('its end is on record too late');
      }
    },
  };
}
