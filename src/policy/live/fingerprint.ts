import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../domain/entitlement.js';
import { decides, isCase } from '../read/folder.js';

/**
 * Changes when a policy folder does: the names, sizes and times of change of what is read of it, its cases too.
 * What lies beside that may change as it likes. Never throws.
 */
export async function fingerprint(dir: string): Promise<string> {
  const names = [
    ...(await namesIn(dir)),
    ...(await namesIn(join(dir, 'cases'))).map((name) => `cases/${name}`),
  ];
  const read = names.filter((name) => decides(name) || isCase(name)).sort();
  const lines = read.map(async (name) => {
    // A file that a link leads to may be another one tomorrow.
    const at = await stat(join(dir, name)).catch(() => undefined);
    return `${name} ${at?.size} ${at?.mtimeMs} ${at?.ino}`;
  });
  return sha256((await Promise.all(lines)).join('\n'));
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
