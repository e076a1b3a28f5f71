import type { AuditRecord } from '../../domain/record/seal.js';
import { upcastEvent } from '../../domain/record/upcast.js';
import type { Instant } from '../../domain/entitlement.js';
import { eachOnRecord, type Reader } from './record.js';
import { COLUMNS, rowOf, type Row } from './audit-row.js';

const FORMATS = {
  /** With the record itself, so that others can check the chain without us. */
  jsonl: { head: '', line: (row: Row, record: AuditRecord) => `${JSON.stringify({ ...row, record })}\n` },
  csv: { head: csv([...COLUMNS]), line: (row: Row) => csv(COLUMNS.map((column) => row[column])) },
} as const;

export type ExportFormat = keyof typeof FORMATS;

/**
 * The audit events of all requests, request by request in the order of their ids (which is that of their making).
 * @param since leaves out what happened before
 * @throws naming the request whose record cannot be read: half an export must not pass for a whole one
 */
export async function* exported(
  reader: Reader,
  format: ExportFormat,
  since: Instant = -Infinity,
): AsyncGenerator<string> {
  const { head, line } = FORMATS[format];
  if (head) yield head;
  for await (const { id, found } of eachOnRecord(reader, await reader.ids())) {
    if ('code' in found) throw new Error(`the request ${id} cannot be exported: ${found.what}`);
    const first = found.records[0] && upcastEvent(found.records[0].event);
    const asked = first && 'asked' in first ? first.asked : undefined;
    for (const record of found.records)
      if (record.event.at >= since) yield line(rowOf(record, asked), record);
  }
}

/**
 * RFC 4180, everything quoted. A cell that a spreadsheet would take for a formula gets an apostrophe before it
 * (OWASP, CSV injection): a requester's justification must not run in the auditor's office.
 */
function csv(cells: string[]): string {
  const safe = cells.map((cell) =>
    /^[\s\p{Cc}\p{Cf}]*[=+\-@|%＝＋－＠]|^[\t\r\n]/u.test(cell) ? `'${cell}` : cell,
  );
  return `${safe.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\r\n`;
}
