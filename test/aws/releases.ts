import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploy, type Deployed, type Version } from '../support/aws/deployed.js';
import { eventually } from '../support/aws/acts.js';
import { REGION } from '../support/aws/emulator.js';
import { commands, instead, typed } from '../support/aws/handbook.js';

/** A version that people may have deployed. */
interface Release extends Pick<Version, 'handbook' | 'packaging' | 'forgotten'> {
  version: string;
  /** The last of it. */
  commit: string;
  /** What docs/aws.md has people do before they deploy over it, beyond the usual. */
  before?: (it: Deployed, release: Version) => Promise<void>;
}

/** 0.1 refuses a bundle that takes long to load, which on a busy machine it does. */
const UNTIMED = 'node esbuild.config.mjs --untimed && npx osls package';
/** It was written for version 2 of the AWS CLI. */
const CLI_1 = { AWS_DEFAULT_REGION: REGION };

/** Every release, by its last commit. */
export const RELEASES: Release[] = [
  {
    version: '0.1.0',
    commit: '9b6218d55a22d6c3a3c96dec50b53f3fe4a0ba15',
    handbook: 'README.md',
    packaging: UNTIMED,
    forgotten: CLI_1,
    before: withoutOldIndex,
  },
];

const BY_ENTITLEMENT = `
          - IndexName: by-entitlement
            KeySchema:
              - { AttributeName: entitlement, KeyType: HASH }
              - { AttributeName: endsAt, KeyType: RANGE }
            Projection: { ProjectionType: KEYS_ONLY }`;
const ATTRIBUTES = ['entitlement, AttributeType: S', 'endsAt, AttributeType: N'].map(
  (attribute) => `\n          - { AttributeName: ${attribute} }`,
);

/** "Upgrading to 0.2", its first two steps: the old index goes in a deployment of its own. */
async function withoutOldIndex(it: Deployed, release: Version): Promise<void> {
  expect(await indexes(it)).toContain('by-entitlement: ACTIVE');
  const file = join(release.tree, 'serverless.yml');
  const removed = [BY_ENTITLEMENT, ...ATTRIBUTES].map((lines): [string, string] => [lines, '']);
  writeFileSync(file, instead(readFileSync(file, 'utf8'), ...removed));
  await deploy(it.exported, release);
  await eventually('the old index is gone', async () => (await indexes(it)).length === 2);
}

/** The indexes of the table as the handbook has people look at them, as soon as the table is active. */
export function indexes(it: Deployed): Promise<string[]> {
  return eventually('the table is active', async () => {
    const said = await typed(commands('aws dynamodb describe-table'), { env: it.exported });
    const found = JSON.parse(said) as { status: string; indexes: [name: string, status: string][] };
    return found.status === 'ACTIVE' && found.indexes.map((index) => index.join(': ')).sort();
  });
}
