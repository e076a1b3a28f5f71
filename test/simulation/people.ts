import type { Millis } from '../../src/domain/entitlement.js';
import { openStage } from '../../src/domain/chain.js';
import type { Head } from '../../src/domain/request/head.js';
import type { State } from '../../src/domain/request/state.js';
import { away, type Signed } from './away.js';
import { actor, BOARD, DEPUTIES, EVERYBODY, HOUR, MINUTE, nameOf, REQUESTERS } from './company.js';
import { leavesBefore, secondThoughts, startIn } from './later.js';
import type { Running, Surroundings } from './process.js';
import type { Random } from './random.js';

/**
 * People, for an hour or several: they ask, vote, deny, cancel, take credentials, hand back and take back, click what
 * is not theirs, press twice, and leave; and somebody replays what they signed. Where there is a chance to `talk`, they
 * also approve for less, ask and answer; where there is one to `leave`, they go away, and others vote in their place;
 * where there is one for `later`, they ask for a start.
 * @returns how long until the last of them is done
 */
export function people(
  { time, company, cloud, judge, store, sweeps, trouble }: Surroundings,
  random: Random,
  alive: () => Running[],
  {
    talk,
    leave,
    later,
  }: { talk?: Random | undefined; leave?: Random | undefined; later?: Random | undefined } = {},
): Millis {
  let signatures = 0;

  /** Sends a signed request to one process; perhaps the very same once more, later and elsewhere. */
  function sign(act: Signed): void {
    const signature = `signature-${++signatures}`;
    const send = () => {
      const there = alive();
      if (there.length === 0) return;
      const { process, front } = random.pick(there);
      time.as(process, () => void act(front, signature).catch(() => undefined));
    };
    send();
    if (random.chance(0.15)) time.after(random.between(0, 4 * MINUTE), send);
  }

  function ask(wanted?: string): void {
    const nonce = ++signatures;
    const form = {
      entitlement: wanted ?? random.pick(['orders', 'orders', 'billing', 'billing', 'reports', 'remote']),
      duration: random.pick(['15m', '15m', '1h', '4h']),
      justification: `the reason of request ${nonce}`,
      ...startIn(later, time.now()),
    };
    const who = actor(random.pick(REQUESTERS));
    sign(async (front, signature) => {
      const answer = await front.submit(who, form, signature);
      const thoughts = secondThoughts(later, answer, time.now());
      if (thoughts) time.after(thoughts.in, () => sign((other, own) => other.cancel(who, thoughts.id, own)));
      const leaves = leavesBefore(later, answer, time.now());
      if (leaves) time.after(leaves.in, () => company.change({ deactivated: [leaves.who] }));
    });
  }

  function vote({ id, state }: Head): void {
    const { name: stage } = openStage(state) ?? state.chain.at(-1) ?? { name: 'manager' };
    const own = stage === 'manager' ? ['bob', 'kim'] : company.facts().security;
    const named = state.escalated?.some((one) => one.stage === stage) ? [...own, ...BOARD] : own;
    const usual = random.chance(0.8) ? random.pick(named) : random.pick(EVERYBODY);
    const by = leave?.chance(0.6)
      ? leave.pick([...judge.delegating.deputies(), leave.pick(DEPUTIES)])
      : usual;
    const revision = random.chance(0.95) ? state.revision : state.revision - 1;
    const on = random.chance(0.95) ? stage : 'security';
    const button = { id, stage: on, revision };
    // Whoever only asks has not voted.
    if (talk?.chance(0.15))
      return sign((front, signature) => front.question(actor(by), button, 'why?', signature));
    judge.clicked(by, id, on);
    if (talk?.chance(0.3)) {
      const less = talk.pick(['15m', '15m', '1h', '4h']);
      return sign((front, signature) => front.shorten(actor(by), button, less, signature));
    }
    if (random.chance(0.04)) sign((front, signature) => front.deny(actor(by), button, 'no', signature));
    else sign((front, signature) => front.approve(actor(by), button, signature));
  }

  function use({ id, state }: Head): void {
    const own = actor(random.chance(0.9) ? nameOf(state.requester.email) : random.pick(EVERYBODY));
    const wish = random.next();
    if (wish < 0.7) {
      const view = `V${signatures}`;
      sign((front, signature) => front.mint(own, id, view, signature));
    } else if (wish < 0.85) sign((front, signature) => front.revoke(own, id, '', signature));
    else sign((front, signature) => front.revoke(actor(random.pick(['lee', 'kim'])), id, 'why', signature));
  }

  /** Dozens of presses at once, the requester's and others', at one request or several; and somebody ends it. */
  function flood(): void {
    const live = [...judge.heads.values()].filter(
      ({ state }) => state.status === 'active' && state.grant.kind === 'sts-session',
    );
    for (const { id, state } of live.slice(0, 3)) {
      const presses = random.between(24, 60);
      const within = random.between(500, 6_000);
      for (let i = 0; i < presses; i++) {
        const by = random.chance(0.85) ? nameOf(state.requester.email) : random.pick(EVERYBODY);
        const view = `V${++signatures}-flood`;
        time.after(random.between(0, within), () =>
          sign((front, signature) => front.mint(actor(by), id, view, signature)),
        );
      }
      const by = random.chance(0.6) ? nameOf(state.requester.email) : 'lee';
      time.after(random.between(0, within), () =>
        sign((front, signature) => front.revoke(actor(by), id, 'why', signature)),
      );
    }
  }

  /** Whoever owns the front rewrites HEAD: a longer lease, or an approval that never was. */
  async function forge({ id, version, state, ...head }: Head): Promise<void> {
    judge.forged.add(id);
    const at = time.now();
    const lease = { startsAt: at, endsAt: at + 9 * HOUR };
    const provision = { id: 'x.0', effect: { type: 'provision' }, attempts: 0, notBefore: at } as const;
    const next: Head =
      state.status === 'pending'
        ? {
            ...head,
            id,
            version: version + 1,
            state: { ...withoutChecked(state), status: 'approved', approvedAt: at, settledBy: at, lease },
            outbox: [provision],
            dueAt: at,
          }
        : { ...head, id, version: version + 1, state: { ...state, lease } };
    if ((await store.write({ head: next, records: [] })) === 'written') judge.heads.set(id, next);
  }

  function act(): unknown {
    const open = [...judge.heads.values()].filter(({ state }) => state.status !== 'closed');
    if (open.length === 0) return random.chance(0.5) ? ask() : undefined;
    const head = random.pick(open);
    const { id, state } = head;
    if (random.chance(0.004)) return forge(head);
    if (state.status === 'pending') {
      const { length } = state.questions ?? [];
      if (talk && length > 0 && talk.chance(0.3)) {
        const by = actor(talk.chance(0.9) ? nameOf(state.requester.email) : talk.pick(EVERYBODY));
        const question = { id, question: talk.between(1, length) };
        return sign((front, signature) => front.answer(by, question, 'therefore', signature));
      }
      if (random.chance(0.95)) return vote(head);
      return sign((front, signature) => front.cancel(actor(nameOf(state.requester.email)), id, signature));
    }
    return use(head);
  }

  const turns = [
    () =>
      company.change({
        security: random.pick([
          ['sam', 'kim'],
          ['bob', 'kim', 'lee'],
          ['kim', 'lee', 'sam'],
        ]),
      }),
    () => company.change({ deactivated: [random.pick(['bob', 'kim', 'sam', 'ana'])] }),
    () =>
      company.change({
        chains: { ...company.facts().chains, billing: 'manager, security', remote: 'manager' },
      }),
    () => company.change({ wide: true }),
    () => {
      company.change({ frozen: true });
      time.after(random.between(5, 40) * MINUTE, () => company.change({ frozen: false }));
    },
    () => {
      company.change({ away: true });
      time.after(random.between(1, 20) * MINUTE, () => company.change({ away: false }));
    },
    ...(trouble.fair ? [] : [awsRefuses]),
  ];
  function awsRefuses(): void {
    judge.awsRefuses();
    cloud.refuseUntil(time.now() + random.between(1, 30) * MINUTE);
  }

  if (trouble.floods) {
    company.change({ chains: { ...company.facts().chains, orders: 'auto' } });
    for (let i = random.between(1, 3); i > 0; i--)
      time.after(random.between(0, 3) * MINUTE, () => ask('orders'));
    for (let i = random.between(1, 3); i > 0; i--) time.after(random.between(4, 30) * MINUTE, flood);
  }

  const pace = random.pick([2_000, 20_000, MINUTE]);
  let at = 0;
  for (let i = random.between(1, 3); i > 0; i--) time.after(random.between(0, 10 * MINUTE), () => ask());
  for (let i = random.between(8, 30); i > 0; i--) {
    at += random.between(1, 2 * pace);
    time.after(at, act);
  }
  for (let i = sweeps ? random.between(0, 2) : 0; i > 0; i--)
    time.after(random.between(0, at), random.pick(turns));
  if (leave) away({ time, company, sign }, leave, at);
  return at + random.between(0, 90) * MINUTE;
}

function withoutChecked(state: Extract<State, { status: 'pending' }>) {
  const { checked: _, ...rest } = state;
  return rest;
}
