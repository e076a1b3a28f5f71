/** @project long */
import { removeFolders } from '../../support/policy.js';
import type { Command } from './claims/claim.js';
import { COMMANDS, type Commands } from './claims/commands.js';
import { judged } from './claims/judge.js';

afterAll(removeFolders);

const SEED = 20_261_129;

const mistakes: [of: Command, name: string, commands: Partial<Commands>][] = [
  [
    'diff',
    'that sees no difference',
    { diffPolicies: (one, _, from) => COMMANDS.diffPolicies(one, one, from) },
  ],
  [
    'acts',
    'that does not look at votes',
    { diffPolicies: (...asked) => ({ ...COMMANDS.diffPolicies(...asked), acts: [] }) },
  ],
  ['mutants', 'that takes every mistake for none', { mayDiffer: () => false }],
  [
    'explain',
    'that names a time too late',
    {
      changesFor: (...asked) => {
        const { changes, open } = COMMANDS.changesFor(...asked);
        return {
          changes: changes.map((change) => (change.until ? { ...change, until: change.until + 1 } : change)),
          open,
        };
      },
    },
  ],
  ['lint', 'that finds nothing', { lint: async () => ({ findings: [], accepted: [] }) }],
  [
    'what-can',
    'by the clock of Greenwich',
    {
      whatCan: (parts, pdp, asked) =>
        COMMANDS.whatCan({ ...parts, directory: { ...parts.directory, timezone: 'UTC' } }, pdp, asked),
    },
  ],
];

test.each(mistakes)('a wrong %s is caught and shown by a small folder: one %s', async (of, _, commands) => {
  const { wrong = '' } = await judged({ seed: SEED, folders: 60, commands, only: [of] });
  expect(wrong).toMatch(new RegExp(`^${of} is wrong: `));
  const [first = ''] = wrong.split('=== and after');
  expect((first.match(/@id\(/g) ?? []).length).toBeLessThanOrEqual(2);
});
