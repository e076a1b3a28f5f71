// Checks the image: `node .ci/image.mjs`. Where Docker runs it builds the image; elsewhere it carries out the instructions of the
// Dockerfile in plain folders, which shows everything but the base image, the user and the architecture.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const IMAGE = 'jit-access:ci';
/** What must not be in it: what builds and tests, and the doubles. */
const ABSENT = [
  ...['src', 'test', 'dist-sandbox', 'dist/sandbox', 'dist/bench', '.env', '.git'],
  ...['typescript', 'jest', 'osls', 'esbuild', 'preact'].map((name) => `node_modules/${name}`),
];

const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line.trim() && !line.startsWith('#'));
/** [{ name, base, steps: [[instruction, the rest]] }] */
const stages = [];
for (const line of lines) {
  const [, word, rest] = /^(\S+)\s+(.*)$/.exec(line);
  if (word === 'FROM') {
    const [, base, name] = /^(\S+)(?: AS (\S+))?$/.exec(rest);
    stages.push({ base, name, steps: [] });
  } else stages.at(-1).steps.push([word, rest]);
}
const last = stages.at(-1);
const all = (stage, word) => stage.steps.filter(([name]) => name === word).map(([, rest]) => rest);
const [user] = all(last, 'USER');
const [check] = all(last, 'HEALTHCHECK').map((rest) => JSON.parse(rest.slice(rest.indexOf('['))));
const [command] = all(last, 'CMD').map((rest) => JSON.parse(rest));
const [workdir] = all(last, 'WORKDIR');

const nvmrc = readFileSync(join(ROOT, '.nvmrc'), 'utf8').trim();
for (const { base } of stages) assert.match(base, new RegExp(`^node:${nvmrc}-`), 'the Node.js of .nvmrc');
assert.ok(user && !['root', '0'].includes(user), 'the image runs as somebody who is not root');
assert.ok(check && command && workdir, 'HEALTHCHECK, CMD and WORKDIR are there, the first two as JSON');

const inDocker = spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0;
const dir = mkdtempSync(join(tmpdir(), 'jit-image-'));
try {
  const image = inDocker ? built() : carriedOut();
  for (const path of ABSENT) assert.ok(!image.has(path), `${path} is not in the image`);
  for (const path of ['dist/entry/server.js', 'bin/jit.js', 'node_modules/@slack/bolt', 'LICENSE'])
    assert.ok(image.has(path), `${path} is in the image`);

  const refused = image.run(command);
  assert.equal(refused.status, 1, refused.said);
  assert.match(refused.said, /SLACK_BOT_TOKEN is missing[^]*SLACK_SIGNING_SECRET is missing/);
  const policies = image.run(['node', 'bin/jit.js', 'policy', 'validate']);
  assert.match(
    policies.said,
    /\/policies: .*cannot be read \(ENOENT\)/,
    'nobody runs by the example policies unawares',
  );
  const example = image.run(['node', 'bin/jit.js', 'policy', 'validate', `${image.here}/policies`]);
  assert.equal(example.status, 0, example.said);

  const server = createServer((request, response) => {
    response.writeHead(request.url === '/healthz' ? status : 404).end('{}');
  });
  let status = 200;
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const port = String(server.address().port);
  assert.equal(await image.later(check, { PORT: port }), 0, 'healthy');
  status = 503;
  assert.equal(await image.later(check, { PORT: port }), 1, 'unhealthy');
  server.close();
  server.closeAllConnections();
  assert.equal(await image.later(check, { PORT: port }), 1, 'not there');
  console.log(
    inDocker
      ? `${IMAGE} is fine`
      : 'the stages of the Dockerfile are fine; Docker does not run here, so no image was built',
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function built() {
  const docker = (...args) => spawnSync('docker', args, { cwd: ROOT, encoding: 'utf8' });
  const build = spawnSync('docker', ['build', '--quiet', '--tag', IMAGE, ROOT], { stdio: 'inherit' });
  assert.equal(build.status, 0, 'the image can be built');
  const options = (env) => [
    ...['run', '--rm', '--network', 'host', '--read-only', '--cap-drop', 'ALL'],
    ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    IMAGE,
  ];
  assert.notEqual(docker(...options({}), 'id', '-u').stdout.trim(), '0', 'it does not run as root');
  return {
    here: workdir,
    has: (path) => docker(...options({}), 'test', '-e', path).status === 0,
    run: (args) => {
      const { status, stdout, stderr } = docker(...options({}), ...args);
      return { status, said: stdout + stderr };
    },
    later: (args, env) => exitOf('docker', [...options(env), ...args], {}),
  };
}

/** The stages as folders, one below the other as the Dockerfile has them. */
function carriedOut() {
  const context = join(dir, 'context');
  for (const name of letThrough()) cpSync(join(ROOT, name), join(context, name), { recursive: true });
  for (const [number, stage] of stages.entries()) carryOut(stage, join(dir, String(number)), context);
  const here = join(last.root, workdir);
  // Nothing of this machine's: what the image has, and where the commands are.
  const env = { PATH: process.env.PATH, ...last.env };
  return {
    here,
    has: (path) => existsSync(join(here, path)),
    run: ([program, ...args]) => {
      const { status, stdout, stderr } = spawnSync(program, args, {
        cwd: here,
        env,
        encoding: 'utf8',
        timeout: 60_000,
      });
      return { status, said: stdout + stderr };
    },
    later: ([program, ...args], more) => exitOf(program, args, { cwd: here, env: { ...env, ...more } }),
  };
}

function carryOut(stage, root, context) {
  stage.root = root;
  stage.env = {};
  let here = root;
  for (const [word, rest] of stage.steps) {
    if (['RUN', 'COPY'].includes(word)) console.log(`${stage.name ?? 'image'}: ${word} ${rest}`);
    if (word === 'WORKDIR') mkdirSync((here = join(root, rest)), { recursive: true });
    else if (word === 'ENV')
      for (const [, name, value] of rest.matchAll(/(\w+)=(\S+)/g)) stage.env[name] = value;
    else if (word === 'RUN') {
      const { status } = spawnSync('sh', ['-ec', rest], {
        cwd: here,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      assert.equal(status, 0, `RUN ${rest}`);
    } else if (word === 'COPY') {
      const [, from, paths] = /^(?:--from=(\S+) )?(.*)$/.exec(rest);
      const source = from ? stages.find(({ name }) => name === from)?.root : context;
      assert.ok(source, `there is a stage ${from} before`);
      const [to, ...sources] = paths.split(' ').reverse();
      for (const path of sources) copy(join(source, path), join(here, to), `COPY ${rest}`);
    } else
      assert.ok(['USER', 'EXPOSE', 'HEALTHCHECK', 'CMD'].includes(word), `${word} is known to .ci/image.mjs`);
  }
}

/** As Docker does: of a folder the content, of a file the file. */
function copy(from, to, step) {
  assert.ok(
    existsSync(from),
    `${step}: ${from.slice(dir.length)} is there, and .dockerignore lets it through`,
  );
  const target = statSync(from).isDirectory() ? to : join(to, basename(from));
  cpSync(from, target, { recursive: true, verbatimSymlinks: true });
}

/** @returns what .dockerignore names after a line that leaves everything out */
function letThrough() {
  const [everything, ...names] = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'));
  assert.equal(everything, '*', '.dockerignore leaves out everything that it does not name');
  for (const name of names) assert.match(name, /^![\w.-]+$/, '.dockerignore names what is let through');
  return names.map((name) => name.slice(1)).filter((name) => existsSync(join(ROOT, name)));
}

function exitOf(program, args, options) {
  return new Promise((end) => spawn(program, args, { ...options, stdio: 'inherit' }).once('exit', end));
}
