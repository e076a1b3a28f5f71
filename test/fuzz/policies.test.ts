/** @project long */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { grantKinds } from '../../src/grants/kinds.js';
import { trapped } from '../../src/policy/cedar/cedar.js';
import { loadFolder, type Loaded } from '../../src/policy/load.js';
import type { Bundle, Problem } from '../../src/ports/policy.js';
import { bundleAt, POLICIES } from '../support/policy.js';
import { PAYMENTS } from '../support/sub-folder.js';
import { damaged, type Thing } from './policy-files.js';
import { random } from './random.js';
import { cost, leastCost } from '../support/growth.js';
import { tries } from '../support/tries.js';

const RUNS = tries(300, 2000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
/** As often as the folder that nobody has damaged, by the processor's time, one may take at most. */
const SLOWEST = 200;
const FILES = ['catalog.yml', 'directory.yml', 'schema.cedarschema', 'production.cedar', 'approvals.cedar'];

let dir: string;
let good: Bundle;
let base: Record<string, string>;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'jit-fuzz-'));
  good = await bundleAt(POLICIES);
  const texts = FILES.map(async (name) => [name, await readFile(join(POLICIES, name), 'utf8')] as const);
  base = { ...Object.fromEntries(await Promise.all(texts)), ...PAYMENTS };
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function write(things: Record<string, Thing>): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir);
  for (const [name, thing] of Object.entries(things)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    if (typeof thing === 'string' || thing instanceof Uint8Array) await writeFile(join(dir, name), thing);
    else if ('link' in thing) await symlink(thing.link, join(dir, name));
    else await mkdir(join(dir, name), { recursive: true });
  }
}

/** What is wrong with this answer, or undefined. */
function wrong(loaded: Loaded | { problems: Problem[] }, things: Record<string, Thing>): string | undefined {
  if ('problems' in loaded) {
    if (loaded.problems.length === 0) return 'neither loaded nor refused';
    const known = ['*.cedar', dir, ...FILES, ...Object.keys(things).flatMap(placesOf)];
    const odd = loaded.problems.find(({ file, message }) => !known.includes(file) || message.length < 10);
    if (odd) return `a problem that says nothing: ${JSON.stringify(odd)}`;
    const fault = loaded.problems.find(({ file }) => file === dir);
    return fault && `a fault that no check foresaw: ${fault.message}`;
  }
  return missing(loaded, things);
}

/** A file as problems may name it, the folders in which it stands, and the catalog that might be missing there. */
function placesOf(file: string): string[] {
  const folders = file.split('/').map((_, n, parts) => parts.slice(0, n + 1).join('/'));
  return [...folders, ...folders.map((folder) => `${folder}/catalog.yml`)].flatMap((name) => [
    name,
    name.replaceAll('\n', String.raw`\u{a}`),
  ]);
}

const isAside = (file: string) => /(?:^|\/)\.|(?:^|\/)#[^/]*$|~$/.test(file);
/** As the documentation says it: what decides, by its path. */
const IS_READ =
  /^(?:schema\.cedarschema|directory\.yml|(?:[^/]+\/)?(?:catalog\.yml|[^/]+\.cedar)|(?:[^/]+\/)?cases\/[^/]+\.ya?ml)$/;
const looksRead = (file: string) =>
  /\.(?:cedar|ya?ml|cedarschema)$/i.test(file) && !/(?:^|\/)kustomization\.ya?ml$|^lost\+found\//.test(file);

/** What stands in the files and was not loaded. */
function missing({ parts, bundle }: Loaded, things: Record<string, Thing>): string | undefined {
  // What an editor or an archive puts beside a file is none.
  const files = Object.keys(things).filter((file) => !isAside(file));
  const passedOver = files.find((file) => looksRead(file) && !IS_READ.test(file));
  if (passedOver !== undefined) return `${passedOver}: passed over in silence`;
  const warned = new Set(bundle.warnings.map(({ file }) => dirname(file)));
  const strays = files.filter((file) => !looksRead(file) && !isEmptyFolder(things[file]!));
  const unsaid = strays.find((file) => !warned.has(dirname(file)) && !file.startsWith('lost+found/'));
  if (unsaid !== undefined) return `${unsaid}: left out without a warning`;

  const text = (name: string) => Buffer.from(things[name] as Uint8Array | string).toString();
  const policies = [...parts.policies];
  for (const name of files.filter((file) => file.endsWith('.cedar') && looksRead(file)).sort()) {
    let rest = text(name).replace(/^\uFEFF/, '');
    while (policies[0] && rest.startsWith(policies[0].text)) rest = rest.slice(policies.shift()!.text.length);
    if (rest.replace(/\/\/[^\n\r]*/g, '').trim() !== '') return `${name}: left out: ${rest.slice(0, 100)}`;
  }
  if (policies.length > 0) return 'policies that no file has';
  const catalogs = files
    .filter((file) => file.endsWith('catalog.yml') && looksRead(file))
    .map((file) => parse(text(file)) as { entitlements: unknown[] });
  const directory = parse(text('directory.yml')) as { groups?: object; stages?: object };
  const counts = [
    [catalogs.flatMap(({ entitlements }) => entitlements).length, parts.entitlements.size],
    [Object.keys(directory.groups ?? {}).length, Object.keys(parts.directory.groups).length],
    [Object.keys(directory.stages ?? {}).length, parts.directory.stages.length],
  ];
  const short = counts.find(([written, read]) => written !== read);
  return short && `of ${short[0]} only ${short[1]} were loaded`;
}

const isEmptyFolder = (thing: Thing) => typeof thing === 'object' && 'folder' in thing;

/** Cedar has one memory for all: whatever it was given, what was good before decides as it did. */
function stillDecides(): string | undefined {
  const who = { email: 'ana@corp.example', groups: ['engineers'] };
  const at = Date.UTC(2026, 10, 20, 10);
  const ask = { who, entitlement: 'orders-db-admin', duration: 3_600_000, at };
  const [yes, no] = [good.pdp.request({ ...ask, ticket: 'OPS-12' }), good.pdp.request(ask)];
  if (yes.outcome === 'needs-approval' && no.policies.join() === 'production-needs-ticket') return undefined;
  return `the good policies decide otherwise: ${JSON.stringify([yes, no, trapped()])}`;
}

test(`invariant 4: up to ${RUNS} policy folders that nobody meant load wholly or not at all, seed ${SEED}`, async () => {
  const r = random(SEED);
  const counts = { loaded: 0, refused: 0 };
  const load = () => loadFolder(dir, { kinds: grantKinds });
  await write(base);
  await load();
  const usual = await leastCost(load);
  for (let n = 0; n < RUNS; n++) {
    const { things, how } = damaged(r, base);
    const say = (what: string) => new Error(`seed ${SEED}, number ${n} (${how.join(', ')}): ${what}`);
    await write(things);
    let loaded!: Awaited<ReturnType<typeof load>>;
    const again = async () => void (loaded = await load());
    let took = await cost(again);
    // Slow is what is slow each time.
    if (took > SLOWEST * usual) took = await leastCost(again);
    if (took > SLOWEST * usual) throw say(`${took / usual} times as slow as the undamaged folder`);
    const problem = wrong(loaded, things) ?? stillDecides();
    if (problem !== undefined) throw say(problem);
    counts['problems' in loaded ? 'refused' : 'loaded']++;
    if (!('problems' in loaded)) {
      const { bundle } = loaded;
      const [entitlement = ''] = bundle.entitlements.keys();
      const ask = { who: { email: 'a@b.example', groups: [] }, entitlement, duration: 60_000, at: 0 };
      bundle.pdp.request(ask);
      const unwell = trapped() ?? stillDecides();
      if (unwell !== undefined) throw say(unwell);
    }
  }
  // Neither so much damage that nothing is read, nor so little that nothing is found.
  const tried = counts.loaded + counts.refused;
  expect(tried).toBeGreaterThan(100);
  expect(counts.loaded).toBeGreaterThan(tried / 50);
  expect(counts.refused).toBeGreaterThan(tried / 3);
});
