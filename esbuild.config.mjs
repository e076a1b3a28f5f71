/**
 * Builds the Lambda bundles: `node esbuild.config.mjs [--out <folder>]`, with the policies of JIT_POLICY_DIR (default
 * `policies`). Refuses, with every reason, a policy folder that does not load or whose cases fail, a bundle that holds
 * what it must not, and one that is too large. How long each takes to load here is only said: `npm run bench` judges it,
 * beside a process that loads nothing.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import NOT_IN_SLACK from './slack-function.cjs';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const { values } = parseArgs({
  options: { out: { type: 'string', default: 'dist/lambda' } },
});
const OUT = resolve(ROOT, values.out);
const POLICIES = resolve(ROOT, process.env.JIT_POLICY_DIR || 'policies');
const require = createRequire(import.meta.url);
const WASM = join(require.resolve('@cedar-policy/cedar-wasm/nodejs'), '../cedar_wasm_bg.wasm');

const NAMES = ['slack', 'stream', 'sweep'];
const MB = 1_000_000;
/** Of the zip; the others are woken by AWS, and nobody waits for their cold start. */
const LARGEST = { slack: 2.5 * MB };
/**
 * What Bolt needs for Web servers and sockets, and a Lambda does not: its own receiver is jit's. They are only loaded, never
 * used: whoever uses one hears so.
 */
const UNNEEDED = /^(?:express|raw-body|path-to-regexp|@slack\/socket-mode|@slack\/oauth|thread-stream)$/;
const RECEIVERS = /^\.\/receivers\/[A-Zc]/;
const unneeded = {
  name: 'unneeded',
  setup({ onResolve, onLoad }) {
    const namespace = 'unneeded';
    onResolve({ filter: UNNEEDED }, ({ path }) => ({ path, namespace }));
    onResolve({ filter: RECEIVERS }, ({ path, importer }) =>
      importer.includes('/node_modules/@slack/bolt/')
        ? { path: `@slack/bolt/${path.slice(2)}`, namespace }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unneeded' }, ({ path }) => ({
      contents: `const no = () => { throw new Error(${JSON.stringify(`${path} is not in the Lambda bundles`)}); };
        module.exports = new Proxy(function () {}, { construct: no, apply: no,
          get: (_, key) => key === '__esModule' ? false : key === 'prototype' ? {} : module.exports });`,
    }));
  },
};
/**
 * What no first click needs, in files of their own, read when they are first used: calendars with repetitions, and what
 * proves the laws of cases. In one file with the rest, they were half of what each process reads and scans.
 */
const APART = ['refa', 'rrule-temporal', 'windows-iana'];
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: new RegExp(`^(?:${APART.join('|')})$`) }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: `./apart/${path}.js`, external: true },
    );
  },
};

/** What only a proxy needs lies beside a bundle: a cold start without one does not read it. */
const WEB = { file: 'web.js', entry: 'src/kit/outbound/web.ts' };
const web = {
  name: 'web',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/web\.js$/ }, ({ importer }) =>
      importer.endsWith(join('kit', 'outbound', 'index.ts'))
        ? { path: `./${WEB.file}`, external: true }
        : undefined,
    );
  },
};

const options = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  write: false,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  // First the modules that esbuild can take apart: halves the size and the time to load.
  mainFields: ['module', 'main'],
  metafile: true,
  sourcemap: 'external',
  sourcesContent: false,
  logLevel: 'warning',
  // `import()` of a module of Node's own would look at all that it exports, and so load what nobody asks for.
  supported: { 'dynamic-import': false },
  plugins: [unneeded, apart, web],
};

function refuse(what, problems) {
  process.stderr.write(`${what}:\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
  process.exit(1);
}

async function bundle(name, input, folder) {
  const { outputFiles, metafile } = await build({ ...options, ...input, outfile: join(folder, 'index.js') });
  mkdirSync(folder, { recursive: true });
  const of = (end) => outputFiles.find(({ path }) => path.endsWith(end));
  writeFileSync(join(folder, 'index.js'), of('index.js').contents);
  cpSync(WASM, join(folder, 'cedar_wasm_bg.wasm'));
  cpSync(join(OUT, 'apart'), join(folder, 'apart'), { recursive: true });
  const [output] = Object.entries(metafile.outputs).filter(([path]) => path.endsWith('index.js'));
  const held = Object.entries(output[1].inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { map: of('.map').contents, held: held.map(([path]) => path) };
}

async function bundleApart() {
  for (const name of APART) {
    const stdin = { contents: `export * from '${name}';`, resolveDir: ROOT };
    const outfile = join(OUT, 'apart', `${name}.js`);
    await build({ ...options, stdin, plugins: [], write: true, sourcemap: false, outfile });
  }
}

/** The policy folder, read by the code that will read it, and asked its own cases. */
async function checkPolicies() {
  const folder = join(OUT, 'check');
  const contents = `
    import { partitionOfRegion } from './grants/aws/documents/partitions.ts';
    import { grantKinds } from './grants/kinds.ts';
    import { runCases } from './policy/cases/run.ts';
    import { asLine, loadFolder } from './policy/load.ts';
    import { freeze } from './policy/prepared.ts';
    export async function check(dir, region) {
      const ownPartition = partitionOfRegion(region)?.name;
      const loaded = await loadFolder(dir, { kinds: grantKinds, ownPartition });
      if ('problems' in loaded) return { problems: loaded.problems.map(asLine) };
      const cases = await runCases(dir, loaded, { from: Date.now() });
      const problems = cases.filter(({ passed }) => !passed).map(({ file, line, name, expected, actual }) =>
        asLine({ file, line, message: \`the case "\${name}" fails: expected \${expected}, got \${actual}\` }));
      const prepared = freeze({ parts: loaded.parts, warnings: loaded.bundle.warnings, ownPartition });
      return { problems, cases: cases.length, hash: loaded.bundle.hash, prepared };
    }`;
  const stdin = { contents, resolveDir: join(ROOT, 'src'), sourcefile: 'check.ts', loader: 'ts' };
  await bundle('check', { stdin }, folder);
  // The region of the deployment, as serverless.yml has it.
  const region = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || '';
  const found = await require(join(folder, 'index.js')).check(POLICIES, region);
  rmSync(folder, { recursive: true });
  if (found.problems.length > 0)
    refuse(`the policy folder ${relative(ROOT, POLICIES)} is refused`, found.problems);
  return found;
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** In whole ms, in a process of its own; without AWS's own start. */
function timeToLoad(folder) {
  const script =
    'const begun = performance.now(); require(process.argv[1]); console.log(performance.now() - begun)';
  return Math.round(Number(execFileSync(process.execPath, ['-e', script, join(folder, 'index.js')])));
}

/** What a zip of it weighs, entry headers included. */
function zipped(folder) {
  return filesIn(folder).reduce(
    (sum, file) => sum + deflateRawSync(readFileSync(file), { level: 9 }).length + 2 * file.length + 76,
    22,
  );
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(join(OUT, 'maps'), { recursive: true });
// Beside the zips, not in them: in Lambda there is no package.json, and JavaScript is CommonJS.
writeFileSync(join(OUT, 'package.json'), '{"type":"commonjs"}\n');

await bundleApart();
const { cases, hash, prepared } = await checkPolicies();
process.stdout.write(`policies ${hash.slice(0, 12)}: ${cases} cases pass\n`);

const problems = [];
for (const name of NAMES) {
  const folder = join(OUT, name);
  const { map, held } = await bundle(name, { entryPoints: [`src/entry/${name}-lambda.ts`] }, folder);
  writeFileSync(join(OUT, 'maps', `${name}.js.map`), map);
  await build({
    ...options,
    sourcemap: false,
    entryPoints: [WEB.entry],
    write: true,
    outfile: join(folder, WEB.file),
  });
  cpSync(POLICIES, join(folder, 'policies'), { recursive: true });
  writeFileSync(join(folder, 'policies.bin'), prepared);
  if (name === 'slack')
    for (const path of held.filter((file) => NOT_IN_SLACK.some((pattern) => pattern.test(file))))
      problems.push(`slack holds ${path}`);
  const size = zipped(folder);
  if (size > (LARGEST[name] ?? Infinity))
    problems.push(`${name} is ${(size / MB).toFixed(2)} MB zipped, more than ${LARGEST[name] / MB}`);
  process.stdout.write(
    `${name}: ${(size / MB).toFixed(2)} MB zipped, loads in ${timeToLoad(folder)} ms here\n`,
  );
}
rmSync(join(OUT, 'apart'), { recursive: true });
if (problems.length > 0) refuse('the bundles are refused', problems);
