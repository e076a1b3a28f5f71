// npm run mistakes: puts in one mistake of mistakes.json after another; the test that is named beside it must then fail.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import { seeded } from './transform.cjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../..');
const AT_ONCE = 2;
const mistakes = JSON.parse(readFileSync(join(HERE, 'mistakes.json'), 'utf8'));

/** Throws unless the mistake can be put in, and what comes of it is a program. */
function checkSeed(mistake) {
  const path = join(ROOT, mistake.file);
  const source = seeded(readFileSync(path, 'utf8'), path, mistake);
  transformSync(source, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } });
}

function jest({ name, test, testName }) {
  const only = `^${testName.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}$`;
  const how = ['--config', 'test/mistakes/jest.config.js', '--json', '--runTestsByPath', test];
  const args = [join(ROOT, 'node_modules/jest/bin/jest.js'), ...how, '--testNamePattern', only];
  const env = { ...process.env, JIT_MISTAKE: name, FORCE_COLOR: '0' };
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: ROOT, env, maxBuffer: 2 ** 26 }, (_, stdout, stderr) =>
      done(stdout.startsWith('{') ? JSON.parse(stdout).testResults[0] : { message: stderr }),
    );
  });
}

/** @returns "caught", "NOT CAUGHT", or what is wrong with the table */
async function outcome(mistake) {
  try {
    checkSeed(mistake);
  } catch (error) {
    return `ERROR: ${error.message}`;
  }
  const { message = 'jest found no such file', assertionResults = [] } = (await jest(mistake)) ?? {};
  const named = assertionResults.filter(({ fullName }) => fullName === mistake.testName);
  if (named.length !== 1) return `ERROR: ${named.length} tests have this name: ${message}`;
  const [{ status, failureMessages }] = named;
  if (status === 'passed') return 'NOT CAUGHT';
  const said = failureMessages.join('\n');
  return said.includes(mistake.says) ? 'caught' : `ERROR: ${status}, but not because of this: ${said}`;
}

const outcomes = [];
const waiting = [...mistakes.entries()];
async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) outcomes[next[0]] = await outcome(next[1]);
}
await Promise.all(Array.from({ length: AT_ONCE }, work));
mistakes.forEach(({ name, test }, i) => {
  const [said, ...more] = outcomes[i].trim().split('\n').slice(0, 12);
  console.log([`| ${name.padEnd(56)} | ${test.padEnd(32)} | ${said} |`, ...more].join('\n'));
});
process.exitCode = outcomes.every((said) => said === 'caught') ? 0 : 1;
