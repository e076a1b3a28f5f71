const { notKnown } = require('./answer.cjs');

const UPGRADING = 'see "Upgrading to 0.2" in docs/aws.md';

/**
 * Whether CloudFormation can make the table what this version needs it to be, without losing what it holds.
 * @param answer the table of this name, as DynamoDB describes it
 * @param where.ownTable the answer of CloudFormation, which table the stack has
 * @param where.wanted the table's properties in the template
 */
exports.judgeTable = function judgeTable(answer, where) {
  const { table, region } = where;
  const it = `the table "${table}" in ${region}`;
  if ('error' in answer) return notKnown(answer, { what: it, right: 'dynamodb:DescribeTable' });
  return problemsOf(answer, it, where).map((problem) => ({ problem }));
};

function problemsOf(answer, it, { table, region, stackName, ownTable, wanted }) {
  const own = ownTable.found === table;
  if (answer.absent)
    return own
      ? [
          `${it} is gone, and the stack "${stackName}" made it: restore it under this name ` +
            '(aws dynamodb restore-table-to-point-in-time, or restore-table-from-backup), and deploy again.',
        ]
      : [];
  const found = answer.found;
  // Whether it is the stack's own is not known where CloudFormation did not say.
  if (!own && !('error' in ownTable))
    return [
      `${it} exists already, and the stack "${stackName}" does not have it, as after osls remove or a first deployment that ` +
        'failed: name a new one (--param table=…), or import it into the stack; if it holds nothing that you need, delete it ' +
        `(aws dynamodb update-table --region ${region} --table-name ${table} --no-deletion-protection-enabled, then aws dynamodb ` +
        `delete-table --region ${region} --table-name ${table}). Then deploy again.`,
    ];
  if (keyOf(found) !== keyOf(wanted))
    return [
      `the key of ${it} is ${keyOf(found)}, not ${keyOf(wanted)}: it is not jit's. Name another (--param table=…).`,
    ];
  return ofIndexes(found, it, wanted);
}

/** DynamoDB makes or deletes one index at a time, and CloudFormation does not do one after the other. */
function ofIndexes(found, it, wanted) {
  const [there, needed] = [indexesOf(found), indexesOf(wanted)];
  const differing = [...needed].filter(([name, shape]) => there.has(name) && there.get(name) !== shape);
  const [added, gone] = [
    [...needed.keys()].filter((name) => !there.has(name)),
    [...there.keys()].filter((name) => !needed.has(name)),
  ];
  if (differing.length > 0 || added.length + gone.length > 1) {
    const says = [
      ...differing.map(([name, shape]) => `${name} is ${there.get(name)}, not ${shape}`),
      ...added.map((name) => `${name} is missing`),
      ...gone.map((name) => `${name} is of an earlier version`),
    ];
    return [
      `${it} has an older schema (${says.join('; ')}), and one update cannot change that: ${UPGRADING}.`,
    ];
  }
  const change = [...added, ...gone];
  if (change.length === 0 || found.TableStatus === 'ACTIVE') return [];
  return [
    `${it} is ${found.TableStatus}, so its index ${change[0]} cannot be made or deleted now: wait until the table is ACTIVE ` +
      `(${UPGRADING}), and deploy again.`,
  ];
}

const keyOf = ({ KeySchema }) =>
  KeySchema.map(({ AttributeName: name, KeyType: type }) => `${name} ${type}`).join(', ');

function indexesOf({ GlobalSecondaryIndexes = [] }) {
  const staying = GlobalSecondaryIndexes.filter(({ IndexStatus }) => IndexStatus !== 'DELETING');
  return new Map(
    staying.map((index) => [index.IndexName, `${keyOf(index)}, ${index.Projection.ProjectionType}`]),
  );
}
