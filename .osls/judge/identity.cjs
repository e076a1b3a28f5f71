const TRY = 'aws sts get-caller-identity must answer';
const STALE = ({ error, message }) =>
  `AWS does not accept these credentials any more (${error}: ${message}): get new ones, with aws sso login for example, and deploy again.`;
const WRONG = ({ error, message }, { region }) =>
  `AWS does not know these credentials (${error}: ${message}): check AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and ` +
  `AWS_SESSION_TOKEN, this machine's clock, and that the account has enabled the region ${region}; ${TRY}.`;
const NONE = ({ message }) =>
  `there are no AWS credentials that can be used (${message}): log in, or name them with AWS_PROFILE or AWS_ACCESS_KEY_ID; ${TRY}.`;

/** What to do about the errors of STS, of the SDK and of osls. */
const ADVICE = {
  ExpiredToken: STALE,
  ExpiredTokenException: STALE,
  RequestExpired: STALE,
  InvalidClientTokenId: WRONG,
  UnrecognizedClientException: WRONG,
  SignatureDoesNotMatch: WRONG,
  InvalidSignatureException: WRONG,
  AWS_CREDENTIALS_NOT_FOUND: NONE,
  UNRECOGNIZED_AWS_PROFILE: NONE,
  CredentialsProviderError: NONE,
};

/**
 * Whether somebody may deploy here with these credentials. To ask takes no right:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * @param where.stack what CloudFormation answered to the same credentials: an emulator's STS may take any
 * @param where.account that directory.yml names, if it does: the deployed functions refuse the policies of another
 */
exports.judgeIdentity = function judgeIdentity(answer, { account, region, stack = {} }) {
  if ('error' in answer) {
    const advise = Object.hasOwn(ADVICE, answer.error)
      ? ADVICE[answer.error]
      : answer.error.startsWith('AWS_SSO_')
        ? NONE
        : undefined;
    const otherwise =
      `AWS does not say whose credentials these are (${answer.error}: ${answer.message}): check that this machine reaches ` +
      `sts.${region}.amazonaws.com, through HTTPS_PROXY if there is one; ${TRY}.`;
    return [{ problem: advise?.(answer, { region }) ?? otherwise }];
  }
  if (Object.hasOwn(ADVICE, stack.error ?? '')) return [{ problem: ADVICE[stack.error](stack, { region }) }];
  if (/security token/i.test(stack.message ?? '')) return [{ problem: WRONG(stack, { region }) }];
  const here = answer.found.account;
  if (account === undefined || account === here) return [];
  return [
    {
      problem:
        `directory.yml says that jit runs in the account ${account}, and these credentials are of ${here}: take credentials ` +
        'of the right account, or correct "account" in directory.yml and package again.',
    },
  ];
};
