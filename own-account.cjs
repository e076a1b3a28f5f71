/**
 * A plugin of osls: `osls deploy` sends nothing where the packed policies say that jit runs in another account than that
 * of the credentials. The deployed functions would refuse these policies, and give nothing.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');

const DIRECTORY = 'dist/lambda/slack/policies/directory.yml';

module.exports = class OwnAccount {
  constructor(serverless) {
    this.hooks = { 'before:deploy:deploy': () => compare(serverless) };
  }
};

async function compare(serverless) {
  const { account } = parse(readFileSync(join(serverless.serviceDir, DIRECTORY), 'utf8'));
  if (account === undefined) return;
  const here = await serverless.getProvider('aws').getAccountId();
  if (account === here) return;
  throw new serverless.classes.Error(
    `directory.yml says that jit runs in the account ${account}, and these credentials are of ${here}: nothing was ` +
      'deployed. Take credentials of the right account, or correct "account" in directory.yml and package again.',
  );
}
