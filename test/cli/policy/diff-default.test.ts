/** @project long */
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jitPolicy } from '../../support/cli.js';

const POLICIES = join(__dirname, '../../../policies');

test('of the whole default policies: nothing differs, or the one stage that was taken out', async () => {
  const { code, out } = await jitPolicy('diff', POLICIES, POLICIES, '--exit-code');
  expect(out).toMatch(/^Nothing differs\.\n/);
  expect(code).toBe(0);

  const dir = await mkdtemp(join(tmpdir(), 'jit-diff-'));
  await cp(POLICIES, dir, { recursive: true });
  const file = join(dir, 'production.cedar');
  const text = await readFile(file, 'utf8');
  expect(text).toContain('manager, 2 of security');
  await writeFile(file, text.replace('manager, 2 of security', 'manager'));
  const weaker = await jitPolicy('diff', POLICIES, dir, '--exit-code');
  expect(weaker.code).toBe(1);
  expect(weaker.out).toContain(
    'engineers: billing-reports, orders-logs, Mon–Fri 8–18, with a ticket, in no emergency: manager, 2 of security → manager\n',
  );
  expect(weaker.out.split('\n').length).toBeLessThan(25);
});
