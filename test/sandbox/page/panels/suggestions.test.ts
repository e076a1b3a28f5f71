import type { JsonObject } from '../../../../src/domain/entitlement.js';
import type { PrincipalView, SessionView } from '../../../../src/sandbox/page/model/model.js';
import { actionsIn, suggestionsFor } from '../../../../src/sandbox/page/browser/panels/suggestions.js';

const ana = {
  id: 'U0ANA',
  name: 'ana',
  realName: 'Ana López',
  email: 'ana@corp.example',
  role: 'engineer',
  actable: true,
};
const allow = (Action: string | string[], Resource: string | string[]): JsonObject => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Deny', Action: 'iam:PassRole', Resource: '*' },
    { Effect: 'Allow', Action, Resource },
  ],
});
const ROLE = 'arn:aws:iam::111122223333:role/jit/OrdersDbAdmin';
const session = (more: Partial<SessionView> = {}): SessionView => ({
  accessKeyId: 'ASIA1',
  arn: 'arn:aws:sts::111122223333:assumed-role/OrdersDbAdmin/jit-1',
  role: ROLE,
  issuedAt: 1,
  expiresAt: 2,
  sourceIdentity: 'ana@corp.example',
  tags: {},
  policies: [],
  ...more,
});
const user = (document: JsonObject, temporary = true): PrincipalView => ({
  arn: 'arn:aws:iam::111122223333:user/ana.lopez',
  type: 'user',
  account: '111122223333',
  name: 'ana.lopez',
  owner: 'ana',
  policies: [{ name: 'jit-1', document, temporary }],
});
const call = ({ action, resource }: { action: string; resource: string }) => [action, resource];

describe('suggestions', () => {
  test('are none for who has nothing, and nothing comes from other people or from standing policies', () => {
    const others = [session({ sourceIdentity: 'eva@corp.example' })];
    const standing = [user(allow('s3:GetObject', '*'), false)];
    expect(suggestionsFor(ana, { principals: standing, sessions: others })).toEqual([]);
  });

  test('take the first Allow of a temporary policy, with something in the place of the star', () => {
    const principals = [
      user(allow(['s3:GetObject', 's3:ListBucket'], ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'])),
    ];
    expect(suggestionsFor(ana, { principals, sessions: [] }).map(call)).toEqual([
      ['s3:GetObject', 'arn:aws:s3:::b/example'],
    ]);
  });

  test('take what narrows a session before what its role may', () => {
    const role: PrincipalView = { ...user(allow('rds:Describe*', '*'), false), arn: ROLE, type: 'role' };
    const narrowed = session({ policies: [{ name: 'session', document: allow('s3:GetObject', '*') }] });
    const wide = session({ policies: [{ name: 'session', document: allow('*', '*') }] });
    expect(suggestionsFor(ana, { principals: [role], sessions: [narrowed] }).map(call)).toEqual([
      ['s3:GetObject', '*'],
    ]);
    expect(suggestionsFor(ana, { principals: [role], sessions: [wide] }).map(call)).toEqual([
      ['rds:DescribeDBInstances', '*'],
    ]);
    expect(suggestionsFor(ana, { principals: [], sessions: [wide] }).map(call)).toEqual([
      ['s3:ListBucket', '*'],
    ]);
  });

  test('offer each action by its whole name, once', () => {
    const principals = [user(allow(['s3:GetObject', 's3:Get*', '*'], '*'))];
    expect(actionsIn({ principals, sessions: [] })).toEqual([
      'iam:PassRole',
      's3:GetObject',
      's3:ListBucket',
    ]);
  });
});
