import type { Diagnosis } from '../../kit/diagnosis.js';
import type { AwsRefusal } from './inspect.js';

/** Whose credentials the checks are made with. */
export interface Caller {
  account: string;
  arn: string;
}

/** AWS could not be asked, or not with these credentials. */
export function awsAway(what: string, { code }: AwsRefusal): Diagnosis {
  switch (code) {
    case 'CredentialsProviderError':
      return {
        what: `${what}: no AWS credentials were found`,
        fix: 'give this process a role, AWS_PROFILE, or keys',
      };
    case 'InvalidClientTokenId':
    case 'SignatureDoesNotMatch':
    case 'UnrecognizedClient':
    case 'ExpiredToken':
      return { what: `${what}: AWS does not accept these credentials (${code})`, fix: 'renew them' };
    default:
      return {
        what: `${what}: no answer (${code})`,
        fix: 'check that this machine reaches AWS, and try again in a minute',
      };
  }
}

/** As a trust policy names the caller. STS leaves out the path of a role. */
export function principalOf({ arn }: Caller): string {
  const [, account, role] = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return role === undefined ? arn : `the role ${role} of account ${account} (its ARN, with its path)`;
}

export function nameOf({ arn }: Caller): string {
  const [, name] = /assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return name === undefined ? arn : `the role ${name}`;
}
