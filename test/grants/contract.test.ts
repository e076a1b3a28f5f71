import { iamPolicyKind } from '../../src/grants/iam-policy/kind.js';
import { stsSessionKind } from '../../src/grants/sts-session/kind.js';
import { keepsItsWord, provisionerContract, type Subject } from '../contracts/provisioner.js';
import { allowAll, grantOf, OTHER, pinned, trusting } from '../support/grants.js';
import { kindOf } from '../support/kinds.js';
import { standing } from '../support/standing-kind.js';

const handMade = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'sns:ListTopics', Resource: '*' },
} as const;

const session: Subject = {
  kind: stsSessionKind,
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
};

let accessKeyId = '';
const inline: Subject = {
  kind: iamPolicyKind,
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
};

/** A kind as there may be one some day: what it gives does not end unless it is taken away. */
const lasting: Subject = {
  ...inline,
  kind: kindOf('standing', { endsAlone: false }),
  provisioner: ({ aws, time }) => standing(aws, () => time.now),
};

for (const subject of [session, inline, lasting]) provisionerContract(subject);

describe('invariant 1: the contract finds out a kind', () => {
  const claiming = (subject: Subject, endsAlone: boolean) => ({
    ...subject,
    kind: { ...subject.kind, endsAlone },
  });

  test.each([session, inline])('$kind.name that ends alone, and says that it does not', async (subject) => {
    expect(await keepsItsWord(claiming(subject, true))).toBe(true);
    expect(await keepsItsWord(claiming(subject, false))).toBe(false);
  });

  test('that does not end alone, and says that it does', async () => {
    expect(await keepsItsWord(claiming(lasting, false))).toBe(true);
    expect(await keepsItsWord(claiming(lasting, true))).toBe(false);
  });
});
