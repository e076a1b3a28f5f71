import * as fc from 'fast-check';
import type { Owed } from '../../../src/domain/request/outbox.js';
import type { Core } from './core.js';
import { carryOut, runOut, sweep } from './effects.js';
import { settingFrom, type Setting } from './facts.js';
import type { Law } from './laws.js';
import { happen, stepFrom, type Step } from './steps.js';
import { clock, copyOf, head, send, worldOf, type World } from './world.js';

export interface History {
  setting: Setting;
  steps: Step[];
}

/** Numbers, read as a setting and steps: far quicker to make than records, and they shrink just as well. */
export const histories: fc.Arbitrary<History> = fc
  .tuple(
    fc.nat({ max: 2 ** 31 - 1 }),
    fc.array(fc.nat({ max: 2 ** 18 - 1 }), { minLength: 1, maxLength: 40, size: 'max' }),
  )
  .map(([setting, steps]) => ({ setting: settingFrom(setting), steps: steps.map(stepFrom) }));

/** @returns the first of these laws that this history breaks on this core, and the world in the end. */
export function live(core: Core, { setting, steps }: History, laws: Law[]): { broken?: Law; world: World } {
  let world = worldOf(core, setting);
  const check = (holds: (law: Law) => boolean | undefined) => laws.find((law) => holds(law) === false);
  for (const step of steps) {
    happen(world, step);
    const broken = check(({ always }) => always?.(world));
    if (broken) return { broken, world };
  }
  if (laws.some(({ bothWays }) => bothWays)) {
    const [once, twice] = twoWays(world);
    const now = check(({ bothWays }) => bothWays?.(once, twice));
    if (now) return { broken: now, world };
    runOut(once);
    runOut(twice);
    const then = check(({ bothWays }) => bothWays?.(once, twice));
    if (then) return { broken: then, world };
    world = once;
  }
  runOut(world);
  const broken = check(({ always }) => always?.(world)) ?? check(({ inTheEnd }) => inTheEnd?.(world));
  return broken ? { broken, world } : { world };
}

/** The same effects once and in order, and each twice, backwards and with a death half-way. */
function twoWays(world: World): [World, World] {
  const once = copyOf(world);
  sweep(once);
  const twice = copyOf(world);
  const due = ({ notBefore }: Owed) => notBefore <= clock(twice);
  send(twice, { type: 'Tick', at: clock(twice) });
  for (let round = 0; round < 8; round++) {
    const owed = head(twice)!.outbox.filter(due).toReversed();
    if (owed.length === 0) break;
    for (const one of owed) {
      carryOut(twice, one, { crash: true });
      carryOut(twice, one);
      carryOut(twice, one);
    }
  }
  return [once, twice];
}
