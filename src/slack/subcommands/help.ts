import { COMMAND } from '../ids.js';
import { section } from '../messages/blocks.js';
import { code } from '../messages/mrkdwn.js';
import type { Subcommand } from './typed/subcommand.js';

/** Lists the other rows and itself, so that it can list only what works. */
export function help(rows: Subcommand[]): Subcommand {
  const self: Subcommand = {
    name: 'help',
    usage: '',
    summary: 'shows this help',
    async run() {
      const lines = [...rows, self].map(({ name, usage, summary }) => {
        const written = [COMMAND, name, usage].filter((part) => part !== '').join(' ');
        return `${code(written)}: ${summary}`;
      });
      const head = 'Temporary AWS access: ask for it and approve it here.';
      return { text: head, blocks: [section([head, ...lines].join('\n'))] };
    },
  };
  return self;
}
