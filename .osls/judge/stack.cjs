const { notKnown } = require('./answer.cjs');

const on = (command, { stackName, region }) =>
  `aws cloudformation ${command} --stack-name ${stackName} --region ${region}`;
const waiting = (waiter) => (where) =>
  `something is being done to it. Wait until that has ended (${on(`wait ${waiter}`, where)}), and deploy again.`;
const looking = (where) =>
  `something is being undone. Look until that has ended (${on('describe-stacks', where)}), and deploy again: you then hear what to do.`;
const failedAtBirth = (where) =>
  'it could not be created, and can only be deleted. See why ' +
  `(${on('describe-stack-events', where)}), mend that, delete it (${on('delete-stack', where)}), and deploy again.`;
const ACCEPTED = undefined;

/**
 * For each state of a stack what to do, where CloudFormation takes no update:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-console-view-stack-data-resources-status-codes
 */
const ADVICE = {
  CREATE_COMPLETE: ACCEPTED,
  UPDATE_COMPLETE: ACCEPTED,
  UPDATE_ROLLBACK_COMPLETE: ACCEPTED,
  IMPORT_COMPLETE: ACCEPTED,
  IMPORT_ROLLBACK_COMPLETE: ACCEPTED,
  // Told only of a stack that is asked for by its id.
  DELETE_COMPLETE: ACCEPTED,
  CREATE_IN_PROGRESS: waiting('stack-create-complete'),
  UPDATE_IN_PROGRESS: waiting('stack-update-complete'),
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: waiting('stack-update-complete'),
  UPDATE_ROLLBACK_IN_PROGRESS: waiting('stack-rollback-complete'),
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: waiting('stack-rollback-complete'),
  IMPORT_IN_PROGRESS: waiting('stack-import-complete'),
  DELETE_IN_PROGRESS: waiting('stack-delete-complete'),
  IMPORT_ROLLBACK_IN_PROGRESS: looking,
  ROLLBACK_IN_PROGRESS: looking,
  REVIEW_IN_PROGRESS: (where) =>
    'a first deployment of it was cut off before it made anything, or somebody else is making one now. If nobody is, ' +
    `delete it (${on('delete-stack', where)}), and deploy again.`,
  CREATE_FAILED: failedAtBirth,
  ROLLBACK_COMPLETE: failedAtBirth,
  ROLLBACK_FAILED: failedAtBirth,
  DELETE_FAILED: (where) =>
    'it could only be deleted in part. Delete it again (npx osls remove, which empties its bucket first); if that fails too, ' +
    `its events say what is in the way (${on('describe-stack-events', where)}). Then deploy again.`,
  UPDATE_FAILED: (where) =>
    `an update failed, and has not been undone. Undo it (${on('rollback-stack', where)}, then ` +
    `${on('wait stack-rollback-complete', where)}), and deploy again.`,
  UPDATE_ROLLBACK_FAILED: (where) =>
    'an update failed, and could not be undone. Its events say what is in the way ' +
    `(${on('describe-stack-events', where)}): mend that, go on (${on('continue-update-rollback', where)}, then ` +
    `${on('wait stack-rollback-complete', where)}), and deploy again. Do not delete the stack: its functions end access.`,
  IMPORT_ROLLBACK_FAILED: (where) =>
    'an import failed, and could not be undone. Its events say what is in the way ' +
    `(${on('describe-stack-events', where)}): mend that, or ask AWS Support. Do not delete the stack: its functions end access.`,
};

/**
 * @param answer with the state of the stack
 * @param where.foreign it is known that nothing in it is jit's
 */
exports.judgeStack = function judgeStack(answer, { foreign, ...where }) {
  const { stackName, region } = where;
  const stack = `the stack "${stackName}" in ${region}`;
  if ('error' in answer) return notKnown(answer, { what: stack, right: 'cloudformation:DescribeStacks' });
  if (answer.absent) return [];
  const state = answer.found;
  if (!Object.hasOwn(ADVICE, state))
    return [
      { note: `${stack} is in the state ${state}, of which jit does not know whether it takes an update.` },
    ];
  const advise = ADVICE[state];
  if (advise) return [{ problem: `${stack} is in the state ${state}: ${advise(where)}` }];
  if (!foreign) return [];
  const problem = `${stack} is not jit's, and a deployment would delete what it made: give this one another name (--param name=…).`;
  return [{ problem }];
};
