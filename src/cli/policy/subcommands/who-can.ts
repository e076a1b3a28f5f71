import type { Parts } from '../../../policy/policy.js';
import type { WhoCan } from '../../../policy/questions/access.js';
import { mustLoad } from '../policy-folder.js';
import type { PolicyCommand } from '../subcommand.js';
import { print, table, wrapped } from '../../terminal.js';
import { mustKnow, withTime, type TimeOptions } from '../question-options.js';
import { cellsOf, HEADING, legend, rowJson } from '../access-table.js';

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
      const answer = { ...found, rows: found.rows.map(rowJson) };
      await print(stdout, json ? `${JSON.stringify(answer)}\n` : report(found, parts));
    });

function report({ entitlement, rows, denied, left }: WhoCan, { directory }: Parts): string {
  const more = left > 0 ? wrapped([`${left} more combinations of groups were not looked at.`]) : '';
  if (rows.length === 0) return wrapped([`Nobody may ask for ${entitlement}.`]) + more;
  const cells = rows.map((row) => [row.who, ...cellsOf(row)]);
  const names = denied.map((name) => (name === 'anyone' ? 'anyone else' : name));
  const not = names.length > 0 ? wrapped(['', `Not: ${names.join(', ')}.`]) : '';
  return table(['who', ...HEADING], cells) + legend(rows, directory) + not + more;
}
