import { SHELLS, type Shell } from '../../../ports/shell.js';

/** Of a value: a longer one comes in pieces that the shell joins. */
const CHUNK = 2600;

interface Language {
  name: string;
  /** Undefined: it has no way to write this value. */
  quoted(value: string): string | undefined;
  set(name: string, quoted: string): string;
  /** Adds to what stands in it. */
  add(name: string, quoted: string): string;
}

/** AWS sends base64, which needs no quotes. */
const bare = (value: string) => /^[\w+/=.-]+$/.test(value);

const LANGUAGES: Record<Shell, Language> = {
  bash: {
    name: 'bash or zsh',
    quoted: (value) => (bare(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`),
    set: (name, value) => `export ${name}=${value}`,
    add: (name, value) => `${name}+=${value}`,
  },
  powershell: {
    name: 'PowerShell',
    // It takes typographic quotation marks for straight ones.
    quoted: (value) => `'${value.replace(/['‘’‚‛]/g, '$&$&')}'`,
    set: (name, value) => `$env:${name} = ${value}`,
    add: (name, value) => `$env:${name} += ${value}`,
  },
  cmd: {
    name: 'cmd',
    quoted: (value) => (/["%!\r\n]/.test(value) ? undefined : value),
    set: (name, value) => `set "${name}=${value}"`,
    add: (name, value) => `set "${name}=%${name}%${value}"`,
  },
  fish: {
    name: 'fish',
    quoted: (value) => (bare(value) ? value : `'${value.replace(/[\\']/g, '\\$&')}'`),
    set: (name, value) => `set -gx ${name} ${value}`,
    add: (name, value) => `set -gx ${name} "$${name}"${value}`,
  },
};

export const shellName = (shell: Shell): string => LANGUAGES[shell].name;

/** As `/jit shell` takes them, with what people call them. */
export const SHELL_CHOICES = SHELLS.map((shell) => ({ shell, name: shellName(shell) }));

/** Lines that set these variables. @returns undefined where the shell has no way to write one of the values */
export function linesFor(
  shell: Shell,
  variables: readonly [name: string, value: string][],
): string[] | undefined {
  const { quoted, set, add } = LANGUAGES[shell];
  const lines: string[] = [];
  for (const [name, value] of variables) {
    const parts = value.match(new RegExp(`[^]{1,${CHUNK}}`, 'g')) ?? [''];
    for (const [n, part] of parts.entries()) {
      const written = quoted(part);
      if (written === undefined) return undefined;
      lines.push((n === 0 ? set : add)(name, written));
    }
  }
  return lines;
}
