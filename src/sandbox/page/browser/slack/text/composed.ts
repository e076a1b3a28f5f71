import type { Doing } from '../doing.js';

/** What can be typed; `/jit help` says more. */
export const SUGGESTIONS = [
  '/jit',
  '/jit list',
  '/jit pending',
  '/jit status',
  '/jit again',
  '/jit revoke',
  '/jit away 3d',
  '/jit back',
  '/jit help',
];

/** What a line typed into the box does, or what to tell its writer. */
export function composed(line: string, channel: string): Doing | { hint: string } {
  const typed = line.trim();
  if (/^\/jit(?:\s|$)/.test(typed)) return { do: 'command', line: typed, channel };
  return {
    hint: typed.startsWith('/')
      ? 'The only command here is /jit. Try /jit help.'
      : 'Nothing was sent: this sandbox only listens to /jit. Try /jit help.',
  };
}
