#!/usr/bin/env node
// In a fresh clone it builds what is not built yet; an installed package is built.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (to) => fileURLToPath(new URL(`../${to}`, import.meta.url));

if (!existsSync(path('dist/entry/cli.js'))) {
  // TypeScript 7 does not export its own command, so it is called by its path.
  const tsc = [path('node_modules/typescript/bin/tsc'), '-p', path('tsconfig.build.json')];
  const { status } = spawnSync(process.execPath, tsc, { stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    process.stderr.write('jit is not built, and could not be: run "npm ci" and then "npm run build".\n');
    process.exit(2);
  }
}
await import('../dist/entry/cli.js');
