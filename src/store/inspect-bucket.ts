import { GetBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';

/** @returns whether a bucket keeps the versions of its objects, or the name of AWS's error */
export async function bucketVersioning(bucket: string): Promise<boolean | { error: string }> {
  const client = new S3Client({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
  try {
    return (await client.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status === 'Enabled';
  } catch (error) {
    return { error: error instanceof Error ? error.name : 'Unknown' };
  } finally {
    client.destroy();
  }
}
