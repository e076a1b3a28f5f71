/** @project outside */
import {
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Principal } from '../../src/domain/entitlement.js';
import { connectAws, provisioners } from '../../src/grants/index.js';
import { describeWithMoto } from '../support/moto.js';
import { OTHER, trusting } from '../support/grants.js';
import { storedContract, type Server } from './stored-contract.js';

// moto is somebody else's reading of AWS's documents. It judges that our calls and documents are well-formed and land
// where they should; it decides no call by them, and knows no limit on the size of inline policies.
describeWithMoto('moto', (moto) => {
  storedContract('moto', async () => {
    const { endpoint } = moto();
    await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
    const options = {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'bot', secretAccessKey: 'bot' },
    };
    // moto has every account; whoever takes a role of one works there.
    const { Credentials } = await new STSClient(options).send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${OTHER}:role/Tester`, RoleSessionName: 'tester' }),
    );
    const iam = new IAMClient({
      ...options,
      credentials: {
        accessKeyId: Credentials!.AccessKeyId!,
        secretAccessKey: Credentials!.SecretAccessKey!,
        sessionToken: Credentials!.SessionToken!,
      },
    });
    const accounts = {
      [OTHER]: { manageRoleArn: `arn:aws:iam::${OTHER}:role/jit/Manage`, externalId: 'ext-4711' },
    };
    const now = Date.now;
    const aws = connectAws({ accounts: () => accounts, now, options });
    const server: Server = {
      endpoint,
      kinds: provisioners({ aws, signinUrl: `${endpoint}/federation`, now }),
      iam,
      scopes: false,
      now,
      make: (principal) => make(iam, principal),
      remove: (principal) => remove(iam, principal),
      close: async () => undefined,
    };
    return server;
  });
});

async function make(iam: IAMClient, { type, name }: Principal): Promise<void> {
  if (type === 'user') return void (await iam.send(new CreateUserCommand({ UserName: name })));
  const AssumeRolePolicyDocument = JSON.stringify(trusting(`arn:aws:iam::${OTHER}:root`));
  await iam.send(new CreateRoleCommand({ RoleName: name, Path: '/jit/', AssumeRolePolicyDocument }));
}

async function remove(iam: IAMClient, { type, name }: Principal): Promise<void> {
  if (type === 'user') {
    const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand({ UserName: name }));
    for (const PolicyName of PolicyNames) {
      await iam.send(new DeleteUserPolicyCommand({ UserName: name, PolicyName }));
    }
    return void (await iam.send(new DeleteUserCommand({ UserName: name })));
  }
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: name }));
  for (const PolicyName of PolicyNames) {
    await iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName }));
  }
  await iam.send(new DeleteRoleCommand({ RoleName: name }));
}
