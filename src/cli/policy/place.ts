import { join } from 'node:path';
import type { Problem } from '../../ports/policy.js';

/** `policies/catalog.yml:12:5: …`, on one line, as editors and pipelines read it. */
export function lineOf(dir: string, { file, line, column, message }: Problem): string {
  return (
    [pathOf(dir, file), line, line && column].filter((part) => part !== undefined).join(':') + `: ${message}`
  );
}

/** From where the command runs. A problem of the whole folder names the folder itself. */
export const pathOf = (dir: string, file: string) => (file === dir ? dir : join(dir, file));

/** The exit code for what is wrong with a folder: 2 where the folder itself cannot be read. */
export const codeFor = (dir: string, problems: readonly Problem[]): 1 | 2 =>
  problems.some(({ file }) => file === dir) ? 2 : 1;

/** An annotation, in GitHub's own escapes: https://github.com/actions/toolkit, core/src/command.ts */
export function annotation(
  level: 'error' | 'warning' | 'notice',
  properties: Record<string, string | number | undefined>,
  message: string,
): string {
  const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const where = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${data(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`);
  return `::${level} ${where.join(',')}::${data(message)}\n`;
}
