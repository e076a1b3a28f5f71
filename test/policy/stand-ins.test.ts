import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCases } from '../../src/policy/cases/run.js';
import { folder, FROM, loadedAt, POLICIES, removeFolders } from '../support/policy.js';

afterAll(removeFolders);

const read = (file: string) => readFileSync(join(POLICIES, file), 'utf8');
const SCHEMA = read('schema.cedarschema');
const BASE = `@id("approve") permit (principal, action == Jit::Action::"approve", resource)
  when { principal in context.group };`;
const request = {
  id: 'r1',
  requester: { email: 'ana@corp.example', groups: [] },
  entitlement: 'orders-db-admin',
  duration: 3_600_000,
  approvedBy: [],
};
const sam = { email: 'sam@corp.example', groups: ['security'] };
const val = { email: 'val@corp.example', groups: ['engineers'] };

async function pdpOf(policies: string, schema = SCHEMA) {
  const files = { 'policies.cedar': `${BASE}\n${policies}`, 'schema.cedarschema': schema };
  const dir = await folder({
    'catalog.yml': read('catalog.yml'),
    'directory.yml': read('directory.yml'),
    ...files,
  });
  return (await loadedAt(dir)).bundle.pdp;
}
const asked = { request, stage: 'security', member: true, at: FROM };
const VAL = { ...asked, who: val, delegatedBy: sam };

describe('who stands in for somebody', () => {
  test('is permitted where a member is, and counts as one for that vote', async () => {
    const pdp = await pdpOf('');
    expect(pdp.approve(VAL)).toMatchObject({ outcome: 'allowed', policies: ['approve'] });
    expect(pdp.approve({ ...VAL, member: false }).outcome).toBe('denied');
  });

  test('is forbidden by a policy that reads context.delegatedBy, alone', async () => {
    const pdp =
      await pdpOf(`@id("nobody-stands-in") forbid (principal, action == Jit::Action::"approve", resource)
      when { context has delegatedBy };`);
    expect(pdp.approve(VAL)).toMatchObject({ outcome: 'denied', policies: ['nobody-stands-in'] });
    expect(pdp.approve({ ...asked, who: sam }).outcome).toBe('allowed');
  });

  test('is judged by who is away, too: policies know their groups and their address', async () => {
    const pdp =
      await pdpOf(`@id("not-for-security") forbid (principal, action == Jit::Action::"approve", resource)
      when { context has delegatedBy && context.delegatedBy in Jit::Group::"security" };
      @id("not-for-kim") forbid (principal, action == Jit::Action::"approve", resource)
      when { context has delegatedBy && context.delegatedBy.email == "kim@corp.example" };`);
    expect(pdp.approve(VAL).policies).toEqual(['not-for-security']);
    const kim = { email: 'kim@corp.example', groups: [] };
    expect(pdp.approve({ ...VAL, delegatedBy: kim }).policies).toEqual(['not-for-kim']);
    expect(pdp.approve({ ...VAL, delegatedBy: { ...kim, email: 'lee@corp.example' } }).outcome).toBe(
      'allowed',
    );
  });

  test('invariant 17: what policy denies the one who is away, nobody may do in their place', async () => {
    const pdp = await pdpOf(`@id("not-sam") forbid (principal == Jit::User::"sam@corp.example",
      action == Jit::Action::"approve", resource);`);
    expect(pdp.approve(VAL)).toMatchObject({ outcome: 'denied', policies: ['not-sam'] });
    const lee = { ...sam, email: 'lee@corp.example' };
    expect(pdp.approve({ ...VAL, delegatedBy: lee }).outcome).toBe('allowed');
  });

  test('invariant 4: a group of either that is unknown denies where a policy reads it', async () => {
    const pdp =
      await pdpOf(`@id("not-contractors") forbid (principal, action == Jit::Action::"approve", resource)
      when { context has delegatedBy && context.delegatedBy in Jit::Group::"contractors" };`);
    const lost = [{ name: 'contractors', why: 'Slack does not say', lasting: false }];
    expect(pdp.approve(VAL).outcome).toBe('allowed');
    const unknown = pdp.approve({ ...VAL, delegatedBy: { ...sam, unknownGroups: lost } });
    expect(unknown).toMatchObject({ outcome: 'denied', unknownGroups: lost });
  });

  test('is denied, with what helps, under a schema of before; nothing else is', async () => {
    const older = SCHEMA.replace(/,\s*delegatedBy\?: User/, '');
    expect(older).not.toContain('delegatedBy');
    const pdp = await pdpOf('', older);
    expect(pdp.approve({ ...asked, who: sam }).outcome).toBe('allowed');
    const { outcome, errors } = pdp.approve(VAL);
    expect([outcome, errors]).toEqual([
      'denied',
      ['schema.cedarschema has no delegatedBy for "approve"; copy the one of the default policy folder'],
    ]);
  });

  test('as the requester’s second self, is told to Cedar once', async () => {
    const pdp = await pdpOf('');
    expect(pdp.approve({ ...VAL, delegatedBy: request.requester }).outcome).toBe('allowed');
    expect(pdp.approve({ ...VAL, delegatedBy: val }).outcome).toBe('allowed');
  });
});

test('a case of cases/ may say for whom somebody stands in; without `delegates` in directory.yml nobody may', async () => {
  const about = 'entitlement: orders-db-admin, requester: ana@corp.example, stage: security';
  const cases = `- name: stands in
  approver: { email: val@corp.example, groups: [engineers] }
  approve: { ${about}, delegatedBy: { email: sam@corp.example, groups: [security] } }
  expect: { outcome: allowed, policies: [approve] }
- name: for nobody of the stage
  approver: { email: val@corp.example, groups: [engineers] }
  approve: { ${about}, delegatedBy: { email: lee@corp.example, groups: [] } }
  expect: { outcome: denied }
- name: is no delegate
  approver: { email: val@corp.example }
  approve: { ${about}, delegatedBy: { email: sam@corp.example, groups: [security] } }
  expect: { outcome: denied }
`;
  const dir = await folder({
    'catalog.yml': read('catalog.yml'),
    'directory.yml': read('directory.yml'),
    'policies.cedar': BASE,
    'cases/a.yml': cases,
  });
  const loaded = await loadedAt(dir);
  const outcomes = async () => (await runCases(dir, loaded, { from: FROM })).map(({ passed }) => passed);
  expect(await outcomes()).toEqual([false, true, true]);
  loaded.bundle.directory.stages.find(({ name }) => name === 'security')!.delegates = 'engineers';
  expect(await outcomes()).toEqual([true, true, true]);
});
