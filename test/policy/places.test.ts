import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFolder } from '../../src/policy/load.js';
import { FILES, folder, kinds, POLICIES, removeFolders } from '../support/policy.js';

afterEach(removeFolders);

/** `line:column message`, of problems and warnings. */
async function said(files: Record<string, string>): Promise<string[]> {
  const loaded = await loadFolder(await folder(files), { kinds });
  const all = 'problems' in loaded ? loaded.problems : loaded.bundle.warnings;
  return all.map(({ line, column, message }) => `${line}:${column} ${message}`);
}
const policy = (text: string) => said({ 'z.cedar': text });

const HEAD = '(principal, action == Jit::Action::"request", resource)';

describe('what is wrong with an annotation is said at the annotation', () => {
  test.each([
    [
      '@id',
      `// x\n@advice("A.")\n  @id ("low-at-once")\nforbid ${HEAD};`,
      '3:3 the @id "low-at-once" is that of',
    ],
    ['an empty @id', `@advice("A.")\n@id("") forbid ${HEAD};`, '2:1 has no @id'],
    [
      '@chain',
      `@id("a")\n\n   @chain("manger")\npermit ${HEAD};`,
      '3:4 policy "a": @chain: unknown stage "manger"',
    ],
    [
      'a @chain that is none',
      `@id("a") /* */`.slice(0, 9) + `@chain("a and b")\npermit ${HEAD};`,
      '1:10 policy "a": @chain: "a and b" is not',
    ],
    [
      'a @chain of no use',
      `@id("a")\n@chain("auto")\nforbid ${HEAD};`,
      '2:1 policy "a": @chain has no effect here',
    ],
    [
      'an unknown one',
      `@id("a") @advice("@owner(1)") // @owner("x")\n@owner("x")\nforbid ${HEAD};`,
      '2:1 policy "a": unknown annotation @owner',
    ],
    [
      'one that is called like an effect',
      `@id("a")\n@permit("x")\nforbid ${HEAD};`,
      '2:1 policy "a": unknown annotation @permit',
    ],
    ['one without a text', `@id("a")\n@owner forbid ${HEAD};`, '2:1 policy "a": unknown annotation @owner'],
    [
      'of the second policy',
      `@id("a") forbid ${HEAD}; @id("b")\n @b forbid ${HEAD};`,
      '2:2 policy "b": unknown annotation @b',
    ],
  ])('%s', async (_, text, start) => {
    expect(await policy(text)).toEqual([expect.stringContaining(start)]);
    expect((await policy(text))[0]!.startsWith(start)).toBe(true);
  });

  test('where there is none, the policy is the place', async () => {
    expect(await policy(`// x\n  permit ${HEAD};`)).toEqual([
      '2:3 has no @id; write @id("a-name-of-its-own") before it',
      '2:3 this policy permits requests and has no @chain; write @chain("auto"), or who must agree',
    ]);
  });
});

describe('what is wrong in a policy is said where it stands', () => {
  test('a name, and not the comment that has it, nor a text', async () => {
    const text = `// Jit::Group::"enginers"\n@id("a") @advice("no Jit::Group::\\"enginers\\"")
forbid (principal in Jit /* */ :: Group::"enginers", action == Jit::Action::"request", resource);`.replace(
      ' /* */ ',
      ' ',
    );
    expect(await policy(text)).toEqual([
      '3:22 policy "a": unknown group "enginers"; did you mean "engineers"?',
    ]);
  });

  test.each([
    ['context has onCall && context.onCall', '3:8'],
    ['// context.onCall\n context\n  has onCall && context . onCall', '4:2'],
  ])('what nothing in directory.yml fills: %s', async (condition, place) => {
    const text = `@id("a")\nforbid ${HEAD}\nwhen { ${condition} };`;
    expect(await policy(text)).toEqual([
      `${place} policy "a" reads onCall, and directory.yml has none; write onCall: there, with ical:, http: or pagerduty:`,
    ]);
  });
});

test('an input of another type is said where the schema has it', async () => {
  const schema = readFileSync(join(POLICIES, 'schema.cedarschema'), 'utf8');
  const found = await said({
    'schema.cedarschema': schema.replace('onCall?: Bool', '// onCall?: Bool\n    onCall?: Long'),
  });
  const line = schema.split('\n').findIndex((text) => text.includes('onCall?: Bool')) + 2;
  expect(found).toEqual([
    `${line}:5 the context of "request" has onCall as another type; write onCall?: Bool`,
  ]);
});

test('what is missing of a YAML file is said where the file begins, behind what is only remarked', async () => {
  const [catalog, directory] = [FILES['catalog.yml'], FILES['directory.yml']].map(
    (text) => `# A remark.\n\n${text}`,
  );
  const found = await said({
    'catalog.yml': catalog!.replace('entitlements', 'entitlement'),
    'directory.yml': directory!.replace('channel: C0ACCESS\n', ''),
  });
  expect(found).toEqual(
    expect.arrayContaining([
      '3:1 entitlements: is missing; write a list of entitlements',
      expect.stringMatching(/^3:1 unknown key "entitlement"/),
      expect.stringMatching(/^3:1 channel: is missing/),
    ]),
  );
});
