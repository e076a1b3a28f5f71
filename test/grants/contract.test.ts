import { provisionerContract } from '../contracts/provisioner.js';
import { allowAll, grantOf, OTHER, pinned, trusting } from '../support/grants.js';

const handMade = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'sns:ListTopics', Resource: '*' },
} as const;

provisionerContract({
  kind: 'sts-session',
  prepare: ({ cloud, engine }) =>
    cloud.addRole({
      account: OTHER,
      name: 'OrdersDbAdmin',
      path: '/jit/',
      trust: trusting(engine.arn),
      inline: { allowAll, handMade },
    }),
  grant: (requestId, endsAt, guardrails) =>
    grantOf(
      pinned('sts-session', {
        roleArn: `arn:aws:iam::${OTHER}:role/jit/OrdersDbAdmin`,
        ...(guardrails && { guardrails }),
      }),
      { requestId, lease: { startsAt: endsAt - 60_000, endsAt } },
    ),
  takeUp: async ({ time }, provisioner, grant) => {
    const taken = { ...grant, lastMintAt: time.now };
    const { accessKeyId } = await provisioner.mint!(taken, time.now);
    return { grant: taken, accessKeyId };
  },
  calls: { give: 'AssumeRole', take: 'PutRolePolicy', clear: 'DeleteRolePolicy' },
});

let accessKeyId = '';
provisionerContract({
  kind: 'iam-policy',
  prepare: ({ cloud }) => {
    const user = cloud.addUser({ account: OTHER, name: 'ana.lopez', path: '/people/', inline: { handMade } });
    accessKeyId = user.keys.accessKeyId;
    return user.arn;
  },
  grant: (requestId, endsAt, guardrails) =>
    grantOf(
      pinned(
        'iam-policy',
        {
          statements: [
            {
              Effect: 'Allow',
              Action: ['s3:GetObject', 'support:DescribeCases'],
              Resource: 'arn:aws:s3:::*',
            },
          ],
          ...(guardrails && { guardrails }),
        },
        { type: 'user', name: 'ana.lopez' },
      ),
      { requestId, lease: { startsAt: endsAt - 60_000, endsAt } },
    ),
  takeUp: async (_, __, grant) => ({ grant, accessKeyId }),
  calls: { give: 'PutUserPolicy', take: 'DeleteUserPolicy', clear: 'DeleteUserPolicy' },
});
