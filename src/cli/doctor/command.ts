import { Command, InvalidArgumentError } from 'commander';
import { secureUrl } from '../../environment.js';
import type { Step } from './step.js';
import type { CommandOutside } from '../outside.js';
import { plainLines } from '../terminal.js';

/** `jit doctor`: checks a real configuration and says what to mend. */
export function doctorCommand({ stdout, examine, fail }: CommandOutside): Command {
  return new Command('doctor')
    .description('checks this configuration against Slack and AWS, and says how to fix what is wrong')
    .option('--url <url>', 'where Slack calls jit: https://…/slack/events', address)
    .option('--json', 'for programs')
    .action(async ({ url, json }: { url?: string; json?: true }) => {
      const steps: Step[] = [];
      for await (const step of examine({ ...(url !== undefined && { url }) })) {
        steps.push(step);
        if (step.outcome === 'failed') fail();
        if (!json) stdout.write(linesOf(step));
      }
      const ok = steps.every(({ outcome }) => outcome !== 'failed');
      stdout.write(json ? `${JSON.stringify({ ok, steps })}\n` : `\n${summary(steps)}\n`);
    });
}

/** One line for a step that went well, or for each of its problems, and one for each warning. */
export function linesOf(step: Step): string {
  const { name, warnings } = step;
  const lines = warnings.map(({ what, fix }) => `! ${name}: ${what} → ${fix}`);
  if (step.outcome === 'ok') lines.unshift(`✓ ${name}${step.about === undefined ? '' : `: ${step.about}`}`);
  if (step.outcome === 'skipped') lines.unshift(`– ${name}: skipped: ${step.why}`);
  if (step.outcome === 'failed')
    lines.unshift(...step.problems.map(({ what, fix }) => `✗ ${name}: ${what} → ${fix}`));
  return plainLines(lines);
}

function summary(steps: Step[]): string {
  const count = (outcome: Step['outcome']) => steps.filter((step) => step.outcome === outcome).length;
  const warnings = steps.reduce((sum, step) => sum + step.warnings.length, 0);
  return `${count('ok')} fine, ${count('failed')} failed, ${count('skipped')} skipped; warnings: ${warnings}`;
}

/** The signed call goes there: in the clear only to this machine. */
function address(text: string): string {
  if (secureUrl.safeParse(text).success) return text;
  throw new InvalidArgumentError('Write the address that Slack calls: https://jit.example.com/slack/events');
}
