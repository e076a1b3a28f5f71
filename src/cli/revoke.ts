import { Command, InvalidArgumentError } from 'commander';
import { LONGEST_REASON } from '../domain/request/end.js';
import type { CliOutside } from './outside.js';
import { plain } from './terminal.js';

/** `jit revoke`: orders the end of access, whatever Slack, the policies and the request's own record say. */
export function revokeCommand({ stdout, orders, now }: CliOutside): Command {
  return new Command('revoke')
    .description('ends access in your name, even while Slack is silent or the record is spoilt')
    .argument('<id>', 'the request, as /jit status and the cards show it', requestId)
    .requiredOption('--reason <text>', 'why: the requester is told, and it is kept on record', reason)
    .option('--json', 'for programs')
    .action(async (id: string, { reason: text, json }: { reason: string; json?: true }) => {
      const { operator, putEnd } = await orders();
      const written = await putEnd(id, { at: now(), by: { operator }, text });
      stdout.write(
        json ? `${JSON.stringify({ request: id, order: written, operator })}\n` : said(id, written, operator),
      );
    });
}

/** What is known, and no more: an operator who may only write cannot see what they have ended. */
function said(id: string, written: 'written' | 'stood', operator: string): string {
  const order =
    written === 'written'
      ? `The order to end ${id} is written, in the name of ${plain(operator)}.`
      : `An order to end ${id} stood already, and stays as it was.`;
  return (
    `${order} jit ends the access within seconds, at the latest with its next sweep, if there is any: this command ` +
    `cannot see that. Check with /jit status ${id}, or with jit audit verify --request ${id}.\n`
  );
}

function requestId(text: string): string {
  // As people copy it: in any case, perhaps in backticks.
  const id = text.trim().replace(/^`|`$/g, '').toUpperCase();
  if (/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)) return id;
  throw new InvalidArgumentError(
    'A request has 26 letters and digits, as /jit status shows them: 01KAEX7Q5V9Z3M2N8R4T6W0YBC.',
  );
}

function reason(text: string): string {
  const tidy = text.trim();
  const length = Array.from(tidy).length;
  if (length === 0) throw new InvalidArgumentError('Say why: --reason "stolen laptop".');
  if (length > LONGEST_REASON)
    throw new InvalidArgumentError(`It has ${length} characters; ${LONGEST_REASON} at most are kept.`);
  return tidy;
}
