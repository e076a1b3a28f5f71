import { GetBucketVersioningCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Millis } from '../domain/entitlement.js';
import { within } from '../kit/deadline.js';
import { awsAgents } from '../kit/outbound/index.js';

export interface ObjectName {
  bucket: string;
  key: string;
}
type ObjectRead =
  | { body: Uint8Array; etag: string; versionId?: string }
  /** It is the one of the ETag still. */
  | 'unchanged'
  /** AWS says no, or what is there is too large: by its error's name. Trying again does not help. */
  | { refused: string };

/** Every policy folder that loads in time is smaller by far. */
const LARGEST = 32 * 1024 * 1024;
/** No object, no such version, no right to it (S3 says so of what is absent, too), or a bucket of another region. */
const FINAL = [301, 403, 404, 405];

/**
 * An object of S3. Region, credentials and endpoint come from the SDK's own environment.
 * @param owner the account whose bucket it must be: a stranger may take the name of a deleted one; undefined: not known
 * @param limit for everything from the call to the last byte
 */
export function policyObject(
  { bucket, key }: ObjectName,
  { owner, limit }: { owner?: (() => Promise<string | undefined>) | undefined; limit: Millis },
): {
  /** @throws while S3 cannot be reached, or is late */
  read(which?: { unless?: string | undefined; versionId?: string | undefined }): Promise<ObjectRead>;
} {
  const client = s3(limit / 2, limit);

  async function get(command: GetObjectCommand, signal: AbortSignal): Promise<ObjectRead> {
    try {
      const found = await client.send(command, { abortSignal: signal });
      if ((found.ContentLength ?? Infinity) > LARGEST) return { refused: 'TooLarge' };
      const body = (await found.Body?.transformToByteArray()) ?? new Uint8Array();
      const versionId = found.VersionId === 'null' ? undefined : found.VersionId;
      return { body, etag: found.ETag ?? '', ...(versionId !== undefined && { versionId }) };
    } catch (error) {
      const status = statusOf(error);
      if (status === 304) return 'unchanged';
      if (status !== undefined && FINAL.includes(status)) return { refused: nameOf(error) };
      throw new Error(`S3 cannot be read (${nameOf(error)})`, { cause: error });
    }
  }

  return {
    async read({ unless, versionId } = {}) {
      const expected = await owner?.();
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(expected !== undefined && { ExpectedBucketOwner: expected }),
        ...(unless !== undefined && { IfNoneMatch: unless }),
        ...(versionId !== undefined && { VersionId: versionId }),
      });
      // A limit of our own: the client may pause between two tries, or read a body that never ends.
      return within(limit, (signal) => get(command, signal), 'S3 has not answered');
    },
  };
}

/** @returns whether a bucket keeps the versions of its objects, or the name of AWS's error */
export async function bucketVersioning(bucket: string): Promise<boolean | { error: string }> {
  const client = s3(2_000, 10_000);
  try {
    return (await client.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status === 'Enabled';
  } catch (error) {
    return { error: error instanceof Error ? error.name : 'Unknown' };
  } finally {
    client.destroy();
  }
}

function s3(connectionTimeout: Millis, requestTimeout: Millis): S3Client {
  const requestHandler = { connectionTimeout, requestTimeout, throwOnRequestTimeout: true, ...awsAgents() };
  return new S3Client({ maxAttempts: 2, requestHandler });
}

function statusOf(error: unknown): number | undefined {
  const { $metadata: about } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return about?.httpStatusCode;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
