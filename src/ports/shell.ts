/** In whose language people are shown what to paste: the first one until they choose. */
export const SHELLS = ['bash', 'powershell', 'cmd', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function isShell(value: unknown): value is Shell {
  return SHELLS.includes(value as Shell);
}
