import { startCloud, type Cloud, type PolicyDocument } from '../../../src/sandbox/aws/index.js';
import { documentsOf } from './statements.js';
import { packaged } from './template.js';
import { ACCOUNT, evaluator } from './values.js';

export const NOW = Date.UTC(2026, 10, 20, 9);
export const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/jit-prod`;
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/jit-bot/jit-prod-boundary`;

const LAMBDA: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
};
export const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
};

/** One call, as a row of a table: what somebody would do, and what AWS knows of it. */
export interface Deed {
  action: string;
  resource: string;
  context?: Record<string, string | string[]>;
}

export const role = (path: string): string => `arn:aws:iam::${ACCOUNT}:role/${path}`;
export const user = (name: string): string => `arn:aws:iam::${ACCOUNT}:user/${name}`;
/** An operation on items of the table whose partition keys these are. */
export const onItems = (action: string, ...keys: string[]): Deed => ({
  action: `dynamodb:${action}`,
  resource: TABLE,
  context: { 'dynamodb:LeadingKeys': keys },
});

/** The bot's account, deployed: its roles and its boundary from the template, and people who carry it or do not. */
export async function deployedAccount(): Promise<{
  cloud: Cloud;
  /** Whether AWS would let this function do that. */
  may(name: 'slack' | 'stream' | 'sweep' | 'ana' | 'OrdersLogs', deed: Deed): boolean;
}> {
  const { template } = packaged();
  const evaluate = evaluator(template);
  const cloud = await startCloud({ now: () => NOW });
  const documents = (id: string) => documentsOf(template, id, evaluate) as Record<string, PolicyDocument>;
  cloud.addManagedPolicy({
    account: ACCOUNT,
    path: '/jit-bot/',
    name: 'jit-prod-boundary',
    document: documents('Boundary')['managed']!,
  });
  const arns: Record<string, string> = {};
  for (const name of ['Slack', 'Stream', 'Sweep']) {
    const { trust, ...inline } = documents(`${name}Role`);
    const lower = name.toLowerCase();
    arns[lower] = cloud.addRole({
      account: ACCOUNT,
      path: '/jit-bot/',
      name: `jit-prod-${lower}`,
      trust: trust!,
      inline,
    });
  }
  // Whatever somebody has managed to have put on them.
  const inline = { everything: EVERYTHING };
  arns['ana'] = cloud.addUser({ account: ACCOUNT, name: 'ana', boundary: BOUNDARY, inline }).arn;
  arns['OrdersLogs'] = cloud.addRole({
    account: ACCOUNT,
    path: '/jit/',
    name: 'OrdersLogs',
    trust: LAMBDA,
    boundary: BOUNDARY,
    inline,
  });
  const boundaries: Record<string, string> = {
    [user('ana')]: BOUNDARY,
    [role('jit/OrdersLogs')]: BOUNDARY,
    [user('eva')]: `arn:aws:iam::${ACCOUNT}:policy/another-boundary`,
  };
  return {
    cloud,
    may(name, { action, resource, context = {} }) {
      const boundary = boundaries[resource];
      // What IAM itself adds where somebody writes to a principal that carries one.
      const known =
        boundary && /^iam:(?:Put|Delete)/.test(action) ? { 'iam:PermissionsBoundary': boundary } : {};
      return cloud.authorize({
        principalArn: arns[name]!,
        action,
        resource,
        context: { ...known, ...context },
      }).allowed;
    },
  };
}
