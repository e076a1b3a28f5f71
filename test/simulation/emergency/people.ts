import { needsReview } from '../../../src/domain/request/stories/reviewing.js';
import type { Front } from '../../../src/ports/front.js';
import { actor, IN_EMERGENCY, MINUTE, nameOf } from '../company.js';
import type { Running, Surroundings } from '../process.js';
import type { Random } from '../random.js';

type Signed = (front: Front, signature: string) => Promise<unknown>;

/**
 * Some ask in an emergency, want it for longer, hand it back or do not, and are reviewed: by one of security, by somebody else, by themselves, twice, or by
 * nobody; and then they ask again. By a chance of its own, so that the others do what they ever did.
 */
export function inEmergencies(
  { time, judge }: Pick<Surroundings, 'time' | 'judge'>,
  random: Random,
  alive: () => Running[],
): void {
  let signatures = 0;

  function sign(act: Signed): void {
    const signature = `emergency-${++signatures}`;
    const send = () => {
      const there = alive();
      if (there.length === 0) return;
      const { process, front } = random.pick(there);
      time.as(process, () => void act(front, signature).catch(() => undefined));
    };
    send();
    if (random.chance(0.2)) time.after(random.between(0, 4 * MINUTE), send);
  }

  const ask = (who: string) => {
    const form = {
      entitlement: random.pick(IN_EMERGENCY),
      duration: random.pick(['15m', '1h']),
      justification: `emergency ${++signatures}`,
      emergency: true,
    };
    sign((front, signature) => front.submit(actor(who), form, signature));
  };
  const own = (who: string) =>
    [...judge.heads.values()].filter(({ state }) => state.emergency && nameOf(state.requester.email) === who);
  const handBack = (who: string) => {
    for (const { id, state } of own(who))
      if (state.status === 'active' && random.chance(0.8))
        sign((front, signature) => front.revoke(actor(who), id, '', signature));
  };
  const extend = (who: string) => {
    for (const { id, state } of own(who))
      if (state.status === 'active' && random.chance(0.5))
        sign((front, signature) => front.extend(actor(who), id, random.pick(['15m', '1h']), signature));
  };
  const review = (who: string) => {
    for (const { id, state } of own(who)) {
      if (!needsReview(state)) continue;
      const by = random.pick(['kim', 'kim', 'lee', 'bob', 'oli', who]);
      const contests = random.chance(0.6);
      const said = { contests, text: random.chance(0.9) ? 'it was none' : '' };
      sign((front, signature) => front.review(actor(by), id, said, signature));
    }
  };

  const who = random.pick(['ana', 'oli']);
  let at = random.between(0, 5 * MINUTE);
  for (let round = random.between(1, 3); round > 0; round--) {
    const steps: [() => void, number][] = [
      [() => ask(who), random.between(2, 8) * MINUTE],
      [() => extend(who), random.between(0, 2) * MINUTE],
      [() => handBack(who), random.between(1, 3) * MINUTE],
      [() => review(who), random.between(1, 3) * MINUTE],
      [() => review(who), random.between(0, 2) * MINUTE],
      [() => extend(who), random.between(0, 2) * MINUTE],
    ];
    for (const [step, then] of steps) {
      time.after(at, step);
      at += then;
    }
  }
}
