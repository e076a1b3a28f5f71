import type { Problem } from '../ports/policy.js';

/** `catalog.yml:12: …`, for logs and for those who start the program. */
export function asLine({ file, line, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
}
