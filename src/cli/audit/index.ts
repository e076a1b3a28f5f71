import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { exported, type ExportFormat } from './export.js';
import { report, verify } from './verify.js';
import type { CommandOutside } from '../outside.js';

/** `jit audit`: whether the record can be true, and the record for others. */
export function auditCommand({ stdout, record, fail }: CommandOutside): Command {
  const audit = new Command('audit').description('the record of who did what, and why');

  audit
    .command('verify')
    .description('checks every hash chain, and that each history can have happened; exits with 1 if not')
    .option('--request <id>', 'only this request, or this ledger: JIT#lockdowns')
    .option('--json', 'for programs')
    .action(async ({ request, json }: { request?: string; json?: true }) => {
      const verified = await verify(await record(), request);
      const ok = verified.findings.length === 0;
      if (!ok) fail();
      stdout.write(json ? `${JSON.stringify({ ok, ...verified })}\n` : report(verified));
    });

  audit
    .command('export')
    .description('writes every audit event, with ISO times: as JSON Lines, or as CSV for a spreadsheet')
    .addOption(new Option('--format <format>', 'how').choices(['jsonl', 'csv']).default('jsonl'))
    .option('--since <time>', 'only events from then on: 2026-11-20 or 2026-11-20T10:00:00Z', instant)
    .option('--out <file>', 'into this file, readable by you alone; default: standard output')
    .action(async ({ format, since, out }: { format: ExportFormat; since?: number; out?: string }) => {
      const lines = Readable.from(exported(await record(), format, since));
      if (out === undefined) return pipeline(lines, stdout, { end: false });
      // Under its own name only when it is whole.
      const unfinished = `${out}.part`;
      await pipeline(lines, createWriteStream(unfinished, { mode: 0o600 }));
      await rename(unfinished, out);
    });

  return audit;
}

function instant(text: string): number {
  const at = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z)?$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at))
    throw new InvalidArgumentError('Write it as 2026-11-20, or as 2026-11-20T10:00:00Z (UTC).');
  return at;
}
