import { readCases } from '../read/folder.js';
import { readYaml } from '../read/source.js';
import type { Hints } from './space.js';

/** The sets of groups and the tickets that a folder's cases use; none where a case cannot be read. Never throws. */
export async function hintsIn(dir: string): Promise<Hints> {
  const { texts } = await readCases(dir);
  const hints: Hints = { groups: [], tickets: [] };
  for (const [name, text] of texts) {
    const read = readYaml(name, text);
    if ('problems' in read) continue;
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
