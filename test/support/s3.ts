import { createHash } from 'node:crypto';
import { listening } from './http.js';

export interface Asked {
  bucket: string;
  key: string;
  ifNoneMatch?: string;
  versionId?: string;
  owner?: string;
}

/** S3 as far as GetObject goes, with versions and ETags, and GetBucketVersioning: XML over HTTP, path style. */
export async function startS3() {
  const objects = new Map<string, { body: string; versionId: string }[]>();
  const asked: Asked[] = [];
  const how: { fail?: [status: number, code: string]; slow?: 'answer' | 'body'; versions: boolean } = {
    versions: true,
  };
  const etagOf = (body: string) => `"${createHash('md5').update(body).digest('hex')}"`;

  const { url, close } = await listening((request, _, response) => {
    const asking = new URL(request.url ?? '/', 'http://s3');
    const [, bucket = '', ...rest] = decodeURIComponent(asking.pathname).split('/');
    const key = rest.join('/');
    const end = (status: number, body: string) => response.writeHead(status).end(body);
    const error = (status: number, code: string) =>
      end(status, `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
    if (asking.searchParams.has('versioning')) {
      if (how.fail) return error(...how.fail);
      const status = how.versions ? '<Status>Enabled</Status>' : '';
      return end(200, `<VersioningConfiguration>${status}</VersioningConfiguration>`);
    }
    const { 'if-none-match': ifNoneMatch, 'x-amz-expected-bucket-owner': owner } = request.headers;
    const versionId = asking.searchParams.get('versionId') ?? undefined;
    asked.push({
      bucket,
      key,
      ...(ifNoneMatch !== undefined && { ifNoneMatch }),
      ...(versionId !== undefined && { versionId }),
      ...(typeof owner === 'string' && { owner }),
    });
    if (how.slow === 'answer') return undefined;
    if (how.fail) return error(...how.fail);
    const versions = objects.get(`${bucket}/${key}`) ?? [];
    const found = versionId ? versions.find((one) => one.versionId === versionId) : versions.at(-1);
    if (!found) return error(404, versionId ? 'NoSuchVersion' : 'NoSuchKey');
    response.setHeader('etag', etagOf(found.body));
    if (how.versions) response.setHeader('x-amz-version-id', found.versionId);
    if (ifNoneMatch === etagOf(found.body)) return end(304, '');
    response.setHeader('content-length', Buffer.byteLength(found.body));
    if (how.slow === 'body') return response.write(found.body.slice(0, 10));
    return end(200, found.body);
  });

  return {
    url,
    /** What was asked of objects. */
    asked,
    /** May be changed at any time. */
    how,
    /** @returns the new version's id */
    put(name: string, body: string): string {
      const versions = objects.get(name) ?? [];
      const versionId = `v${versions.length + 1}`;
      objects.set(name, [...versions, { body, versionId }]);
      return versionId;
    },
    remove: (name: string) => objects.delete(name),
    close,
  };
}
