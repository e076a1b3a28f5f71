/** @project outside */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packaged, ROOT } from '../support/deploy/template.js';

/** What does not concern us: osls names dependencies twice; a parameter of osls makes a condition constant. */
const IGNORED = ['W3005', 'W8003'];

const environment = process.env['JIT_PYTHON'];
const program = [...(environment ? [join(environment, 'bin', 'cfn-lint')] : []), 'cfn-lint'].find(
  (candidate) => spawnSync(candidate, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('cfn-lint 1.'),
);

if (program === undefined) {
  // npm's package of that name is another program.
  test("is not tested here: install cfn-lint (pip install 'cfn-lint==1.58.0') in PATH, or name its virtual environment in JIT_PYTHON", () => {
    expect(process.env['CI']).toBeUndefined();
  });
} else {
  test.each([
    ['the stack', () => packaged().file],
    [
      'the stack, with all parameters',
      () =>
        packaged({
          alarmTopic: 'arn:aws:sns:eu-west-1:999900001111:on-call',
          slackConcurrency: '9',
          policyBucket: 'corp-jit',
        }).file,
    ],
    ['a target role', () => join(ROOT, 'docs/target-role.yml')],
  ])('cfn-lint finds nothing in %s', (_, file) => {
    const { stdout, stderr, status } = spawnSync(
      program,
      ['--ignore-checks', ...IGNORED, '--template', file()],
      { encoding: 'utf8' },
    );
    expect({ found: stdout + stderr, status }).toEqual({ found: '', status: 0 });
  });
}
