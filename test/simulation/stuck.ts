import type { Instant, Millis } from '../../src/domain/entitlement.js';
import { grantFrom } from '../../src/domain/grant.js';
import { apply, type Head } from '../../src/domain/request/head.js';
import type { Event, Start } from '../../src/domain/request/event.js';
import type { Pending } from '../../src/domain/request/state.js';
import { grantKinds } from '../../src/grants/index.js';
import { GrantFault, type Provisioner } from '../../src/ports/access.js';
import type { EngineStore } from '../../src/ports/record.js';
import { memoryStore } from '../../src/store/memory/store.js';
import { engine } from '../../src/workflow/engine/loop.js';
import { ana, opened, TEN } from '../support/heads.js';
import { rotaUnknown } from '../support/people.js';
import { company as makeCompany, MINUTE } from './company.js';
import { seeded } from './random.js';
import { scheduler, type Process } from './scheduler.js';
import { use, virtualGlobals, type Mistake } from './seams.js';

const STUCK = 2_000;
const ORDINARY = 40;
/** After its whole patience AWS refuses for good. */
const REFUSAL: Millis = 5_000;
const ANSWER: Millis = 50;
const SWEEP: Millis = MINUTE;
/** So long after its end each has to be over, though at first all that is due is new to the process. */
const PROMPT = 6 * SWEEP;

export interface Stuck {
  problems: string[];
  /** How late the ordinary ones were over, in ms. */
  late: Millis[];
  /** How often AWS was asked about those that it refuses. */
  refusals: number;
}

/**
 * Two thousand grants whose ending AWS refuses for good, all of them due when the process starts, and among them some
 * that end in the ordinary way, by the clock or by a person. Nothing but the sweep looks at any of them.
 */
export async function stuck(seed: number, mistake?: Mistake): Promise<Stuck> {
  const random = seeded(seed);
  const time = scheduler(random, TEN, { refused: 0, lost: 0, slow: 0, repeated: 0 });
  const company = makeCompany(time, { from: Infinity, until: Infinity });
  const process: Process = { name: 'P1', alive: true, skew: 0 };
  const real = memoryStore({ now: time.now });
  const over = new Map<string, Instant>();
  const looks = new Map<string, number>();
  const store: EngineStore = {
    ...real,
    async write(change) {
      const written = await real.write(change);
      if (written === 'written' && change.grant?.gone) over.set(change.head.id, time.now());
      return written;
    },
  };
  const wait = (ms: Millis) => new Promise<void>((done) => void time.after(ms, done, process));
  const isStuck = (id: string) => id.startsWith('S');
  const provisioner: Provisioner = {
    preflight: async () => undefined,
    provision: async () => ({ kind: 'sts-session' }),
    cleanUp: async () => undefined,
    async revoke({ requestId: id }, now) {
      if (!isStuck(id)) return wait(ANSWER).then(() => ({ checkedAt: now, evidence: 'nothing there' }));
      looks.set(id, (looks.get(id) ?? 0) + 1);
      await wait(REFUSAL);
      throw new GrantFault('AccessDenied', 'The boundary does not let jit do that.', true);
    },
  };
  const silent = () => undefined;
  const parts = {
    store: mistake?.store?.(store) ?? store,
    bundle: company.bundle,
    kinds: grantKinds,
    directory: company.directoryFor(process),
    provisioners: { 'sts-session': provisioner },
    notifier: {
      cards: async () => ({ posts: {}, copies: [] }),
      living: async () => ({ posts: {} }),
      tell: async () => undefined,
      remind: async () => ({ refused: [] }),
      incident: async () => ({ posts: {} }),
      alert: async () => undefined,
      tellDelegation: async () => undefined,
      showCredentials: async () => undefined,
      showNoCredentials: async () => undefined,
    },
    clock: { now: time.now, skew: async () => 0 },
    onCall: rotaUnknown,
    log: { info: silent, warn: silent, error: silent },
  };

  const due = new Map<string, Instant>();
  const restore = virtualGlobals(time, random.next);
  use(time, mistake);
  try {
    for (let n = 1; n <= STUCK; n++) await begin(`S${n}`, TEN - random.between(1, 90) * MINUTE, 'expired');
    for (let n = 1; n <= ORDINARY; n++) {
      const id = `R${n}`;
      const at = TEN + random.between(2 * MINUTE, 30 * MINUTE);
      due.set(id, at);
      if (random.chance(0.5)) await begin(id, at);
      else {
        const head = await begin(id, TEN + 180 * MINUTE);
        time.after(at - TEN, () => store.write(apply(head, [started(at, { cause: 'released', by: ana })])));
      }
    }
    const { sweep } = engine(parts);
    const sweepEachMinute = async () => {
      const begun = time.now();
      await sweep();
      time.after(Math.max(0, begun + SWEEP - time.now()), sweepEachMinute, process);
    };
    time.as(process, sweepEachMinute);
    await time.run(TEN + 110 * MINUTE);
  } finally {
    restore();
    use(undefined, undefined);
  }

  const late = [...due].map(([id, at]) => (over.get(id) ?? Infinity) - at);
  const problems = [
    ...(late.some((ms) => ms > PROMPT) ? ['an end waited behind those that AWS refuses'] : []),
    ...(looks.size < STUCK ? ['one that AWS refuses was given up'] : []),
  ];
  return { problems, late, refusals: [...looks.values()].reduce((sum, n) => sum + n, 0) };

  /** A request with a live grant that ends then; `cause`: it has begun to end, and that is owed. */
  async function begin(id: string, endsAt: Instant, cause?: 'expired'): Promise<Head> {
    const asked = opened(id);
    await real.write(asked);
    const lease = { startsAt: TEN - 180 * MINUTE, endsAt };
    const { ruling } = asked.head.state;
    const approval = { type: 'RequestApproved', at: lease.startsAt, by: 'jit', lease, ruling } as const;
    const events: Event[] = [
      approval,
      { type: 'ProvisionAttempted', at: lease.startsAt, by: 'jit', until: lease.startsAt + MINUTE },
      { type: 'GrantProvisioned', at: lease.startsAt, by: 'jit', receipt: { kind: 'sts-session' } },
    ];
    const grant = { ...grantFrom(asked.head.state as Pending, approval), lastMintAt: lease.startsAt };
    await real.write({ ...apply(asked.head, events), grant, lease: 'put' });
    const active = (await real.head(id))!;
    const ends = cause ? [started(endsAt, { cause, by: 'jit' })] : [];
    // Everybody has been told what there was to tell.
    const told = apply(active, ends, { outbox: () => [] });
    await real.write(told);
    return told.head;
  }
}

function started(at: Instant, how: Pick<Start, 'cause' | 'by'>): Event {
  return { type: 'RevocationStarted', at, ...how };
}
