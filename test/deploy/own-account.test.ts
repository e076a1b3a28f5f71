/** @project outside */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startCloud, type Cloud } from '../../src/sandbox/aws/index.js';
import { EVERYTHING } from '../support/deploy/account.js';
import { packaged, ROOT } from '../support/deploy/template.js';
import { ACCOUNT } from '../support/deploy/values.js';

let cloud: Cloud;
let dir: string;
beforeAll(async () => {
  cloud = await startCloud({ now: Date.now });
  dir = mkdtempSync(join(ROOT, 'node_modules/.cache/jit-deploy-'));
  cpSync(dirname(dirname(packaged().file)), dir, { recursive: true });
});
afterAll(async () => {
  await cloud.close();
  rmSync(dir, { recursive: true });
});

/** `osls deploy` with credentials of ACCOUNT, in a cloud that knows IAM and STS, and no CloudFormation. */
async function deploy(directory: string): Promise<string> {
  writeFileSync(join(dir, 'dist/lambda/slack/policies/directory.yml'), directory);
  const { keys } = cloud.addUser({ account: ACCOUNT, name: `ops${Math.random()}`, inline: { EVERYTHING } });
  const osls = join(ROOT, 'node_modules/osls/bin/serverless.js');
  const options = ['deploy', '--region', 'eu-west-1', '--param', 'teamId=T0123456789'];
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [osls, ...options], {
    cwd: dir,
    env: {
      PATH,
      HOME,
      CI: 'true',
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_ENDPOINT_URL: cloud.url,
    },
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return out + err;
}

describe('osls deploy', () => {
  test('sends nothing with credentials of another account than directory.yml says', async () => {
    const said = await deploy('channel: C0ACCESS\naccount: "777788889999"\n');
    expect(said).toContain(
      `directory.yml says that jit runs in the account 777788889999, and these credentials are of ${ACCOUNT}: nothing was deployed.`,
    );
    expect(said).not.toContain('DescribeStack');
  });

  test.each([
    ['that directory.yml says', `account: "${ACCOUNT}"\n`],
    ['where it says none', ''],
  ])('goes on with credentials of the account %s', async (_, more) => {
    const said = await deploy(`channel: C0ACCESS\n${more}`);
    expect(said).not.toContain('nothing was deployed');
    expect(said).toMatch(/DescribeStack|InvalidAction|UnknownOperation/);
  });
});
