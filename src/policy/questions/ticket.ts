import type { DirectoryConfig } from '../../domain/directory.js';
import { wholly } from '../read/pattern.js';

const USUAL = [
  'OPS-12',
  'OPS-123',
  'OPS-1234',
  'INC0012345',
  'CHG0012345',
  '#123',
  '12345',
  '123',
  'ops-12',
  'A-1',
];

/** A ticket to ask "and with one?": of a usual form that directory.yml takes; undefined when it takes none of them. */
export function sampleTicket({ justification }: DirectoryConfig): string | undefined {
  const pattern = justification.ticket?.pattern;
  return pattern === undefined ? USUAL[0] : USUAL.find((ticket) => wholly(pattern).test(ticket));
}
