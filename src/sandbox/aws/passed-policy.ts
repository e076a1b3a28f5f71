import { readDocument } from './policy/documents.js';
import { awsError, type AwsError } from './xml.js';

// What STS asks of a policy that is passed in a call.

/** Characters of plain text. */
const LIMIT = 2048;

export function wrongPolicy(text: string): AwsError | undefined {
  if (!/^[\t\n\r\u0020-\u00FF]+$/.test(text)) return invalid('policy', 'characters up to U+00FF');
  const document = readDocument(text, 'identity');
  return typeof document === 'string' ? awsError('MalformedPolicyDocument', document) : undefined;
}

export function tooLarge(plainText: number): AwsError | undefined {
  if (plainText <= LIMIT) return undefined;
  return awsError('PackedPolicyTooLarge', `Packed policy consumes more than allotted space: ${plainText}`);
}

export function invalid(field: string, rule: string): AwsError {
  return awsError(
    'ValidationError',
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: ${rule}`,
  );
}
