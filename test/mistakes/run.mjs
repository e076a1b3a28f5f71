// npm run mistakes: puts in one mistake of mistakes.ts after another; the test that is named beside it must then fail,
// with what is said there, and pass without the mistake.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../..');
const AT_ONCE = 2;
const { code } = transformSync(readFileSync(join(HERE, 'mistakes.ts'), 'utf8'), {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
});
const { MISTAKES } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

/** The results of these tests, by their full names; or what went wrong. */
function jest(tests, testNames, env = {}) {
  const only = testNames.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('|');
  const how = ['--config', 'test/mistakes/jest.config.js', '--json', '--runTestsByPath', ...new Set(tests)];
  const args = [join(ROOT, 'node_modules/jest/bin/jest.js'), ...how, '--testNamePattern', `^(?:${only})$`];
  return new Promise((done) => {
    execFile(
      process.execPath,
      args,
      { cwd: ROOT, env: { ...process.env, FORCE_COLOR: '0', ...env }, maxBuffer: 2 ** 26 },
      (_, stdout, stderr) =>
        done(stdout.startsWith('{') ? JSON.parse(stdout).testResults : [{ message: stderr }]),
    );
  });
}

/** @returns the one result of a test; or a sentence that says why there is none */
function resultOf(results, { test, testName }) {
  const { message = 'jest found no such file', assertionResults = [] } =
    results.find(({ name }) => !name || name === join(ROOT, test)) ?? {};
  const named = assertionResults.filter(({ fullName }) => fullName === testName);
  return named.length === 1
    ? named[0]
    : `${named.length} tests in ${test} are called "${testName}":\n${message}`;
}

const without = await jest(
  MISTAKES.map(({ test }) => test),
  MISTAKES.map(({ testName }) => testName),
);

/** @returns "caught", "NOT CAUGHT", or what is wrong with the table */
async function outcome(mistake) {
  const { name, test, testName, says } = mistake;
  const before = resultOf(without, mistake);
  if (before.status !== 'passed')
    return `ERROR: without the mistake: ${before.failureMessages?.join('\n') ?? before}`;
  const result = resultOf(await jest([test], [testName], { JIT_MISTAKE: name }), mistake);
  if (result.status === 'passed') return 'NOT CAUGHT';
  if (result.status !== 'failed') return `ERROR: ${result.status ?? result}`;
  const said = result.failureMessages.join('\n');
  return said.includes(says) ? 'caught' : `ERROR: it failed, but not because of this: ${said}`;
}

const outcomes = [];
const waiting = [...MISTAKES.entries()];
async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) outcomes[next[0]] = await outcome(next[1]);
}
await Promise.all(Array.from({ length: AT_ONCE }, work));
MISTAKES.forEach(({ name, test }, i) => {
  const [said, ...more] = outcomes[i].trim().split('\n').slice(0, 12);
  console.log([`| ${name.padEnd(66)} | ${test.padEnd(32)} | ${said} |`, ...more].join('\n'));
});
process.exitCode = outcomes.every((said) => said === 'caught') ? 0 : 1;
