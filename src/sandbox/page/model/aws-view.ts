import { heldSessions } from '../../aws/listing.js';
import type { Playground } from '../../playground.js';
import type { AwsView, PrincipalView } from './model.js';

const OURS = 'jit-';

/** People's IAM principals, the roles that jit works with, and the sessions that are alive. */
export function awsView({
  cloud,
  people,
  principalsOf,
}: Pick<Playground, 'cloud' | 'people' | 'principalsOf'>): AwsView {
  const owners = new Map(
    people.flatMap(({ id, name }) => principalsOf(id).map((arn) => [arn, name] as const)),
  );
  const shown = cloud
    .principals()
    .filter(({ arn, type, path }) => owners.has(arn) || (type === 'role' && path.startsWith('/jit/')));
  return {
    principals: shown.map(({ arn, type, account, name, policies }): PrincipalView => {
      const owner = owners.get(arn);
      return {
        arn,
        type,
        account,
        name,
        ...(owner !== undefined && { owner }),
        policies: policies.map((policy) => ({ ...policy, temporary: policy.name.startsWith(OURS) })),
      };
    }),
    sessions: heldSessions(cloud.sessions()),
  };
}
