import { formatChain } from '../../../domain/chain.js';
import type { DirectoryConfig } from '../../../domain/directory.js';
import { formatDuration } from '../../../domain/duration.js';
import type { Access } from '../../../policy/questions/access/ways.js';
import { print, table, wrapped } from '../../terminal.js';
import {
  mustLoad,
  email,
  folderOf,
  groupsNotes,
  groupsOption,
  inputOption,
  inputsIn,
  mustKnow,
  sinceLine,
  whoOf,
  withTime,
  type PolicyCommand,
  type TimeOptions,
} from '../policy-folder.js';

/** `jit policy who-can`: who may ask for an entitlement, for how long, when, and through whom. */
export const whoCanCommand: PolicyCommand = (command, { stdout, now, folder, fail }) =>
  withTime(command)
    .description('who may ask for an entitlement, for how long, when, and through whom')
    .argument('<entitlement>', 'its id in catalog.yml')
    .argument('[dir]', 'the policy folder')
    .action(async (entitlement: string, place: string | undefined, options: TimeOptions) => {
      const { at = now(), json } = options;
      const { parts, bundle } = await mustLoad(folderOf(place, options.dir, folder), options);
      await mustKnow('entitlement', entitlement, parts.entitlements.keys());
      const { whoCan } = await import('../../../policy/questions/access/who-can.js');
      const found = whoCan(parts, bundle.pdp, entitlement, at);
      const { rows, denied } = found;
      const not = denied.map((name) => (name === 'anyone' ? 'anyone else' : name));
      const none = found.open.length > 0 ? 'It is not proven that anybody may ask for' : 'Nobody may ask for';
      const text =
        rows.length === 0
          ? wrapped([`${none} ${entitlement}.`])
          : tableOf('who', rows, ({ who }) => who) + legend(found, not, parts.directory);
      if (found.open.length > 0) fail(3);
      const since = wrapped(['', await sinceLine(at, parts)]);
      const least = found.all
        ? ''
        : wrapped(['', 'Of people in several of these groups only the least are listed.']);
      await print(
        stdout,
        json ? jsonOf(found) : text + (rows.length > 0 ? least : '') + notProven(found.open) + since,
      );
    });

interface WhatCanOptions extends TimeOptions {
  requester?: string;
  groups?: string[];
  input?: string[];
}

/** `jit policy what-can`: what a person may ask for, for how long, when, and through whom. */
export const whatCanCommand: PolicyCommand = (command, { stdout, now, folder, fail }) =>
  withTime(command)
    .description('what somebody may ask for, for how long, when, and through whom')
    .argument('[dir]', 'the policy folder')
    .option('--requester <email>', 'who asks', email)
    .addOption(groupsOption())
    .addOption(inputOption())
    .action(async (place: string | undefined, options: WhatCanOptions) => {
      const { at = now(), json, requester, groups, input } = options;
      if (requester === undefined && groups === undefined)
        command.error('error: say who: --requester <email>, or --groups <names>');
      const { parts, bundle } = await mustLoad(folderOf(place, options.dir, folder), options);
      const who = await whoOf(requester ?? 'somebody@example.invalid', groups, parts);
      const { whatCan } = await import('../../../policy/questions/access/what-can.js');
      const found = whatCan(parts, bundle.pdp, { who, at, ...(await inputsIn(input)) });
      const { rows, denied } = found;
      const group = who.groups.join(' and ') || 'no group';
      const none =
        found.open.length > 0
          ? `It is not proven that ${requester ?? `somebody in ${group}`} may ask for anything`
          : `${requester ?? `Somebody in ${group}`} may ask for nothing`;
      const text =
        rows.length === 0
          ? wrapped([`${none}.`])
          : tableOf('entitlement', rows, ({ entitlement }) => entitlement) +
            legend(found, denied, parts.directory);
      const notes = await groupsNotes(parts, groups, requester);
      const note = notes.length > 0 ? wrapped(['', ...notes]) : '';
      const since = wrapped(['', await sinceLine(at, parts)]);
      if (found.open.length > 0) fail(3);
      await print(stdout, json ? jsonOf(found) : text + notProven(found.open) + note + since);
    });

/** One way to have something a line, after the person or the entitlement that it is about. */
function tableOf<T extends Access>(first: string, rows: readonly T[], about: (row: T) => string): string {
  const given = rows.some((row) => row.given !== undefined);
  const heading = [first, 'for at most', 'when', 'ticket', ...(given ? ['while'] : []), 'through'];
  const cells = rows.map((row) => {
    const through = row.chain.length === 0 ? 'nobody: at once' : formatChain(row.chain);
    return [
      about(row),
      formatDuration(row.longest),
      row.when,
      row.ticket,
      ...(given ? [row.given ?? ''] : []),
      through,
    ];
  });
  return table(heading, cells);
}

/** What the table may lack. */
function notProven(open: readonly string[]): string {
  return open.length === 0
    ? ''
    : wrapped(['', `Not understood: ${[...new Set(open)].join('; ')}. So there may be more.`]);
}

/** What the table leaves open: the timezone of its hours, who the stages are, what is assumed of people, and what is not in it. */
function legend(
  { rows, usual }: { rows: readonly Access[]; usual: readonly string[] },
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
  if (usual.length > 0) lines.push(`Unless they say otherwise, the rows assume: ${usual.join(', ')}.`);
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
