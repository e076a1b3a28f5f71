import { contextOf, judge, layersOf, namesOf } from './authorize.js';
import { readDocument } from './documents.js';
import { decides, evaluate, type CallAttempt } from './evaluate.js';
import type { CallContext } from './match.js';
import { arnOf, type AwsCaller, type IamIdentity, type World } from '../world.js';
import { awsError, type AwsError } from '../xml.js';

/** What an AssumeRole call asks for. */
export interface Wish {
  roleArn: string;
  name: string;
  seconds: number;
  policy?: string;
  policyArns: string[];
  tags: Record<string, string>;
  transitive: string[];
  sourceIdentity?: string;
  externalId?: string;
}

/** Every right that this call needs, in the caller's policies and in the role's trust policy. */
export function refused(
  world: World,
  caller: AwsCaller,
  role: IamIdentity,
  wish: Wish,
): AwsError | undefined {
  const inherited = caller.session;
  if (inherited?.sourceIdentity !== undefined && wish.sourceIdentity !== undefined) {
    if (inherited.sourceIdentity !== wish.sourceIdentity)
      return denied(caller, 'sts:SetSourceIdentity', role.arn);
  }
  const actions = [
    'sts:AssumeRole',
    ...(Object.keys(wish.tags).length > 0 ? ['sts:TagSession'] : []),
    ...(wish.sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  const context = wishContext(wish);
  for (const action of actions) {
    const trust = trusts(world, caller, role, { action, resource: role.arn, context });
    const rights = judge(world, caller, action, role.arn, context);
    // In one account a trust policy that names the principal itself is enough to assume, unless something denies it.
    const enough =
      action === 'sts:AssumeRole' &&
      trust === 'by-name' &&
      withinLimits(world, caller, action, role, context);
    if (!trust || !(rights.allowed || enough)) return denied(caller, action, role.arn);
  }
  return undefined;
}

function withinLimits(
  world: World,
  caller: AwsCaller,
  action: string,
  role: IamIdentity,
  context: CallContext,
): boolean {
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' } as const;
  const layers = layersOf(world, caller);
  const identity = [
    ...layers.identity,
    { name: 'trust policy', document: { Version: '2012-10-17' as const, Statement: everything } },
  ];
  const ask = { action, resource: role.arn, context: { ...contextOf(world, caller), ...context } };
  return caller.identity.account === role.account && evaluate(ask, { ...layers, identity }).allowed;
}

function trusts(
  world: World,
  caller: AwsCaller,
  role: IamIdentity,
  ask: CallAttempt,
): 'by-name' | 'by-account' | undefined {
  const document = readDocument(role.trust, 'trust');
  if (typeof document === 'string') return undefined;
  const full = { ...ask, context: { ...contextOf(world, caller), ...ask.context } };
  const account = caller.identity.account;
  const byName = [...namesOf(caller), '*'];
  const byAccount = [account, `arn:aws:iam::${account}:root`];
  const statements = (names: string[]) => ({
    ...document,
    Statement: [document.Statement].flat().filter(({ Principal }) => {
      const principals = typeof Principal === 'string' ? [Principal] : [Principal?.['AWS'] ?? []].flat();
      return principals.some((principal) => names.includes(principal));
    }),
  });
  if (decides(statements([...byName, ...byAccount]), 'Deny', full)) return undefined;
  if (decides(statements(byName), 'Allow', full)) return 'by-name';
  return decides(statements(byAccount), 'Allow', full) ? 'by-account' : undefined;
}

function wishContext(wish: Wish): CallContext {
  const context: CallContext = { 'sts:RoleSessionName': wish.name };
  if (wish.externalId !== undefined) context['sts:ExternalId'] = wish.externalId;
  if (wish.sourceIdentity !== undefined) context['sts:SourceIdentity'] = wish.sourceIdentity;
  for (const [key, value] of Object.entries(wish.tags)) context[`aws:RequestTag/${key}`] = value;
  if (Object.keys(wish.tags).length > 0) context['aws:TagKeys'] = Object.keys(wish.tags);
  if (wish.transitive.length > 0) context['sts:TransitiveTagKeys'] = wish.transitive;
  return context;
}

export function denied(caller: AwsCaller, action: string, resource: string): AwsError {
  return awsError(
    'AccessDenied',
    `User: ${arnOf(caller)} is not authorized to perform: ${action} on resource: ${resource}`,
  );
}
