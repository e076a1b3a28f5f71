/**
 * What the function that faces the internet must not hold (invariant 13): patterns of paths, from the root of this
 * repository or within node_modules. The build of the bundles and test/architecture.test.ts both go by them.
 */
module.exports = [
  /(?:^|node_modules\/)@aws-sdk\/client-(?:iam|sts|dynamodb-streams)(?:\/|$)/,
  // Of grants: what reads a catalog and words documents. Whatever calls AWS, or knows what does, is something else.
  /^src\/grants\/(?!(?:check|kinds|aws\/documents\/[\w-]+|(?!aws\/)[\w-]+\/(?:kind|documents|words))\.ts$)/,
  /^src\/workflow\/(?:engine|jobs)\//,
  /^src\/run\/wiring\/(?:bot|record)\.ts$/,
  /^src\/slack\/notifier\.ts$/,
  /^src\/store\/(?:memory|dynamodb\/(?:stream|create-table))/,
  /^src\/sandbox\//,
];
