// Which of jest's projects a test file belongs to. One rule: its first line says so, and a file that says nothing is core.
//
//   core      runs in this process alone, quickly
//   outside   /** @project outside */  needs a compiler, osls, Java, Python, a browser, or another process
//   long      /** @project long */     takes long by its number of tries, of which some have more in CI
//   aws       /** @project aws */      deploys to an emulated AWS: `npm run test:aws` alone runs it
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const PROJECTS = ['core', 'outside', 'long', 'aws'];

/** The project that the text of a test file names. Throws on one that there is not. */
function projectOf(text, path) {
  const [, named = 'core'] = /^\/\*\* @project (.*?) \*\/\r?\n/.exec(text) ?? [];
  if (PROJECTS.includes(named)) return named;
  throw new Error(
    `${path}: there is no project "${named}"; the first line names one of ${PROJECTS.join(', ')}`,
  );
}

/** The test files of each project, as paths below `test`. */
function testFiles() {
  const files = Object.fromEntries(PROJECTS.map((name) => [name, []]));
  for (const path of readdirSync(__dirname, { recursive: true }))
    if (path.endsWith('.test.ts'))
      files[projectOf(readFileSync(join(__dirname, path), 'utf8'), path)].push(path.replaceAll('\\', '/'));
  return files;
}

module.exports = { projectOf, testFiles };
