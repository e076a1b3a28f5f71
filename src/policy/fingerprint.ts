import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../domain/entitlement.js';

/** Changes when a policy folder does: its files' names, sizes and times of change, its cases too. Never throws. */
export async function fingerprint(dir: string): Promise<string> {
  const lines = await Promise.all([dir, join(dir, 'cases')].map(listing));
  return sha256(lines.flat().join('\n'));
}

async function listing(folder: string): Promise<string[]> {
  const names: string[] = await readdir(folder).catch(() => []);
  return Promise.all(
    names.sort().map(async (name) => {
      // A file that a link leads to may be another one tomorrow.
      const at = await stat(join(folder, name)).catch(() => undefined);
      return `${name} ${at?.size} ${at?.mtimeMs} ${at?.ino}`;
    }),
  );
}
