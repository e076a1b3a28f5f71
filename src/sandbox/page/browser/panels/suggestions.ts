import type { JsonObject } from '../../../../domain/entitlement.js';
import type { AwsView, PagePerson, SessionView } from '../../model/model.js';

/** A call worth trying. */
export interface Suggestion {
  label: string;
  action: string;
  resource: string;
}

/** Where neither the session nor its role names an action, this is as good a call as any. */
const ANY = { action: 's3:ListBucket', resource: '*' };

/** One for each temporary policy and live session of this person's; the ones made last come first. */
export function suggestionsFor(me: PagePerson, { principals, sessions }: AwsView): Suggestion[] {
  const own = sessions.filter((session) => isTheirs(me, session));
  return [
    ...own
      .toSorted((a, b) => b.issuedAt - a.issuedAt)
      .map(({ role, policies }) => ({
        label: `session of ${nameIn(role)}`,
        // With no narrowing a session may do whatever its role may.
        ...(firstAllowed([...policies, ...policiesOf(principals, role)].map(({ document }) => document)) ??
          ANY),
      })),
    ...principals
      .filter(({ owner }) => owner !== undefined && [me.name, me.id, me.email].includes(owner))
      .flatMap(({ name, policies }) =>
        policies
          .filter(({ temporary }) => temporary)
          .flatMap(({ document }) => {
            const call = firstAllowed([document]);
            return call ? [{ label: `policy on ${name}`, ...call }] : [];
          }),
      ),
  ];
}

const policiesOf = (principals: AwsView['principals'], role: string) =>
  principals.find(({ arn, name }) => arn === role || name === role)?.policies ?? [];

export const isTheirs = ({ email, name, id }: PagePerson, { sourceIdentity }: SessionView): boolean =>
  sourceIdentity !== undefined && [email, name, id].includes(sourceIdentity);

/** The last part of an ARN, or of a name with a path. */
export const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** Every action that some statement allows by its full name, sorted. */
export function actionsIn({ principals, sessions }: AwsView): string[] {
  const documents = [...principals, ...sessions].flatMap(({ policies }) =>
    policies.map(({ document }) => document),
  );
  const named = documents.flatMap(statementsOf).flatMap(({ Action }) => textsIn(Action));
  return [...new Set([ANY.action, ...named.map(concrete).filter((action) => action.includes(':'))])].sort();
}

function firstAllowed(documents: JsonObject[]): Omit<Suggestion, 'label'> | undefined {
  for (const { Effect, Action, Resource } of documents.flatMap(statementsOf)) {
    const action = textsIn(Action)[0];
    if (Effect !== 'Allow' || action === undefined || action === '*') continue;
    return { action: concrete(action), resource: concreteResource(textsIn(Resource)) };
  }
  return undefined;
}

/** A call has one action: where the policy says `s3:*` or `s3:Get*`, some that it covers. */
function concrete(action: string): string {
  const [service = '', verb = ''] = action.split(':');
  if (!verb.includes('*')) return action;
  const known = COMMON[service]?.find((one) => one.startsWith(verb.split('*')[0]!));
  return known === undefined ? action.replaceAll('*', '') : `${service}:${known}`;
}
const COMMON: Record<string, string[]> = {
  s3: ['GetObject', 'ListBucket', 'PutObject'],
  ec2: ['DescribeInstances', 'StartInstances'],
  rds: ['DescribeDBInstances', 'ModifyDBInstance'],
  logs: ['GetLogEvents', 'FilterLogEvents', 'DescribeLogGroups', 'StartQuery'],
  dynamodb: ['GetItem', 'Query', 'PutItem'],
  secretsmanager: ['GetSecretValue'],
  ecs: ['UpdateService', 'DescribeServices'],
  lambda: ['InvokeFunction', 'UpdateFunctionCode'],
};

/** Objects are asked for by name: of several resources one that names them, with something in the star's place. */
function concreteResource(resources: string[]): string {
  const resource = resources.find((one) => one.endsWith('/*')) ?? resources[0] ?? '*';
  return resource === '*' ? resource : resource.replace(/\*$/, 'example').replaceAll(':*:', ':eu-west-1:');
}

function statementsOf({ Statement }: JsonObject): JsonObject[] {
  return [Statement]
    .flat()
    .filter((one): one is JsonObject => typeof one === 'object' && one !== null && !Array.isArray(one));
}

function textsIn(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string');
}
