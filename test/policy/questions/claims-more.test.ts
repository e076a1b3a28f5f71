/** @project long */
import { removeFolders } from '../../support/policy.js';
import { gate } from './claims/gate.js';

afterAll(removeFolders);

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_129) + 1;

test(`of all claims about more random folders, by each command, none is false, seed ${SEED}`, async () => {
  expect(await gate(SEED)).toEqual({ wrong: undefined, few: [] });
});
