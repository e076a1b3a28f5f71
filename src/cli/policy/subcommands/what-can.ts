import type { Parts } from '../../../policy/policy.js';
import type { WhatCan } from '../../../policy/questions/access.js';
import { mustLoad } from '../policy-folder.js';
import type { PolicyCommand } from '../subcommand.js';
import { print, table, wrapped } from '../../terminal.js';
import { email, groupsOption, whoOf, withTime, type TimeOptions } from '../question-options.js';
import { cellsOf, HEADING, legend, rowJson } from '../access-table.js';

interface Options extends TimeOptions {
  requester?: string;
  groups?: string[];
}

/** `jit policy what-can`: what somebody may ask for, for how long, when, and through whom. */
export const whatCanCommand: PolicyCommand = (command, { stdout, now, folder }) =>
  withTime(command)
    .description('what somebody may ask for, for how long, when, and through whom')
    .option('--requester <email>', 'who asks', email)
    .addOption(groupsOption())
    .action(async ({ dir = folder, at = now(), json, requester, groups, ...options }: Options) => {
      if (requester === undefined && groups === undefined)
        command.error('error: say who: --requester <email>, or --groups <names>');
      const { parts, bundle } = await mustLoad(dir, options);
      const who = await whoOf(requester ?? 'somebody@example.invalid', groups, parts);
      const { whatCan } = await import('../../../policy/questions/access.js');
      const found = whatCan(parts, bundle.pdp, who, at);
      const name = requester ?? `Somebody in ${who.groups.join(' and ') || 'no group'}`;
      const answer = { ...found, rows: found.rows.map(rowJson) };
      await print(stdout, json ? `${JSON.stringify(answer)}\n` : report(name, found, parts));
    });

function report(name: string, { rows, denied }: WhatCan, { directory }: Parts): string {
  if (rows.length === 0) return wrapped([`${name} may ask for nothing.`]);
  const cells = rows.map((row) => [row.entitlement, ...cellsOf(row)]);
  const not = denied.length > 0 ? wrapped(['', `Not: ${denied.join(', ')}.`]) : '';
  return table(['entitlement', ...HEADING], cells) + legend(rows, directory) + not;
}
