import { decidable } from '../../../src/policy/cases/coverage/index.js';
import { runCaseFiles } from '../../../src/policy/cases/run.js';
import { diffPolicies } from '../../../src/policy/diff/index.js';
import { lintOf, permit, removeFolders } from '../../support/lint.js';
import { FILES, folder, FROM, loadedAt } from '../../support/policy.js';

afterAll(removeFolders);

const directory = `${FILES['directory.yml'].replace('manager: { manager: true }', 'manager: { manager: true, delegates: security }').replace('security: { group: security }', 'security: { group: security, delegates: dba }')}people:
  ana@corp.example: { manager: sam@corp.example }
`;
const BASE = `${permit('ask', 'manager, security')}@id("approve") permit (principal, action == Jit::Action::"approve", resource)
  when { principal in context.group };
`;
const forbid = (when: string, id = 'f') =>
  `@id("${id}") forbid (principal, action == Jit::Action::"approve", resource) when { ${when} };\n`;
const filesOf = (...policies: string[]) => ({
  'directory.yml': directory,
  'policies.cedar': BASE + policies.join(''),
});
const IN_PLACE = 'context has delegatedBy';

describe('lint', () => {
  const codes = async (files: Record<string, string>, subject = 'f') => {
    const { findings } = await lintOf(files);
    return findings.filter((one) => one.subject === subject).map(({ code }) => code);
  };

  test.each([
    IN_PLACE,
    `${IN_PLACE} && context.delegatedBy == Jit::User::"sam@corp.example"`,
    `${IN_PLACE} && context.delegatedBy in Jit::Group::"security"`,
    `${IN_PLACE} && context.delegatedBy.email like "*@corp.example"`,
    `${IN_PLACE} && context.delegatedBy in context.group && resource.entitlement.risk == "low"`,
    `${IN_PLACE} && context.stage == "manager"`,
    `!(${IN_PLACE})`,
  ])('understands a forbid of what is true of some votes: %s', async (when) => {
    expect(await codes(filesOf(forbid(when)))).toEqual([]);
  });

  test.each([
    `${IN_PLACE} && context.delegatedBy == principal`,
    `${IN_PLACE} && context.delegatedBy == resource.requester`,
    `${IN_PLACE} && context.stage == "owners"`,
    `${IN_PLACE} && !(context.delegatedBy in context.group)`,
  ])('finds that it never forbids anything: %s', async (when) => {
    expect(await codes(filesOf(forbid(when)))).toEqual(['policy-never-matches']);
  });

  test('finds one that another says as much as', async () => {
    const narrow = forbid(`${IN_PLACE} && context.delegatedBy in Jit::Group::"security"`);
    expect(await codes(filesOf(narrow, forbid(IN_PLACE, 'g')))).toEqual(['policy-shadowed']);
    expect(await codes(filesOf(narrow, forbid(IN_PLACE, 'g')), 'g')).toEqual([]);
  });

  test('says that the people of a stage may approve, whatever is said of those who stand in', async () => {
    const { findings } = await lintOf(filesOf(forbid(IN_PLACE)));
    expect(findings.map(({ code }) => code)).not.toContain('stage-without-approvers');
    expect(findings.map(({ code }) => code)).not.toContain('not-proven');
    const none = await lintOf(filesOf(forbid(`!(${IN_PLACE})`)));
    expect(none.findings.map(({ code }) => code)).toContain('stage-without-approvers');
  });

  test('takes nobody for one who stands in where the schema knows of none', async () => {
    const { findings } = await lintOf({
      ...filesOf(),
      'directory.yml': directory.replaceAll(/, delegates: \w+/g, ''),
    });
    expect(findings.map(({ code }) => code)).not.toContain('not-proven');
  });
});

describe('diff', () => {
  const rows = async (after: string, before = '') => {
    const [one, other] = await Promise.all(
      [before, after].map(async (more) => loadedAt(await folder(filesOf(more)))),
    );
    const { acts, open } = diffPolicies(one!, other!, FROM);
    expect(open).toEqual([]);
    return acts.map(({ stage, inPlace, who, becomes }) => [stage, inPlace === true, who, becomes]);
  };

  test('tells who may no longer vote in the place of others, apart from who may no longer vote', async () => {
    expect(await rows(forbid(IN_PLACE))).toEqual([
      ['manager', true, ['sam@corp.example', 'kim@corp.example'], 'denied'],
      ['security', true, ['dan@corp.example'], 'denied'],
    ]);
    expect(await rows(forbid(`!(${IN_PLACE})`))).toMatchObject([
      ['manager', false, ['anyone'], 'denied'],
      expect.arrayContaining(['owners', false]),
      ['security', false, ['sam@corp.example', 'kim@corp.example'], 'denied'],
    ]);
  });

  test('finds no change where nobody is of whom a forbid speaks, and tells where somebody is', async () => {
    const among = (email: string) =>
      forbid(`${IN_PLACE} && context.stage == "security" && context.delegatedBy.email == "${email}"`);
    expect(await rows(among('sam@corp.example'))).toEqual([
      ['security', true, ['dan@corp.example'], 'denied'],
    ]);
    expect(await rows(among('dan@corp.example'))).toEqual([]);
  });
});

describe('jit policy test', () => {
  test.each([
    ['a group', `${IN_PLACE} && context.stage == "security"`],
    ['a manager', `${IN_PLACE} && context.stage == "manager"`],
    ['one person', `${IN_PLACE} && context.delegatedBy == Jit::User::"kim@corp.example"`],
  ])('shows a case that a forbid decides of those who stand in for %s', async (_, when) => {
    const loaded = await loadedAt(await folder(filesOf(forbid(when))));
    const found = decidable(['f'], loaded, FROM).get('f');
    expect(found).toMatchObject({ decides: 'something' });
    const { example } = found as { example: string };
    expect(example).toContain('delegatedBy:');
    const files = { texts: new Map([['a.yml', example]]), problems: [] };
    expect(await runCaseFiles(files, loaded, { from: FROM })).toMatchObject([{ passed: true }]);
  });

  test('says that one decides nothing of which nobody can be', async () => {
    const loaded = await loadedAt(await folder(filesOf(forbid(`${IN_PLACE} && context.stage == "owners"`))));
    expect(decidable(['f'], loaded, FROM).get('f')).toEqual({ decides: 'never' });
  });
});
