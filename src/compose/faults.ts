import type { Problem } from '../ports.js';

/** What keeps the program from starting, one sentence each. */
export class StartFault extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
  }
}

export function asLine({ file, line, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
}
