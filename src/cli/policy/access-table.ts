import { formatChain } from '../../domain/chain.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import { formatDuration } from '../../domain/duration.js';
import type { Access } from '../../policy/questions/access.js';
import { wrapped } from '../terminal.js';

/** The columns of one way to have something, after whoever or whatever it is about. */
export const HEADING = ['for at most', 'when', 'ticket', 'through'];

export function cellsOf({ longest, when, ticket, chain }: Access): string[] {
  const through = chain.length === 0 ? 'nobody: at once' : formatChain(chain);
  return [formatDuration(longest), when, ticket, through];
}

/** What the table leaves open: the timezone of its hours, and who the stages are. */
export function legend(rows: readonly Access[], { stages, groups, timezone }: DirectoryConfig): string {
  const used = new Set(rows.flatMap(({ chain }) => chain.map(({ name }) => name)));
  const lines = stages
    .filter(({ name }) => used.has(name))
    .map(({ name, kind, group }) => {
      if (kind === 'manager') return `${name}: the manager of whoever asks`;
      if (kind === 'owners') return `${name}: the groups that own it`;
      const found = group === undefined ? undefined : groups[group];
      if (!found) return `${name}: nobody`;
      return 'source' in found
        ? `${name}: Slack user group ${found.id} (members known in Slack)`
        : `${name}: ${found.members.join(', ') || 'nobody'}`;
    });
  const hours = rows.some(({ when }) => when !== 'always') ? [`Hours are those of ${timezone}.`] : [];
  return lines.length + hours.length === 0 ? '' : wrapped(['', ...lines, ...hours]);
}

export const rowJson = <T extends Access>(row: T) => ({
  ...row,
  longest: formatDuration(row.longest),
  chain: row.chain.map((stage) => formatChain([stage])),
});
