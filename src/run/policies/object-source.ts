import type { Millis } from '../../domain/entitlement.js';
import { unpack } from '../../policy/live/packed.js';
import type { PolicyFiles, PolicySource } from '../../policy/live/source.js';
import { policyObject, type ObjectName } from '../../store/policy-object.js';
import type { Notes } from '../../ports/record.js';
import { lastGoodVersion } from './notes.js';

const EVERY: Millis = 30_000;

/**
 * Policies packed into one object of S3, looked at every 30 seconds at most.
 * @param limit for one look
 */
export function objectSource(name: ObjectName, how: Parameters<typeof policyObject>[1]) {
  const address = addressOf(name);
  const object = policyObject(name, how);
  let last: { version: string; etag: string } | undefined;
  let reached = false;

  async function read(seen?: string) {
    reached = false;
    const unless = last !== undefined && last.version === seen ? last.etag : undefined;
    const found = await object.read({ unless });
    reached = true;
    if (found === 'unchanged') return undefined;
    if ('refused' in found) {
      const version = `none: ${found.refused}`;
      return version === seen ? undefined : { version, files: nothing(name, found.refused) };
    }
    const version = found.versionId ?? found.etag;
    last = { version, etag: found.etag };
    return { version, files: unpack(address, found.body) };
  }

  const live: PolicySource = {
    name: address,
    every: EVERY,
    read,
    watch(changed) {
      // A little later than the next look may be.
      const timer = setInterval(changed, EVERY + 100).unref();
      return () => clearInterval(timer);
    },
  };
  /** The version that was the last good one, where the bucket has versions: for when a broken one lies on top. */
  const lastGood = (notes: Notes): PolicySource => ({
    name: address,
    every: EVERY,
    async read() {
      // Skip if S3 has just timed out.
      const version = reached ? await lastGoodVersion(notes, address) : undefined;
      if (version === undefined) throw new Error('no good version is known');
      const found = await object.read({ versionId: version });
      if (found === 'unchanged' || 'refused' in found) throw new Error('that version is gone');
      return { version, files: unpack(address, found.body) };
    },
    watch: () => () => undefined,
  });
  return { live, lastGood };
}

const addressOf = ({ bucket, key }: ObjectName): string => `s3://${bucket}/${key}`;

function nothing(name: ObjectName, code: string): PolicyFiles {
  const none = { texts: new Map<string, string>(), problems: [] };
  return {
    rules: { ...none, problems: [{ file: addressOf(name), message: whyNot(name, code) }] },
    cases: none,
  };
}

function whyNot(name: ObjectName, code: string): string {
  switch (code) {
    case 'NoSuchKey':
      return `the object does not exist; upload it: jit policy pack > bundle.json && aws s3 cp bundle.json ${addressOf(name)}`;
    case 'NoSuchBucket':
      return 'the bucket does not exist; create it, with versioning, or correct JIT_POLICY_S3 (on AWS, --param policyBucket)';
    case 'PermanentRedirect':
      return 'the bucket is in another region; use one in the region of AWS_REGION, that jit runs in';
    case 'TooLarge':
      return 'is too large to be a packed policy folder; make it with "jit policy pack"';
    default:
      return (
        `may not be read, or is not there (${code}); allow jit s3:GetObject and s3:GetObjectVersion on it, ` +
        'kms:Decrypt if a key of your own encrypts it, and keep the bucket in the account that jit runs in'
      );
  }
}
