import type { Millis } from '../../src/domain/entitlement.js';
import type { Front } from '../../src/ports/front.js';
import { actor, BOARD, DEPUTIES, MINUTE, SEATED } from './company.js';
import type { Surroundings } from './process.js';
import type { Random } from './random.js';

export type Signed = (front: Front, signature: string) => Promise<unknown>;

/**
 * People who go away for a while, at times to somebody who goes away, too; those who come back before their time, or
 * whom somebody else calls back; and deputies who are replaced.
 */
export function away(
  { time, company, sign }: Pick<Surroundings, 'time' | 'company'> & { sign: (act: Signed) => void },
  random: Random,
  /** For so long people do things. */
  within: Millis,
): void {
  const often = (least: number, most: number, deed: () => void, until = within) => {
    for (let i = random.between(least, most); i > 0; i--) time.after(random.between(0, until), deed);
  };
  const account = (name: string) => actor(name).id;

  // Most begin while there is still something to decide.
  const leaves = () => {
    const [from, to] = [random.pick(SEATED), random.pick(DEPUTIES)];
    // Some end within the minutes in which people vote, and some before they would begin.
    const until =
      time.now() + random.between(-3, 30) * random.pick([10_000, MINUTE, 10 * MINUTE, 10 * MINUTE]);
    sign((front, signature) => front.away(actor(from), { to: account(to), until }, signature));
  };
  often(2, 5, leaves, within / 8);
  often(0, 5, leaves);
  often(0, 3, () => {
    const who = random.pick(SEATED);
    sign((front, signature) => front.back(actor(who), undefined, signature));
  });
  often(0, 2, () => {
    const whose = account(random.pick(SEATED));
    const by = actor(random.pick([...BOARD, ...DEPUTIES]));
    sign((front, signature) => front.back(by, whose, signature));
  });
  if (random.chance(0.3))
    often(1, 1, () =>
      company.change({
        deputies: random.pick([
          ['val', 'kim'],
          ['wes', 'ana'],
        ]),
      }),
    );
}
