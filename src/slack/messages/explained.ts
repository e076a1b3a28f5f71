import type { State } from '../../domain/request/state.js';
import { reference, sections, type Message } from './blocks.js';
import { escape } from './mrkdwn.js';
import { nameOf } from './phrases.js';

/** Of a section Slack takes 3,000 characters. */
const SECTION = 2_800;
const MOST = 20;

/** Why policy says what it says, as `jit policy explain` has it: a section for each heading. */
export function explained({ state, lines }: { state: State; lines: string[] }): Message {
  const text = `How the current policies decide on *${nameOf(state)}*`;
  const found = lines.length > 0 ? lines : ['The current policies cannot be explained here.'];
  const parts = paragraphs(found.map(lineOf)).slice(0, MOST);
  return { text, blocks: [...sections(text, ...parts), reference(state)] };
}

/** Two spaces begin what belongs to the line above. */
function lineOf(line: string): string {
  const depth = /^ */.exec(line)![0].length / 2;
  const words = escape(line.trim());
  if (words === '' || depth === 0) return words;
  return `${'    '.repeat(Math.min(3, depth - 1))}• ${words}`;
}

function paragraphs(lines: string[]): string[] {
  const parts = [''];
  for (const line of lines) {
    const last = parts.at(-1)!;
    const full = last.length + line.length > SECTION;
    if (line === '' || full) parts.push(line);
    else parts[parts.length - 1] = last === '' ? line : `${last}\n${line}`;
  }
  return parts.filter((part) => part !== '');
}
