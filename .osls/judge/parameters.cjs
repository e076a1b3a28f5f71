const { notKnown } = require('./answer.cjs');

/**
 * The functions read their secrets from SSM in their own region, and take only what is stored encrypted.
 * @param answer with the name and the type of those that are there
 * @param where.names all that the functions will read
 */
exports.judgeParameters = function judgeParameters(answer, { names, region }) {
  if ('error' in answer)
    return notKnown(answer, {
      what: `whether ${region} has the SSM parameters ${names.join(', ')}`,
      right: 'ssm:DescribeParameters',
    });
  return names.flatMap((name) => {
    const one = answer.found.find((parameter) => parameter.name === name);
    const store = `read -rs value && aws ssm put-parameter --region ${region} --type SecureString --name ${name} --value "$value"`;
    if (!one)
      return [
        {
          problem: `there is no SSM parameter ${name} in ${region}: store it there (${store}), and deploy again.`,
        },
      ];
    if (one.type === 'SecureString') return [];
    const drop = `aws ssm delete-parameter --region ${region} --name ${name}`;
    return [
      {
        problem:
          `the SSM parameter ${name} in ${region} is a ${one.type}, so not encrypted, and the functions refuse it: delete it ` +
          `(${drop}), store it as a SecureString (${store}), and deploy again.`,
      },
    ];
  });
};
