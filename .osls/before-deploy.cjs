/**
 * A plugin of osls: before `osls deploy` sends anything, it asks AWS about what the deployment rests on, and refuses with
 * all that is wrong at once. It only reads. A check that cannot be made is named, and holds nothing up.
 */
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');
const { questions } = require('./questions.cjs');
const { judgeBucket } = require('./judge/bucket.cjs');
const { judgeIdentity } = require('./judge/identity.cjs');
const { judgeParameters } = require('./judge/parameters.cjs');
const { judgeStack } = require('./judge/stack.cjs');
const { judgeTable } = require('./judge/table.cjs');

const DIRECTORY = 'dist/lambda/slack/policies/directory.yml';

module.exports = class BeforeDeploy {
  constructor(serverless, _options, { log }) {
    Object.assign(this, { serverless, log });
    this.hooks = { 'before:deploy:deploy': () => this.refuseOrSay() };
  }

  async refuseOrSay() {
    const found = await examine(this.serverless);
    for (const { note } of found) if (note) this.log.warning(note);
    const problems = found.flatMap(({ problem }) => problem ?? []);
    if (problems.length === 0) return;
    const lines = ['nothing was deployed, since:', ...problems.map((problem) => `  - ${problem}`)];
    throw new this.serverless.classes.Error(lines.join('\n'), 'JIT_NOT_DEPLOYED');
  }
};

/** @returns what is wrong, each as `{ problem }`, and what could not be found out, each as `{ note }` */
async function examine(serverless) {
  const { service, serviceDir } = serverless;
  const provider = serverless.getProvider('aws');
  const { table, policyBucket, parameters } = service.custom.restsOn;
  const where = { region: provider.getRegion(), stackName: provider.naming.getStackName() };
  const ask = await questions(provider, where);

  const [identity, stack] = await Promise.all([ask.identity(), ask.stack()]);
  const whose = judgeIdentity(identity, { ...where, stack, account: accountIn(serviceDir) });
  // With credentials that are no good, or of somebody else, the other answers would only confuse.
  if (whose.length > 0) return whose;
  const { account } = identity.found;

  const [ownTable, ownBucket] = await Promise.all([
    ask.resource('Table'),
    ask.resource(provider.naming.getDeploymentBucketLogicalId()),
  ]);
  const { deploymentBucket, compiledCloudFormationTemplate: template } = service.provider;
  const foreign = !deploymentBucket && Boolean(ownTable.absent && ownBucket.absent);
  const buckets = [
    { role: 'own', bucket: ownBucket.found },
    { role: 'deployment', bucket: deploymentBucket },
    { role: 'policies', bucket: named(policyBucket) },
  ].filter(({ bucket }) => bucket);
  const names = parameters.filter(named);
  const wanted = template.Resources.Table.Properties;
  const judged = await Promise.all([
    ...buckets.map(async (one) => judgeBucket(await ask.bucket(one.bucket, account), { ...where, ...one })),
    ask.parameters(names).then((answer) => judgeParameters(answer, { ...where, names })),
    ask.table(table).then((answer) => judgeTable(answer, { ...where, table, ownTable, wanted })),
  ]);
  return [judgeStack(stack, { ...where, foreign }), ...judged].flat();
}

/** Of a parameter of serverless.yml. */
const named = (value) => (value === 'none' ? undefined : value);

/** The account that directory.yml names, if any. */
function accountIn(serviceDir) {
  const file = join(serviceDir, DIRECTORY);
  return existsSync(file) ? (parse(readFileSync(file, 'utf8'))?.account ?? undefined) : undefined;
}
