import type { confirm } from '../../src/domain/request/stories/confirming.js';
import { decide } from '../../src/domain/request/stories/index.js';
import type { peopleOf } from '../../src/domain/delegation.js';
import { evolveGrant, grantFrom, type Grant } from '../../src/domain/grant.js';
import { apply } from '../../src/domain/request/head.js';
import { leaseFrom } from '../../src/domain/lease.js';
import type { overtake, Owed } from '../../src/domain/request/outbox.js';
import type { tick } from '../../src/domain/request/due.js';
import { isComplete, openStage } from '../../src/domain/chain.js';
import { isExtending } from '../../src/domain/request/extension.js';
import { roundsOf } from '../../src/domain/request/stories/reminding.js';
import { ESCALATE, REMIND } from './company.js';
import type { NoCredentials } from '../../src/domain/request/effects.js';
import type { State } from '../../src/domain/request/state.js';
import type { askQuestion } from '../../src/domain/request/stories/questions.js';
import type { vote } from '../../src/domain/request/stories/voting.js';
import type { deleteInline, listInline } from '../../src/grants/aws/inline.js';
import type { sessionLayers } from '../../src/grants/sts-session/documents.js';
import type { EngineStore } from '../../src/ports/record.js';
import type { Provisioner } from '../../src/ports/access.js';
import type { confirm as confirmEffect } from '../../src/workflow/engine/effects/confirm.js';
import { SETTLED } from '../../src/workflow/engine/effect.js';
import type { carryOut } from '../../src/workflow/engine/effects/index.js';
import type { lookAtGrant } from '../../src/workflow/engine/grant-look.js';
import type { tryDrawing } from '../../src/workflow/engine/message.js';
import { recordForEngine } from '../../src/workflow/record-command.js';
import { standing, type seatsFor } from '../../src/workflow/seats/stand-ins.js';
import { sideBySide } from '../../src/kit/side-by-side.js';
import type { stillPermitted } from '../../src/workflow/engine/still-permitted.js';
import type { sweeper } from '../../src/workflow/engine/sweep.js';
import { LATER } from './later.js';
import { EMERGENCIES } from './emergency/mistakes.js';
import type { Mistake } from './seams.js';
import { KEYS } from './keys.js';
import { stuck } from './stuck.js';

type CarryOut = typeof carryOut;

/** Instead of one effect of the engine's; whatever is not handled is left to the real one. */
const instead = (handle: (...args: Parameters<CarryOut>) => ReturnType<CarryOut> | undefined) => ({
  'effects.carryOut':
    (actual: CarryOut) =>
    (...args: Parameters<CarryOut>) =>
      handle(...args) ?? actual(...args),
});

/** Any vote counts, and whoever completes the count has approved. */
const naiveConfirm = (actual: typeof confirm) => (command: Parameters<typeof confirm>[0], state: State) => {
  if (state.status !== 'pending' || !state.checked || !isComplete(state) || command.requesterProblem)
    return actual(command, state);
  const { policies, advice, bundle } = command.decision;
  const ruling = { policies, advice, bundle };
  const { at, lease, basis, decidedAt } = command;
  return { events: [{ type: 'RequestApproved', at, by: 'jit', lease, ruling, decidedAt, ...basis }] };
};
const forgetVotes =
  (forget: (earlier: string, now: string) => boolean) =>
  (actual: typeof vote) =>
  (command: Parameters<typeof vote>[0], state: Parameters<typeof vote>[1]) => {
    if (state.status !== 'pending') return actual(command, state);
    const decided = actual(command, {
      ...state,
      votes: state.votes.map((one) =>
        one.by.email === command.by.email && forget(one.stage, command.stage)
          ? {
              ...one,
              by: {
                ...one.by,
                email: `${one.by.email}-forgotten`,
                account: { ...one.by.account, id: 'U-forgotten' },
              },
            }
          : one,
      ),
    });
    return decided;
  };

const revoking = (change: (real: Provisioner) => Partial<Provisioner>) => (real: Provisioner) => ({
  ...real,
  ...change(real),
});
const withStore = (change: (store: EngineStore) => Partial<EngineStore>) => (store: EngineStore) => ({
  ...store,
  ...change(store),
});
const withoutConditions =
  (actual: (...args: never[]) => string) =>
  (...args: never[]) => {
    const { Statement, ...rest } = JSON.parse(actual(...args)) as { Statement: { Effect: string }[] };
    const kept = Statement.filter(({ Effect }) => Effect === 'Allow').map((one) => ({
      ...one,
      Condition: undefined,
    }));
    return JSON.stringify({ ...rest, Statement: kept });
  };

/** The same of a session, which may have two policies. */
const inEachLayer =
  (change: typeof withoutConditions) =>
  (actual: typeof sessionLayers) =>
  (of: Parameters<typeof sessionLayers>[0]) => {
    const plainly = change((text: string) => text) as (text: string) => string;
    return Object.fromEntries(
      Object.entries(actual(of)).map(([layer, text]) => [layer, plainly(String(text))]),
    );
  };

/** What peers got wrong, as far as it happens below Slack. */
const PEERS: Mistake[] = [
  {
    name: 'grant first, then record',
    seams: instead((deps, { state }, { effect }) => {
      if (effect.type !== 'confirm' || state.status !== 'pending') return undefined;
      const lease = leaseFrom(deps.clock.now(), state.duration, 0);
      const made = deps.provisioners[state.grant.kind]!.provision(grantFrom(state, { lease }));
      return made.then(() => ({ later: undefined, why: 'recorded later' }));
    }),
  },
  {
    name: 'the first expiry of two grants takes the second',
    seams: {
      'inline.deleteInline':
        (actual: typeof deleteInline) => async (place: Parameters<typeof deleteInline>[0], name: string) => {
          const { listInline: list } = await import('../../src/grants/aws/inline.js');
          const others: Awaited<ReturnType<typeof listInline>> = await list(place);
          for (const other of others) if (other.startsWith('jit-01')) await actual(place, other);
          await actual(place, name);
        },
    },
  },
  {
    name: 'a sweeper removes what it had not granted',
    seams: {
      'inline.deleteInline':
        (actual: typeof deleteInline) => async (place: Parameters<typeof deleteInline>[0], name: string) => {
          await actual(place, name);
          await actual(place, 'jit-legacy');
        },
    },
  },
  {
    name: 'the same person approves twice',
    seams: {
      'voting.vote': forgetVotes((earlier, now) => earlier === now),
      'confirming.confirm': naiveConfirm,
    },
  },
  {
    name: 'one person in two groups fills both stages',
    seams: {
      'voting.vote': forgetVotes((earlier, now) => earlier !== now),
      'confirming.confirm': naiveConfirm,
    },
  },
  {
    name: 'approvals kept in the memory of a process',
    frontStore: (store) => {
      const kept = new Map<string, State>();
      return {
        ...store,
        async head(id) {
          const head = await store.head(id);
          const state = kept.get(id);
          return head && state && head.state.status === 'pending' ? { ...head, state } : head;
        },
        async write(change) {
          kept.set(change.head.id, change.head.state);
          return store.write(change);
        },
      };
    },
  },
  {
    name: 'the card is green before the grant exists',
    notifier: (real) => ({
      ...real,
      cards: (view, earlier) =>
        real.cards(
          {
            ...view,
            state: { ...view.state, ...(view.state.status === 'approved' && { status: 'active' }) } as State,
          },
          earlier,
        ),
    }),
  },
  {
    name: 'a message that failed is reported as a failed grant',
    seams: {
      'message.tryDrawing':
        (actual: typeof tryDrawing) =>
        async (...args: Parameters<typeof tryDrawing>) => {
          const result = await actual(...args);
          if (!result.unsent) return result;
          const [deps, head] = args as unknown as Parameters<CarryOut>;
          const reason = { code: 'aws', error: 'Failed', hint: 'The grant failed.' } as const;
          await recordForEngine(deps.store, head.id, { type: 'FailProvision', at: deps.clock.now(), reason });
          return result;
        },
    },
  },
  {
    name: 'whoever left since the vote still counts',
    seams: {
      'confirm.confirm':
        (actual: typeof confirmEffect) =>
        async (...args: Parameters<typeof confirmEffect>) => {
          const outcome = await actual(...args);
          if (!('done' in outcome) || outcome.done?.type !== 'Confirm') return outcome;
          const { votes, chain } = args[1].state;
          const valid = votes.map(({ by }) => by.email);
          const candidates = Object.fromEntries(chain.map(({ name }) => [name, valid]));
          return { ...outcome, done: { ...outcome.done, valid, candidates } };
        },
    },
  },
];

/** And some that nobody has made yet. */
const OURS: Mistake[] = [
  {
    name: 'an inline policy without its end',
    seams: { 'documents.inlinePolicy': withoutConditions },
  },
  {
    name: 'a session policy without its Deny',
    seams: { 'documents.sessionLayers': inEachLayer(withoutConditions) },
  },
  {
    name: 'closed while a call may still land',
    provisioner: revoking((real) => ({
      async revoke(grant, now) {
        return { ...(await real.revoke(grant, now)), checkedAt: now + 120_000 };
      },
    })),
  },
  {
    name: 'a revocation that gives up',
    provisioner: revoking((real) => ({
      revoke: (grant, now) =>
        real.revoke(grant, now).catch(() => ({ checkedAt: now + 120_000, evidence: 'given up' })),
    })),
  },
  {
    name: 'claims are forgotten',
    seams: { 'outbox.claim': () => (outbox: Owed[]) => outbox },
  },
  {
    name: 'provisioned by HEAD, without reading the grant',
    store: withStore((store) => ({ grant: async (id) => (await store.grant(id)) ?? fromHead(store, id) })),
  },
  {
    name: 'the end is read from HEAD instead of GRANT',
    trouble: { hostile: true },
    store: withStore((store) => ({
      async grant(id) {
        const grant = await store.grant(id);
        const state = (await store.head(id))?.state;
        return grant && state && 'lease' in state && state.lease ? { ...grant, lease: state.lease } : grant;
      },
    })),
  },
  {
    name: 'a session is opened without a record that it may exist',
    seams: instead(({ store, provisioners, clock, notifier }, { state }, { effect }) => {
      if (effect.type !== 'mint') return undefined;
      return store.grant(state.id).then(async (grant) => {
        const credentials = grant && (await provisioners[grant.grant.kind]?.mint?.(grant, clock.now()));
        if (credentials) await notifier.showCredentials(effect.waiting, state, credentials, 'bash');
        return {};
      });
    }),
  },
  {
    name: 'the Deny of an early end is left standing',
    provisioner: revoking(() => ({ cleanUp: async () => undefined })),
  },
  {
    name: 'told before it is on record',
    seams: instead((deps, { state }, { id, effect }) => {
      if (effect.type !== 'provision') return undefined;
      const view = { state, posts: {}, asked: {} };
      const told = deps.notifier.tell(view, 'active', `${state.id}.${id}`, false).catch(() => undefined);
      return told.then(() => ({ later: undefined, why: 'provisioned later' }));
    }),
  },
  {
    name: 'what is owed is written after the event, not with it',
    store: withStore((store) => ({
      async write(change) {
        if (change.records.length === 0) return store.write(change);
        const { head } = change;
        const owed = head.outbox.filter(({ attempts }) => attempts > 0);
        const written = await store.write({ ...change, head: { ...head, outbox: owed } });
        if (written !== 'written') return written;
        return store.write({ head: { ...head, version: head.version + 1 }, records: [] }).then(() => written);
      },
    })),
  },
  {
    name: 'a message put off is forgotten',
    seams: {
      'outbox.putOff':
        (actual: (...args: never[]) => Owed[]) =>
        (...args: never[]) => {
          const [outbox, id] = args as unknown as [Owed[], string];
          const owed = outbox.find((one) => one.id === id);
          return owed?.effect.type === 'tell' ? outbox.filter((one) => one !== owed) : actual(...args);
        },
    },
  },
  {
    name: 'the clock alone makes nothing due',
    seams: {
      'due.turnsAt': () => () => undefined,
      'due.dueAt': () => (_: State, outbox: Owed[]) =>
        outbox.length > 0 ? Math.min(...outbox.map(({ notBefore }) => notBefore)) : undefined,
    },
  },
  {
    name: 'a grant and its lease are not written with the approval',
    store: withStore((store) => ({
      write: ({ head, records, seen }) => store.write({ head, records, ...(seen && { seen }) }),
    })),
  },
  {
    name: 'the clock is taken to be right',
    aws: (real) => ({ ...real, skew: async () => 0 }),
  },
  {
    name: 'a signed request counts each time',
    frontStore: (store) => ({ ...store, write: ({ head, records }) => store.write({ head, records }) }),
  },
  {
    name: 'a record is written that is not the one that was sealed',
    store: withStore((store) => ({
      write: (change) =>
        store.write({
          ...change,
          records: change.records.map((record) => ({
            ...record,
            event: { ...record.event, at: record.event.at + 1 },
          })),
        }),
    })),
  },
  {
    name: 'credentials are logged',
    provisioner: (real, log) => ({
      ...real,
      ...(real.mint && {
        async mint(grant: Grant, now: number) {
          const credentials = await real.mint!(grant, now);
          log({ credentials });
          return credentials;
        },
      }),
    }),
  },
];

/** Where approvers can do more than approve or deny. */
const DECIDING: Mistake[] = [
  {
    name: 'a request that was shortened is given for its old length',
    seams: {
      'confirm.confirm':
        (actual: typeof confirmEffect) =>
        async (...args: Parameters<typeof confirmEffect>) => {
          const outcome = await actual(...args);
          if (!('done' in outcome) || outcome.done?.type !== 'Confirm') return outcome;
          const { duration, shortened: [first] = [] } = args[1].state;
          const lease = leaseFrom(outcome.done.at, first?.from ?? duration, 0);
          return { ...outcome, done: { ...outcome.done, lease } };
        },
    },
  },
  {
    name: 'a question counts as a vote',
    seams: {
      'questions.askQuestion':
        (actual: typeof askQuestion) =>
        (...args: Parameters<typeof askQuestion>) => {
          const [{ at, by, stage, verdict }] = args;
          const decided = actual(...args);
          if ('refusal' in decided) return decided;
          const vote = { stage, by, at, policies: verdict.policies };
          return { events: [...decided.events, { type: 'Voted' as const, at, by, vote }] };
        },
    },
  },
];

/** Where people were asked, or told, and what they read did not hold. */
const TELLING: Mistake[] = [
  {
    name: 'where the copies of a card are is forgotten',
    store: withStore((store) => ({
      saveNote: async (name, note) => (name.startsWith('copies-') ? undefined : store.saveNote(name, note)),
    })),
  },
  {
    name: 'copies of a card are written down only once they are sent',
    store: withStore((store) => ({
      async saveNote(name, note) {
        const { copies = [] } = note as { copies?: { ref: string }[] };
        if (!name.startsWith('copies-') || copies.every(({ ref }) => ref !== ''))
          await store.saveNote(name, note);
      },
    })),
  },
  {
    name: 'what may have been sent is sent again without a look',
    seams: { 'message.mayHaveLanded': () => () => false },
  },
  {
    name: 'a manager is not told',
    seams: instead((_, { state: { status, votes, chain } }, { effect }) =>
      effect.type === 'cards' && status === 'pending' && votes.length === 0 && chain[0]?.name === 'manager'
        ? Promise.resolve({})
        : undefined,
    ),
  },
  {
    name: 'the message to the requester stays as it was when the access ended',
    seams: instead((_, { state: { status } }, { effect }) =>
      effect.type === 'living' && status === 'closed' ? Promise.resolve({}) : undefined,
    ),
  },
];

/** Where taking away did not come first, or HEAD was believed. */
const ENDINGS: Mistake[] = [
  {
    name: 'one lane for everything',
    trouble: { floods: true, silence: 'for-ever', nobodyKnown: false, fair: true },
    seams: { 'effects.laneOf': () => () => 'giving' },
  },
  {
    name: 'a newer press is added instead of taking the place of the older one',
    trouble: { floods: true },
    seams: { 'outbox.overtake': without('replaced') },
  },
  {
    name: 'what begins to end still owes its sessions',
    trouble: { floods: true },
    seams: { 'outbox.overtake': without('ended') },
  },
  {
    name: 'whether the grant may be used is not asked where the attempt goes on record',
    trouble: { floods: true, hostile: true, silence: 'for-ever', nobodyKnown: true, fair: true },
    seams: {
      'record-command.recordForEngine':
        (actual: typeof recordForEngine) =>
        async (...[store, id, command, keep]: Parameters<typeof recordForEngine>) => {
          if (command?.type !== 'AttemptMint' && command?.type !== 'AttemptProvision')
            return actual(store, id, command, keep);
          for (;;) {
            const head = (await store.head(id))!;
            const decided = decide(command, head.state);
            if (!('events' in decided)) return actual(store, id, command, keep);
            const before = await store.grant(id);
            const grant = before && decided.events.reduce(evolveGrant, before);
            const next = apply(head, decided.events);
            const written = await store.write({ ...next, ...(grant && { grant }) });
            if (written === 'written') return { head: next.head, events: decided.events };
          }
        },
    },
  },
  {
    name: 'the look at the grant itself trusts HEAD for ever',
    trouble: { hostile: true, fair: true },
    seams: {
      'grant-look.lookAtGrant':
        (actual: typeof lookAtGrant) =>
        async (...args: Parameters<typeof lookAtGrant>) => {
          const [{ store }, id, { head } = {}] = args;
          const { state } = head ?? (await store.head(id).catch(() => undefined)) ?? {};
          return state ? false : actual(...args);
        },
    },
  },
  {
    name: 'an order to end counts only where it can be read',
    trouble: { hostile: true, fair: true },
    store: withStore((store) => ({
      async end(id) {
        const end = await store.end(id);
        return end === 'unreadable' ? undefined : end;
      },
    })),
  },
  {
    name: 'the sweep goes through what is due, oldest first',
    history: stuck,
    seams: {
      'sweep.sweeper':
        () =>
        ({ store, clock, advance }: Parameters<typeof sweeper>[0]) =>
        async () => {
          const looked: { id: string }[] = [];
          await sideBySide(await store.due(clock.now(), 2_000), async (id) => {
            await advance(id).catch(() => undefined);
            looked.push({ id });
          });
          return { looked, left: 0, failed: 0 };
        },
    },
  },
  {
    name: 'what is left of a grant is cleared away when HEAD says so',
    trouble: { floods: true, hostile: true },
    seams: instead((deps, { id }, { effect }) => {
      if (effect.type !== 'clean-up') return undefined;
      return deps.store.grant(id).then(async (grant) => {
        if (grant) await deps.provisioners[grant.grant.kind]?.cleanUp(grant);
        return { done: { type: 'RecordCleanUp', at: deps.clock.now() } as const };
      });
    }),
  },
  {
    name: 'AWS is asked before the grant itself says that it ends',
    trouble: { hostile: true, fair: true },
    store: withStore((store) => ({
      async saveGrant(grant) {
        if (grant.ending && !grant.gone && !(await store.end(grant.requestId))) return;
        await store.saveGrant(grant);
      },
    })),
  },
  {
    name: 'policy is asked once, and at no session',
    trouble: { floods: true, nobodyKnown: false, fair: true },
    seams: {
      'still-permitted.stillPermitted':
        () =>
        async (...[{ clock }]: Parameters<typeof stillPermitted>) => ({ permittedAt: clock.now() }),
    },
  },
];

/** What could go wrong while a stage waits. */
const WAITING: Mistake[] = [
  {
    name: 'a reminder lost',
    seams: instead((deps, { state }, { effect }) => {
      if (effect.type !== 'remind' || deps.clock.now() < effect.since + REMIND) return undefined;
      const { stage } = effect;
      const round = roundsOf(state, stage) + 1;
      return Promise.resolve({ done: { type: 'RecordReminders', at: deps.clock.now(), stage, round } });
    }),
  },
  {
    name: 'a reminder that was put off is forgotten',
    seams: instead((deps, { state }, { effect }) => {
      const isEarly = effect.type === 'remind' && deps.clock.now() < effect.since + REMIND;
      return isEarly && state.status === 'pending' ? Promise.resolve({}) : undefined;
    }),
  },
  {
    name: 'an escalation told twice',
    seams: instead((deps, head, { effect }) => {
      const at = deps.clock.now();
      if (effect.type !== 'escalate' || at < effect.since + ESCALATE) return undefined;
      if (head.state.status !== 'pending') return undefined;
      const { stage } = effect;
      const event = { type: 'StageEscalated', at, by: 'jit', stage, to: 'board', why: 'time' } as const;
      return deps.store
        .write(apply(head, [event]))
        .then(() => ({ later: at + 60_000, why: 'perhaps nobody has seen it' }));
    }),
  },
];

const leaving = { delegations: true, jobs: true };

/** What could go wrong with those who stand in for somebody. */
const STANDING_IN: Mistake[] = [
  {
    name: 'both seats counted',
    trouble: leaving,
    seams: { 'delegation.peopleOf': () => (vote: Parameters<typeof peopleOf>[0]) => [vote.by] },
  },
  {
    name: 'a delegate of a delegate',
    trouble: leaving,
    seams: {
      'stand-ins.seatsFor':
        (actual: typeof seatsFor) =>
        async (...[deps, by, asked]: Parameters<typeof seatsFor>) => {
          const all = await standing(deps);
          const next = all.flatMap((one) =>
            all.filter(({ from }) => from.email === one.to.email).map(({ to }) => ({ ...one, to })),
          );
          return actual(deps, by, asked, async () => [...all, ...next]);
        },
    },
  },
  {
    name: 'delegations are ended by nobody but people',
    trouble: leaving,
    store: withStore((store) => ({
      dueLedgers: async (until, limit) => (until === Infinity ? store.dueLedgers(until, limit) : []),
    })),
  },
];

/** What goes wrong where access is to last longer. */
const EXTENDING: Mistake[] = [
  {
    name: 'the new end of an extension stands in HEAD alone',
    trouble: { extends: true },
    store: withStore((store) => ({
      write: ({ grant, lease, ...change }) =>
        store.write(
          lease === 'move' ? change : { ...change, ...(grant && { grant }), ...(lease && { lease }) },
        ),
    })),
  },
  {
    name: 'a document is replaced before the new end is on record',
    trouble: { extends: true },
    seams: instead((deps, head, { effect }) => {
      const { state } = head;
      if (effect.type !== 'extend' || state.status !== 'active' || !state.extension) return undefined;
      const { endsAt } = state.extension;
      return deps.store.grant(state.id).then(async (grant) => {
        if (!grant || grant.lease.endsAt >= endsAt) return SETTLED;
        await deps.provisioners[grant.grant.kind]!.provision({ ...grant, lease: { ...grant.lease, endsAt } });
        return { later: deps.clock.now() + 60_000, why: 'it is put on record next' };
      });
    }),
  },
  {
    name: 'what waits for an extension is not ended at its end',
    trouble: { extends: true },
    seams: {
      'due.tick':
        (actual: typeof tick) =>
        (...[state, now]: Parameters<typeof tick>) =>
          isExtending(state) ? [] : actual(state, now),
    },
  },
  {
    name: 'an extension is given with the first vote',
    trouble: { extends: true },
    seams: instead((deps, head, { effect }) => {
      const { state } = head;
      if (effect.type !== 'cards' || !isExtending(state) || state.extension.votes.length !== 1)
        return undefined;
      if (openStage(state.extension) === undefined) return undefined;
      const { number, total, endsAt, ruling } = state.extension;
      const at = deps.clock.now();
      const lease = { startsAt: state.lease.startsAt, endsAt };
      const given = { type: 'LeaseExtended', at, by: 'jit', number, total, lease, ruling } as const;
      return deps.store.grant(state.id).then(async (grant) => {
        const event = { ...given, decidedAt: at, given: {} };
        if (grant && !grant.gone)
          await deps.store.write({
            ...apply(head, [event]),
            grant: evolveGrant(grant, event),
            lease: 'move',
          });
        return SETTLED;
      });
    }),
  },
];

export const MISTAKES: Mistake[] = [
  ...PEERS,
  ...OURS,
  ...DECIDING,
  ...TELLING,
  ...ENDINGS,
  ...WAITING,
  ...STANDING_IN,
  ...LATER,
  ...EMERGENCIES,
  ...KEYS,
  ...EXTENDING,
];

/** What is taken off the outbox for such a reason stays on it. */
function without(reason: NoCredentials) {
  return (actual: typeof overtake) =>
    (...[outbox, why, at]: Parameters<typeof overtake>) =>
      why === reason ? outbox : actual(outbox, why, at);
}

async function fromHead(store: EngineStore, id: string): Promise<Grant | undefined> {
  const state = (await store.head(id))?.state;
  if (!state || !('lease' in state) || !state.lease) return undefined;
  const { requester, grant, lease } = state;
  return {
    requestId: id,
    requester,
    entitlement: state.entitlement.id,
    grant,
    lease,
    settledBy: lease.startsAt,
  };
}
