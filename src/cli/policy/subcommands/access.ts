import { formatChain } from '../../../domain/chain.js';
import type { DirectoryConfig } from '../../../domain/directory.js';
import { formatDuration } from '../../../domain/duration.js';
import type { Access } from '../../../policy/questions/access.js';
import { print, table, wrapped } from '../../terminal.js';
import {
  mustLoad,
  email,
  groupsOption,
  mustKnow,
  whoOf,
  withTime,
  type PolicyCommand,
  type TimeOptions,
} from '../policy-folder.js';

/** `jit policy who-can`: who may ask for an entitlement, for how long, when, and through whom. */
export const whoCanCommand: PolicyCommand = (command, { stdout, now, folder }) =>
  withTime(command)
    .description('who may ask for an entitlement, for how long, when, and through whom')
    .argument('<entitlement>', 'its id in catalog.yml')
    .action(async (entitlement: string, { dir = folder, at = now(), json, ...options }: TimeOptions) => {
      const { parts, bundle } = await mustLoad(dir, options);
      await mustKnow('entitlement', entitlement, parts.entitlements.keys());
      const { whoCan } = await import('../../../policy/questions/access.js');
      const found = whoCan(parts, bundle.pdp, entitlement, at);
      const { rows, denied, left } = found;
      const more = left > 0 ? wrapped([`${left} more combinations of groups were not looked at.`]) : '';
      const not = denied.map((name) => (name === 'anyone' ? 'anyone else' : name));
      const cells = rows.map((row) => [row.who, ...cellsOf(row)]);
      const text =
        rows.length === 0
          ? wrapped([`Nobody may ask for ${entitlement}.`])
          : table(['who', ...HEADING], cells) + legend(found.rows, not, parts.directory);
      await print(stdout, json ? jsonOf(found) : text + more);
    });

interface WhatCanOptions extends TimeOptions {
  requester?: string;
  groups?: string[];
}

/** `jit policy what-can`: what a person may ask for, for how long, when, and through whom. */
export const whatCanCommand: PolicyCommand = (command, { stdout, now, folder }) =>
  withTime(command)
    .description('what somebody may ask for, for how long, when, and through whom')
    .option('--requester <email>', 'who asks', email)
    .addOption(groupsOption())
    .action(async ({ dir = folder, at = now(), json, requester, groups, ...options }: WhatCanOptions) => {
      if (requester === undefined && groups === undefined)
        command.error('error: say who: --requester <email>, or --groups <names>');
      const { parts, bundle } = await mustLoad(dir, options);
      const who = await whoOf(requester ?? 'somebody@example.invalid', groups, parts);
      const { whatCan } = await import('../../../policy/questions/access.js');
      const found = whatCan(parts, bundle.pdp, who, at);
      const { rows, denied } = found;
      const name = requester ?? `Somebody in ${who.groups.join(' and ') || 'no group'}`;
      const cells = rows.map((row) => [row.entitlement, ...cellsOf(row)]);
      const text =
        rows.length === 0
          ? wrapped([`${name} may ask for nothing.`])
          : table(['entitlement', ...HEADING], cells) + legend(rows, denied, parts.directory);
      await print(stdout, json ? jsonOf(found) : text);
    });

/** The columns of one way to have something, after the person or the entitlement that it is about. */
const HEADING = ['for at most', 'when', 'ticket', 'through'];

function cellsOf({ longest, when, ticket, chain }: Access): string[] {
  const through = chain.length === 0 ? 'nobody: at once' : formatChain(chain);
  return [formatDuration(longest), when, ticket, through];
}

/** What the table leaves open: the timezone of its hours, who the stages are, and what is not in it. */
function legend(
  rows: readonly Access[],
  not: string[],
  { stages, groups, timezone }: DirectoryConfig,
): string {
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
  if (rows.some(({ when }) => when !== 'always')) lines.push(`Hours are those of ${timezone}.`);
  return [lines, not.length > 0 ? [`Not: ${not.join(', ')}.`] : []]
    .map((part) => (part.length > 0 ? wrapped(['', ...part]) : ''))
    .join('');
}

function jsonOf(found: { rows: Access[] }): string {
  const rows = found.rows.map((row) => ({
    ...row,
    longest: formatDuration(row.longest),
    chain: row.chain.map((stage) => formatChain([stage])),
  }));
  return `${JSON.stringify({ ...found, rows })}\n`;
}
