import { IAMClient } from '@aws-sdk/client-iam';
import { allowAll, OTHER, setup, trusting } from '../support/grants.js';
import { storedContract } from './stored-contract.js';

// The same as against moto: where the two differ, one of them is not AWS.
storedContract('the double', async () => {
  const { cloud, kinds, time, engine } = await setup();
  const tester = cloud.addUser({ account: OTHER, name: 'tester', inline: { allowAll } });
  const arns = new Map<string, string>();
  return {
    endpoint: cloud.url,
    kinds,
    iam: new IAMClient({ endpoint: cloud.url, region: 'us-east-1', credentials: tester.keys }),
    scopes: true,
    now: () => time.now,
    make: async ({ type, name }) => {
      const arn =
        type === 'user'
          ? cloud.addUser({ account: OTHER, name }).arn
          : cloud.addRole({ account: OTHER, name, path: '/jit/', trust: trusting(engine.arn) });
      arns.set(name, arn);
    },
    remove: async ({ name }) => cloud.remove(arns.get(name)!),
    close: () => cloud.close(),
  };
});
