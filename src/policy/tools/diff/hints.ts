import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from '../../read/folder.js';
import { readYaml } from '../../read/source.js';
import type { Hints } from './space.js';

/** The sets of groups and the tickets that a folder's cases use; none where a case cannot be read. Never throws. */
export async function hintsIn(dir: string): Promise<Hints> {
  const folder = join(dir, 'cases');
  const names: string[] = await readdir(folder).catch(() => []);
  const hints: Hints = { groups: [], tickets: [] };
  for (const name of names.filter((one) => /\.ya?ml$/.test(one)).sort()) {
    const text = await readText(join(folder, name));
    const read = 'text' in text ? readYaml(name, text.text) : undefined;
    if (!read || 'problems' in read) continue;
    const { source } = read;
    const list = source.at([]);
    for (let i = 0; Array.isArray(list) && i < list.length; i++) {
      const groups = source.at([i, 'requester', 'groups']);
      const ticket = source.at([i, 'request', 'ticket']);
      if (Array.isArray(groups)) hints.groups.push(groups.filter((one) => typeof one === 'string'));
      if (typeof ticket === 'string') hints.tickets.push(ticket);
    }
  }
  return hints;
}
