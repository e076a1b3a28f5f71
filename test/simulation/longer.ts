import { openStage } from '../../src/domain/chain.js';
import type { Head } from '../../src/domain/request/head.js';
import { isExtending } from '../../src/domain/request/extension.js';
import type { Front } from '../../src/ports/front.js';
import { actor, EVERYBODY, HOUR, MINUTE, nameOf } from './company.js';
import type { Running, Surroundings } from './process.js';
import type { Random } from './random.js';

/**
 * People want what they have for longer: in the middle, at the very end, twice at once, and for others; and approvers
 * decide on that, or somebody does who may not.
 */
export function longer({ time, company, judge }: Surroundings, random: Random, alive: () => Running[]): void {
  let signatures = 0;

  function sign(act: (front: Front, signature: string) => Promise<unknown>): void {
    const there = alive();
    if (there.length === 0) return;
    const { process, front } = random.pick(there);
    const signature = `longer-${++signatures}`;
    time.as(process, () => void act(front, signature).catch(() => undefined));
  }

  function ask({ id, state }: Head): void {
    const by = actor(random.chance(0.95) ? nameOf(state.requester.email) : random.pick(EVERYBODY));
    const more = random.pick(['15m', '30m', '1h', '4h']);
    for (let times = random.chance(0.3) ? 2 : 1; times > 0; times--)
      sign((front, signature) => front.extend(by, id, more, signature));
  }

  function decide({ id, state }: Head): void {
    if (!isExtending(state)) return;
    const { extension } = state;
    const stage = openStage(extension)?.name ?? 'manager';
    const own = stage === 'manager' ? ['bob', 'kim'] : company.facts().security;
    const deputies = judge.delegating.deputies();
    const usual = deputies.length > 0 && random.chance(0.5) ? deputies : own;
    const by = random.chance(0.85) ? random.pick(usual) : random.pick(EVERYBODY);
    const button = { id, stage, revision: extension.revision };
    judge.clicked(by, id, stage);
    if (random.chance(0.08)) sign((front, signature) => front.deny(actor(by), button, 'no', signature));
    else sign((front, signature) => front.approve(actor(by), button, signature));
  }

  const active = () => [...judge.heads.values()].filter(({ state }) => state.status === 'active');

  function act(): void {
    const live = active();
    if (live.length === 0) return;
    const head = random.pick(live);
    if (isExtending(head.state)) return decide(head);
    ask(head);
    const { lease } = head.state as Extract<Head['state'], { status: 'active' }>;
    if (!random.chance(0.3)) return;
    // At the very end: a moment before it, at it, and a moment after.
    const moment = lease.endsAt - time.now() + random.pick([-20_000, -2_000, -1, 0, 1]);
    if (moment > 0) time.after(moment, () => ask(judge.heads.get(head.id)!));
  }

  for (let at = 0; at < 2 * HOUR;) {
    at += random.between(5_000, 4 * MINUTE);
    time.after(at, act);
  }
}
