import { FILES } from '../../support/policy.js';
import { found, permit, removeFolders, subjects } from '../../support/lint.js';

afterAll(removeFolders);

const VOTE = '@id("vote") permit (principal, action == Jit::Action::"approve", resource)';
const ask = permit('ask', 'security');
const withVotes = (...policies: string[]) => ({ 'policies.cedar': [ask, ...policies].join('\n') });

describe('a stage whose people no policy lets approve', () => {
  test('is found where the only permit to approve is gone', async () => {
    expect(await found('stage-without-approvers', withVotes())).toMatchObject([
      { severity: 'error', subject: 'security', file: 'directory.yml' },
    ]);
  });

  test.each([
    ['when { principal in context.group }'],
    ['when { principal.email like "sam@*" }'],
    ['when { context.stage == "security" && resource.requester in Jit::Group::"engineers" }'],
    ['when { context.now >= datetime("2027-01-01") }'],
  ])('is not, with a permit %s', async (condition) => {
    expect(await subjects('stage-without-approvers', withVotes(`${VOTE} ${condition};`))).toEqual([]);
  });

  test.each([
    ['when { principal in Jit::Group::"dba" }', 'those in it are not in that group'],
    ['when { principal.email like "*@other.example" }', 'they have other addresses'],
    ['when { context.stage == "owners" }', 'it is another stage'],
    ['when { principal == resource.requester }', 'they do not approve for themselves'],
  ])('is, with a permit %s: %s', async (condition) => {
    expect(await subjects('stage-without-approvers', withVotes(`${VOTE} ${condition};`))).toEqual([
      'security',
    ]);
  });

  test('is, where a forbid stops each of them', async () => {
    const forbid =
      '@id("no") forbid (principal in Jit::Group::"security", action == Jit::Action::"approve", resource);';
    const policies = withVotes(`${VOTE} when { principal in context.group };`, forbid);
    expect(await subjects('stage-without-approvers', policies)).toEqual(['security']);
  });

  test('is, where a forbid stops everybody in the Slack group that fills it', async () => {
    const directory = FILES['directory.yml'].replace(
      'security: { group: security }',
      'security: { group: engineers }',
    );
    const stopped = (group: string) =>
      subjects('stage-without-approvers', {
        ...withVotes(
          `${VOTE};`,
          `@id("no") forbid (principal in Jit::Group::"${group}", action == Jit::Action::"approve", resource);`,
        ),
        'directory.yml': directory,
      });
    expect(await stopped('engineers')).toEqual(['security']);
    expect(await stopped('dba')).toEqual([]);
  });

  test('is, where votes are for shorter requests than those on offer', async () => {
    const short = (most: string) =>
      subjects('stage-without-approvers', {
        ...withVotes(`${VOTE} when { resource.requested <= duration("${most}") };`),
        'catalog.yml': `${FILES['catalog.yml'].replace('[1h, 4h]', '[4h]')}${FILES['catalog.yml'].replace('entitlements:\n', '').replace('logs', 'more')}`,
      });
    expect(await short('1h')).toEqual(['security']);
    expect(await short('4h')).toEqual([]);
  });

  test.each([
    'resource.requester == Jit::User::"sam@corp.example"',
    'resource.requester.email == "sam@corp.example"',
    '["sam@corp.example"].contains(resource.requester.email)',
    'resource.requester in Jit::User::"sam@corp.example"',
    'resource.requester in [Jit::User::"sam@corp.example"]',
  ])('is, where votes are on requests of its only member: %s', async (condition) => {
    const withMembers = (members: string) =>
      subjects('stage-without-approvers', {
        ...withVotes(`${VOTE} when { ${condition} };`),
        'directory.yml': FILES['directory.yml'].replace(
          /security: \{ members: .*/,
          `security: { members: ${members} }`,
        ),
      });
    expect(await withMembers('[sam@corp.example]')).toEqual(['security']);
    expect(await withMembers('[sam@corp.example, kim@corp.example]')).toEqual([]);
  });

  test('is not claimed of what is not understood', async () => {
    const odd = `${VOTE} when { resource.approvedBy.contains(resource.requester) };`;
    expect(await subjects('stage-without-approvers', withVotes(odd))).toEqual([]);
  });
});
