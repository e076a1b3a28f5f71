import { createPdp } from '../../../src/policy/pdp.js';
import type { Parts } from '../../../src/policy/policy.js';
import { removeFolders } from '../../support/policy.js';
import { COMMANDS } from './claims/commands.js';
import { judged } from './claims/judge.js';

afterAll(removeFolders);

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_128);

test(`no command claims of a random folder what brute force finds otherwise, seed ${SEED}`, async () => {
  const { wrong, tally } = await judged({ seed: SEED, folders: 4 });
  expect(wrong).toBeUndefined();
  expect(tally.folders).toBe(4);
});

test('a who-can that forgets what is forbidden is caught, and shown by the smallest folder', async () => {
  const permits = (parts: Parts): Parts => ({
    ...parts,
    policies: parts.policies.filter(({ effect }) => effect === 'permit'),
  });
  const whoCan: typeof COMMANDS.whoCan = (parts, _, entitlement, at) =>
    COMMANDS.whoCan(permits(parts), createPdp(permits(parts)), entitlement, at);
  const { wrong = '' } = await judged({ seed: SEED, folders: 20, commands: { whoCan }, only: ['who-can'] });
  expect(wrong).toMatch(/^who-can is wrong: /);
  // One that permits, one that forbids, and nothing else.
  expect(wrong.match(/^@id\("\w+"\).*;$/gm)).toHaveLength(2);
  expect(wrong).not.toMatch(/^ *(?:when|unless) \{/m);
});
