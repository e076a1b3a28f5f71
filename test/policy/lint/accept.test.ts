import { FILES } from '../../support/policy.js';
import { lintOf, permit, removeFolders } from '../../support/lint.js';

afterAll(removeFolders);

const anybody = permit('p', 'owners');
const CODE = 'request-by-anybody';

async function accept(policies: string) {
  const { findings, accepted } = await lintOf({ 'policies.cedar': policies });
  const codes = findings
    .map(({ code }) => code)
    .filter((code) => code === CODE || code.startsWith('acceptance'));
  return { codes, accepted: accepted.map(({ code, reason }) => `${code}: ${reason}`), findings };
}

describe('a finding is accepted', () => {
  const taken = { codes: [], accepted: [`${CODE}: it is a sandbox`] };

  test.each([
    ['on the line above', `// jit-lint: accept ${CODE} because it is a sandbox\n${anybody}`],
    ['at the end of its line', `${anybody.trimEnd()} // jit-lint: accept ${CODE} because it is a sandbox\n`],
    [
      'above another comment and a blank line',
      `// jit-lint: accept ${CODE} because it is a sandbox\n\n// All may ask.\n${anybody}`,
    ],
  ])('%s', async (_, policies) => {
    expect(await accept(policies)).toMatchObject(taken);
  });

  test('in YAML too', async () => {
    const directory = FILES['directory.yml'].replace(
      'stages:\n',
      'stages:\n  # jit-lint: accept stage-unused because it comes next week\n',
    );
    const { findings, accepted } = await lintOf({ 'policies.cedar': anybody, 'directory.yml': directory });
    expect(accepted).toMatchObject([
      { code: 'stage-unused', subject: 'manager', reason: 'it comes next week' },
    ]);
    expect(findings).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: 'stage-unused', subject: 'security' })]),
    );
  });
});

describe('a finding is not accepted', () => {
  test.each([
    ['without a reason', `// jit-lint: accept ${CODE}\n${anybody}`],
    ['with an empty reason', `// jit-lint: accept ${CODE} because  \n${anybody}`],
    ['by a word that is no code', `// jit-lint: accept request-by-anyone because x\n${anybody}`],
    ['by a comment that says something else', `// jit-lint: ignore ${CODE}\n${anybody}`],
    ['by accepting the acceptance', `// jit-lint: accept acceptance-unused because x\n${anybody}`],
  ])('%s', async (_, policies) => {
    const { codes, accepted } = await accept(policies);
    expect(codes).toEqual(['acceptance-malformed', CODE]);
    expect(accepted).toEqual([]);
  });

  test.each([
    [
      'another line',
      `${anybody}// jit-lint: accept ${CODE} because x\n${permit('q', 'auto', 'when { resource.risk == "low" }')}`,
    ],
    ['another code', `// jit-lint: accept policy-shadowed because x\n${anybody}`],
    ['the line below', `${anybody}// jit-lint: accept ${CODE} because x\n`],
  ])('by an acceptance of %s, which is a finding itself', async (_, policies) => {
    expect((await accept(policies)).codes.toSorted()).toEqual(['acceptance-unused', CODE]);
  });
});

test('a near miss of a code is suggested', async () => {
  const { findings } = await accept(`// jit-lint: accept request-by-anybod because x\n${anybody}`);
  expect(findings.find(({ code }) => code === 'acceptance-malformed')?.explanation).toContain(
    `did you mean "${CODE}"?`,
  );
});
