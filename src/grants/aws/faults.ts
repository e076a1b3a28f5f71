import { GrantFault } from '../../ports/access.js';

// What AWS documents as an answer to the request as it is, which another try gets too. Whatever is not here counts as
// passing: unknown codes, throttling, time-outs, broken connections. An end that waits longer rests on this list.
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, and the errors of each call
const PERMANENT: Record<string, string> = {
  AccessDenied:
    "is not allowed to jit. Ask the people who run jit to allow it, in jit's own policy and in the role's trust policy",
  NoSuchEntity: 'found no such user, role or policy. Look at the names in the catalog and in directory.yml',
  LimitExceeded:
    'does not fit: the inline policies there have used up their room. Remove what is not needed any more',
  MalformedPolicyDocument: 'refused the policy document. Look at the statements in the catalog',
  PackedPolicyTooLarge: 'refused the session policy as too large. Shorten the statements in the catalog',
  ValidationError: 'refused a value. Look at the entry in the catalog',
  InvalidInput: 'refused a value. Look at the entry in the catalog',
  UnmodifiableEntity: 'refused: AWS manages this role, and only AWS can change it',
  RegionDisabled: 'is not switched on in this region for that account',
};

/**
 * What the SDK threw, as a fault: a code, and a sentence of ours. AWS's own text is left behind, and so are the request
 * and the answer that the SDK hangs on its errors: they may hold secrets.
 * @param what the call, for people: `iam:PutUserPolicy on user ana.lopez`
 */
export function toFault(error: unknown, what: string): GrantFault {
  if (error instanceof GrantFault) return error;
  const code = codeOf(error);
  const hint = PERMANENT[code];
  if (hint !== undefined && !failedItself(error)) return new GrantFault(code, `${what} ${hint}.`, true);
  return new GrantFault(code, `${what} did not succeed this time; it is tried again.`, false);
}

/** Whether AWS says that the fault was its own, whatever it is called. */
function failedItself(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return ($metadata?.httpStatusCode ?? 0) >= 500;
}

/** AWS's error code. The SDK's name for a modelled exception has a suffix that the code has not. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown';
  const name = /^[A-Za-z][\w.]{0,63}$/.test(error.name) ? error.name : 'Unknown';
  const code = name === 'Error' && 'code' in error ? String(error.code) : name;
  return code.replace(/Exception$/, '');
}

export const ended = () =>
  new GrantFault('Ended', 'The time of this grant is over. Ask for a new one.', true);

/** Whether AWS answered with this code. */
export function isFault(error: unknown, code: string): error is GrantFault {
  return error instanceof GrantFault && error.code === code;
}

/** Runs a call, and throws what it throws as a fault. */
export async function attempt<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toFault(error, what);
  }
}
