import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ESCALATIONS } from '../../../src/policy/lint/escalations.js';
import { CODES } from '../../../src/policy/lint/index.js';

const page = readFileSync(join(__dirname, '../../../docs/lint.md'), 'utf8');

test('the documentation explains every code with its severity and a remedy, and no other', () => {
  const sections = page.split(/^### (?=`)/m).slice(1);
  const described = sections.map((section) => {
    const [, code = '', severity, text = ''] = /^`(.+?)` \((\w+)\)\n([^]*)$/.exec(section) ?? [];
    return [code, { severity, explained: /^\n[A-Z][^]+\n\n_Remedy:_ [A-Z]/.test(text) }];
  });
  const wanted = Object.entries(CODES).map(([code, severity]) => [code, { severity, explained: true }]);
  expect(Object.fromEntries(described)).toEqual(Object.fromEntries(wanted));
});

test('the documentation lists every known way with its source', () => {
  const lines = page.split('\n').filter((line) => line.startsWith('- `'));
  const ways = ESCALATIONS.map(
    ({ actions, gives, source }) =>
      `- ${actions.map((action) => `\`${action}\``).join(' ')}: ${gives} ([source](${source}))`,
  );
  expect(lines).toEqual(ways);
});

test('codes are in kebab case', () => {
  for (const code of Object.keys(CODES)) expect(code).toMatch(/^[a-z]+(?:-[a-z]+)+$/);
});
