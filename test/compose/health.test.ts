import { grantKinds } from '../../src/grants/kinds.js';
import { packFolder } from '../../src/policy/tools/pack.js';
import { POLICIES, serveCompany } from '../support/company.js';
import { startS3 } from '../support/s3.js';

const OBJECT = 'corp-jit/bundle.json';

test('the self-hosted process reads S3 too, and its health says what is in force and what is refused', async () => {
  const s3 = await startS3();
  const before = { ...process.env };
  process.env['AWS_ENDPOINT_URL_S3'] = s3.url;
  const packed = await packFolder(POLICIES, { kinds: grantKinds });
  const good = 'text' in packed ? packed.text : '';
  s3.put(OBJECT, good);
  const it = await serveCompany({ policyObject: { bucket: 'corp-jit', key: 'bundle.json' } });
  const policies = async (): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${it.port}/healthz`);
    return ((await answer.json()) as { policies: unknown }).policies;
  };
  try {
    expect(await policies()).toEqual({
      source: 's3://corp-jit/bundle.json',
      loadedAt: expect.any(String),
      refused: 0,
    });
    s3.put(OBJECT, good.replace('risk: low', 'risk: none'));
    await it.pass(30_000);
    expect(await it.app.policies.refresh()).toBe('refused');
    expect(await policies()).toMatchObject({ source: 's3://corp-jit/bundle.json', refused: 1 });
    s3.how.fail = [500, 'InternalError'];
    await it.pass(30_000);
    expect(await it.app.policies.refresh()).toBe('unreachable');
    const unreachableSince = new Date(it.now()).toISOString();
    expect(await policies()).toMatchObject({ refused: 1, unreachableSince });
  } finally {
    await it.close();
    await s3.close();
    process.env = before;
  }
});

test('invariant 16: what is due does not wait for a look at the policies', async () => {
  const it = await serveCompany({ sweepSeconds: 0.02 });
  const sweptAt = async (): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${it.port}/healthz`);
    return ((await answer.json()) as { sweep: { lastAt: unknown } }).sweep.lastAt;
  };
  try {
    // S3 is silent, or somebody is writing the folder, for as long as this lasts.
    it.app.policies.refresh = () => new Promise(() => undefined);
    await it.pass(60_000);
    const late = new Date(it.now()).toISOString();
    while ((await sweptAt()) !== late);
    expect(await sweptAt()).toBe(late);
  } finally {
    await it.close();
  }
});
