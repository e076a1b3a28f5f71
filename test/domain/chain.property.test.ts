import * as fc from 'fast-check';
import { formatChain, mergeChains, parseChain, unfillable, type Chain } from '../../src/domain/chain.js';
import { tries } from '../support/tries.js';

const STAGES = ['manager', 'owners', 'dba', 'security'];
const PEOPLE = ['ana', 'bob', 'cat', 'dan', 'eve'];
const chains: fc.Arbitrary<Chain> = fc.uniqueArray(
  fc.record({ name: fc.constantFrom(...STAGES), quorum: fc.integer({ min: 1, max: 3 }) }),
  { selector: ({ name }) => name, maxLength: 3 },
);
const candidates = fc.dictionary(fc.constantFrom(...STAGES), fc.subarray(PEOPLE));
const options = { seed: 20_261_120, numRuns: tries(200, 2000) };

test('every chain is read back as it is written', () => {
  fc.assert(
    fc.property(chains, (chain) => expect(parseChain(formatChain(chain))).toEqual(chain)),
    options,
  );
});

test('any text is a chain or a sentence that says what is wrong, never a fault', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const read = parseChain(text);
      expect(typeof read === 'string' || read.every(({ quorum }) => quorum >= 1)).toBe(true);
    }),
    options,
  );
});

test('one more permit never takes away a stage or lowers a quorum, whatever the order of the permits', () => {
  fc.assert(
    fc.property(fc.array(chains, { maxLength: 4 }), chains, (some, one) => {
      const merged = mergeChains([...some, one], STAGES);
      for (const { name, quorum } of some.flat()) {
        expect(merged.find((stage) => stage.name === name)!.quorum).toBeGreaterThanOrEqual(quorum);
      }
      expect(mergeChains([one, ...some.toReversed()], STAGES)).toStrictEqual(merged);
      expect(mergeChains([merged, merged], STAGES)).toStrictEqual(merged);
    }),
    options,
  );
});

/** Tries everybody on every seat: slow, and plainly right. */
function canSeat(seats: string[], who: Record<string, string[]>, free: string[]): boolean {
  const [seat, ...rest] = seats;
  if (seat === undefined) return true;
  return free.some(
    (person) =>
      who[seat]?.includes(person) &&
      canSeat(
        rest,
        who,
        free.filter((other) => other !== person),
      ),
  );
}

test('invariant 3: a chain is fillable exactly when distinct people, none of them the requester, can be seated', () => {
  fc.assert(
    fc.property(chains, candidates, fc.nat({ max: 2 }), (chain, who, votes) => {
      const seats = chain.flatMap(({ name, quorum }) => Array.from({ length: quorum }, () => name));
      const taken = seats.slice(0, votes).map((stage, n) => ({ stage, by: { email: PEOPLE[n + 1]! } }));
      const free = PEOPLE.filter(
        (person) => person !== 'ana' && !taken.some(({ by }) => by.email === person),
      );
      const gap = unfillable(chain, who, taken, ['ana']);
      expect(gap === undefined).toBe(canSeat(seats.slice(taken.length), who, free));
      expect(gap?.available ?? 0).toBeLessThan(gap?.needed ?? 1);
    }),
    options,
  );
});
