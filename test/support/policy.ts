import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Bundle, Problem } from '../../src/ports/policy.js';
import type { GrantKind } from '../../src/ports/access.js';
import { kindOf } from './kinds.js';
import { loadFolder, type Loaded } from '../../src/policy/load.js';

export const POLICIES = join(__dirname, '../../policies');

/** Grant kinds that take any mapping. */
export const kinds: GrantKind[] = [
  kindOf('sts-session', { escapes: ({ chaining }) => chaining === true }),
  kindOf('iam-policy', { needsPrincipal: true }),
];

export const FILES = {
  'schema.cedarschema': '',
  'policies.cedar': `@id("low-at-once")
@chain("auto")
permit (principal in Jit::Group::"engineers", action == Jit::Action::"request", resource)
when { resource.risk == "low" };
`,
  'catalog.yml': `entitlements:
  - id: logs
    name: Logs
    description: Read logs.
    environment: staging
    account: "444455556666"
    risk: low
    owners: [dba]
    durations: [1h, 4h]
    sts-session: { roleArn: "arn:aws:iam::444455556666:role/jit/Logs" }
`,
  'directory.yml': `channel: C0ACCESS
groups:
  engineers: { usergroup: S0ENG }
  dba: { members: [dan@corp.example] }
  security: { members: [sam@corp.example, kim@corp.example] }
stages:
  manager: { manager: true }
  owners: { owners: true }
  security: { group: security }
`,
};

const made: string[] = [];

/** The default schema. */
export const schemaText = (): string => readFileSync(join(POLICIES, 'schema.cedarschema'), 'utf8');

/** Writes a policy folder: the small one above with these files replaced; `undefined` leaves a file out. */
export async function folder(files: Record<string, string | Uint8Array | undefined> = {}): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'jit-policy-'));
  made.push(dir);
  const schema = schemaText();
  for (const [name, text] of Object.entries({ ...FILES, 'schema.cedarschema': schema, ...files })) {
    if (text === undefined) continue;
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  return dir;
}

export async function removeFolders(): Promise<void> {
  await Promise.all(made.splice(0).map((dir) => rm(dir, { recursive: true, force: true })));
}

export async function problemsOf(files: Record<string, string | Uint8Array | undefined>): Promise<string[]> {
  const loaded = await loadFolder(await folder(files), { kinds });
  return 'problems' in loaded ? loaded.problems.map(shown) : [];
}

/** `catalog.yml:12: …` */
function shown({ file, line, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
}

export async function load(files: Record<string, string | Uint8Array | undefined> = {}): Promise<Bundle> {
  return bundleAt(await folder(files));
}

export const bundleAt = async (dir: string): Promise<Bundle> => (await loadedAt(dir)).bundle;

export async function loadedAt(dir: string): Promise<Loaded> {
  const loaded = await loadFolder(dir, { kinds });
  if ('problems' in loaded) throw new Error(loaded.problems.map(shown).join('\n'));
  return loaded;
}

/** From when on the laws of cases are proven. */
export const FROM = Date.UTC(2026, 10, 20, 10);
