const { notKnown } = require('./answer.cjs');

const S3_POLICIES = '"Policies without a deployment" in docs/policies.md';
/** For what the bucket is there, and what to do without it. */
const ROLES = {
  policies: {
    named: '--param policyBucket',
    absent: ({ region }) => `create it in ${region}, with versions and your packed policies (${S3_POLICIES})`,
  },
  deployment: {
    named: 'deploymentBucket in serverless.yml',
    absent: ({ bucket, region }) => `create it (aws s3 mb s3://${bucket} --region ${region})`,
  },
  own: {
    named: 'the deployment bucket of this stack',
    absent: ({ bucket, region }) =>
      `somebody has deleted it: create it again under this name (aws s3 mb s3://${bucket} --region ${region})`,
  },
};

/**
 * A bucket that a deployment names must be there, in its region and account: the functions may read policies from no other.
 * @param answer with its region, where S3 says it, and whether it is of the account that is deployed to
 */
exports.judgeBucket = function judgeBucket(answer, { bucket, role, region }) {
  const { named, absent } = ROLES[role];
  const it = `the bucket "${bucket}" (${named})`;
  const orAnother = role === 'own' ? '' : ', or name another';
  if ('error' in answer) return notKnown(answer, { what: it, right: 's3:ListBucket on it' });
  if (answer.absent)
    return [
      { problem: `${it} does not exist: ${absent({ bucket, region })}${orAnother}, and deploy again.` },
    ];
  const { region: there = region, ours } = answer.found;
  if (there !== region)
    return [{ problem: `${it} lies in ${there}, and jit is deployed to ${region}: name one in ${region}.` }];
  if (!ours) return [{ problem: `${it} is of another account: name one of the account that you deploy to.` }];
  return [];
};
