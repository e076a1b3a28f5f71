import { judgeVersioning } from '../../../src/cli/doctor/policies.js';
import { grantKinds } from '../../../src/grants/kinds.js';
import { packFolder } from '../../../src/policy/cases/folder.js';
import { folder, POLICIES } from '../../support/company.js';
import { startS3 } from '../../support/s3.js';
import { installation } from '../../support/doctor.js';

const OBJECT = 'corp-jit/bundle.json';
const LIVE = { JIT_POLICY_S3: `s3://${OBJECT}` };

let here: Awaited<ReturnType<typeof installation>>;
let s3: Awaited<ReturnType<typeof startS3>>;
let good: string;
beforeAll(async () => {
  here = await installation();
  const packed = await packFolder(POLICIES, { kinds: grantKinds }, 0);
  if ('text' in packed) good = packed.text;
});
afterAll(() => here.close());
beforeEach(async () => {
  s3 = await startS3();
  process.env['AWS_ENDPOINT_URL_S3'] = s3.url;
});
afterEach(() => s3.close());

describe('policies in S3', () => {
  test('that are not there, may not be read, or do not load, fail', async () => {
    expect(await here.of('policy bundle', LIVE)).toEqual([
      expect.stringMatching(/^s3:\/\/corp-jit\/bundle\.json: the object does not exist; upload it: /),
    ]);
    s3.how.fail = [404, 'NoSuchBucket'];
    expect(await here.of('policy bundle', LIVE)).toEqual([
      expect.stringMatching(/the bucket does not exist; create it, .* --param policyBucket/),
    ]);
    s3.how.fail = [301, 'PermanentRedirect'];
    expect(await here.of('policy bundle', LIVE)).toEqual([
      expect.stringMatching(/the bucket is in another region; use one in the region of AWS_REGION/),
    ]);
    s3.how.fail = [403, 'AccessDenied'];
    expect(await here.of('policy bundle', LIVE)).toEqual([expect.stringMatching(/allow jit s3:GetObject/)]);
    delete s3.how.fail;
    s3.put(OBJECT, good.replace('risk: low', 'risk: none'));
    expect(await here.of('policy bundle', LIVE)).toEqual([
      expect.stringMatching(/^catalog\.yml:\d+: .*risk/),
    ]);
  });

  test('that are for another account than that of the credentials, fail', async () => {
    s3.put(
      OBJECT,
      good.replace('channel: C0ACCESS', String.raw`account: \"777788889999\"\nchannel: C0ACCESS`),
    );
    expect(await here.of('policy bundle', LIVE)).toEqual([
      expect.stringMatching(
        /^directory\.yml:\d+: account: jit does not run in 777788889999, but in 999900001111/,
      ),
    ]);
  });

  test('whose own cases fail, fail', async () => {
    s3.put(OBJECT, good.replaceAll(String.raw`@chain(\"manager\")`, String.raw`@chain(\"auto\")`));
    const steps = await here.examined(LIVE);
    expect(steps.get('policy cases')).toMatchObject({
      outcome: 'failed',
      problems: expect.arrayContaining([
        { what: expect.stringMatching(/^cases\/staging/), fix: expect.any(String) },
      ]),
    });
  });

  test('that cannot be reached, fail', async () => {
    s3.how.fail = [500, 'InternalError'];
    expect(await here.of('policy bundle', LIVE)).toEqual([
      expect.stringMatching(/S3 cannot be read \(InternalError\) → check AWS_REGION/),
    ]);
  });

  test('in a bucket without versions are a warning, and so is a folder that could not stand in for them', async () => {
    s3.put(OBJECT, good);
    const fine = await here.of('policy bundle', LIVE);
    s3.how.versions = false;
    const found = await here.of('policy bundle', { ...LIVE, JIT_POLICY_DIR: folder() });
    expect(found.filter((line) => !fine.includes(line))).toEqual([
      expect.stringMatching(/^the bucket corp-jit keeps no versions.* → aws s3api put-bucket-versioning /),
      expect.stringMatching(/^the folder .* does not load → jit policy validate/),
    ]);
    expect(judgeVersioning('corp-jit', { error: 'AccessDenied' })).toEqual([
      {
        what: expect.stringContaining('(AccessDenied)'),
        fix: expect.stringContaining('s3:GetBucketVersioning'),
      },
    ]);
  });
});
