import { diffPolicies } from '../../../../src/policy/diff/index.js';
import { changesFor } from '../../../../src/policy/explain/improvements.js';
import { lint } from '../../../../src/policy/lint/index.js';
import { whatCan } from '../../../../src/policy/questions/access/what-can.js';
import { whoCan } from '../../../../src/policy/questions/access/who-can.js';
import { mayDiffer } from '../../../../src/policy/questions/same.js';

/** What is judged. A test that the judges see mistakes puts wrong ones in their place. */
export interface Commands {
  whoCan: typeof whoCan;
  whatCan: typeof whatCan;
  diffPolicies: typeof diffPolicies;
  lint: typeof lint;
  changesFor: typeof changesFor;
  mayDiffer: typeof mayDiffer;
}

export const COMMANDS: Commands = { whoCan, whatCan, diffPolicies, lint, changesFor, mayDiffer };
