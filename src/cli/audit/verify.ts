import { examine, type Finding } from '../../domain/record/history.js';
import { eachOnRecord, type Reader } from './record.js';
import { plain } from '../terminal.js';
import { counted } from '../../kit/diagnosis.js';

interface Verified {
  requests: number;
  records: number;
  findings: Finding[];
}

/** Examines one request, or all. A request that was named and of which nothing is kept is a finding too. */
export async function verify(reader: Reader, only?: string): Promise<Verified> {
  const ids = only === undefined ? await reader.ids() : [only];
  const verified: Verified = { requests: ids.length, records: 0, findings: [] };
  for await (const { id, found } of eachOnRecord(reader, ids)) {
    if ('code' in found) verified.findings.push(found);
    else {
      verified.records += found.records.length;
      verified.findings.push(...examine(id, found));
    }
  }
  return verified;
}

/** For people: one line for each finding, and what to do about them. */
export function report({ requests, records, findings }: Verified): string {
  const looked = `${counted(requests, 'request')}, ${counted(records, 'record')}`;
  if (findings.length === 0) return `${looked}: every chain is whole, and every history is possible.\n`;
  const lines = findings.map(({ request, code, what }) => `${plain(request)}  ${code}: ${plain(what)}\n`);
  const bad = new Set(findings.map(({ request }) => request)).size;
  return (
    lines.join('') +
    `${looked}: ${counted(bad, 'request')} cannot be trusted. Keep the table as it is (a backup shows when it was ` +
    'changed), find out in CloudTrail who wrote to it, and end what access is open.\n'
  );
}
