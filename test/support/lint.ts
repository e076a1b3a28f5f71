import { lint, type LintFinding, type Linted } from '../../src/policy/lint/index.js';
import { loadFolder } from '../../src/policy/load.js';
import { readMembers } from '../../src/policy/lint/members.js';
import type { LintOptions } from '../../src/policy/lint/written.js';
import { folder, kinds } from './policy.js';
import { FRIDAY } from './units.js';

export { FRIDAY };

export { removeFolders } from './policy.js';

type Files = Parameters<typeof folder>[0];

/** Lints the small folder of the helpers with these files replaced. */
export async function lintOf(
  files: Files = {},
  { members, ...options }: Partial<Omit<LintOptions, 'members'>> & { members?: object | string } = {},
): Promise<Linted> {
  const dir = await folder(files);
  const loaded = await loadFolder(dir, { kinds });
  if ('problems' in loaded) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const { parts } = loaded;
  const text = typeof members === 'object' ? JSON.stringify(members) : members;
  const who = text === undefined ? undefined : readMembers(text, parts.directory);
  return lint(dir, parts, { at: FRIDAY, kinds, ...(who && { members: who }), ...options });
}

/** Those findings that carry this code. */
export async function found(code: string, ...args: Parameters<typeof lintOf>): Promise<LintFinding[]> {
  return (await lintOf(...args)).findings.filter((finding) => finding.code === code);
}

/** The subjects of the findings that carry this code. */
export async function subjects(code: string, ...args: Parameters<typeof lintOf>): Promise<string[]> {
  return (await found(code, ...args)).map(({ subject }) => subject);
}

export const permit = (id: string, chain: string, rest = '', who = 'principal') =>
  `@id("${id}") @chain("${chain}") permit (${who}, action == Jit::Action::"request", resource) ${rest};\n`;
export const forbid = (id: string, rest = '', who = 'principal') =>
  `@id("${id}") forbid (${who}, action == Jit::Action::"request", resource) ${rest};\n`;

/** A catalog of one entitlement, with these lines in it, later ones over earlier ones. */
export function catalog(lines: Record<string, unknown> = {}, kind = 'sts-session'): string {
  const { config = {}, ...rest } = lines;
  const entry = {
    id: 'logs',
    name: 'Logs',
    environment: 'staging',
    account: '444455556666',
    risk: 'low',
    owners: ['dba'],
    durations: ['1h', '4h'],
    ...rest,
    [kind]: {
      ...(kind === 'sts-session' && { roleArn: 'arn:aws:iam::444455556666:role/jit/Logs' }),
      ...(config as object),
    },
  };
  return JSON.stringify({ entitlements: [entry] });
}

export const allow = (Action: string | string[], Resource: string | string[] = '*', rest: object = {}) => ({
  Effect: 'Allow',
  Action: [Action].flat(),
  Resource: [Resource].flat(),
  ...rest,
});
