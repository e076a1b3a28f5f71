import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Row } from './row.js';

/**
 * What acts cost, whatever else the machine did meanwhile, and how much of the machine was in use: where all of it was,
 * times say how busy it was and nothing of the bot.
 * @returns called when it is over, makes the row
 */
export function costFrom(of: {
  bot: number;
  dynamoDb: number;
}): (name: string, what: string, acts: number) => Row {
  const used = () => ({
    bot: secondsUsed(of.bot),
    dynamoDb: secondsUsed(of.dynamoDb),
    here: process.cpuUsage(),
  });
  const [all, before] = [machine(), used()];
  return (name, what, acts) => {
    const [now, after] = [machine(), used()];
    const { user, system } = process.cpuUsage(before.here);
    return {
      name,
      what: `${what}: processor time of each`,
      values: {
        bot: ((after.bot - before.bot) * 1000) / acts,
        dynamodb: ((after.dynamoDb - before.dynamoDb) * 1000) / acts,
        // Slack, AWS and the people are in this process.
        doubles: (user + system) / 1000 / acts,
        machine: (100 * (now.busy - all.busy)) / (now.total - all.total),
      },
      unit: 'ms, %',
    };
  };
}

/** Of a processor, by a process: as Linux counts them, a hundred a second; elsewhere as ps says it, in whole seconds. */
export function secondsUsed(pid: number): number {
  const stat = `/proc/${pid}/stat`;
  if (existsSync(stat)) {
    const [user, system] = readFileSync(stat, 'utf8').split(') ')[1]!.split(' ').slice(11, 13);
    return (Number(user) + Number(system)) / 100;
  }
  const [seconds = 0, minutes = 0, hours = 0] = execFileSync('ps', ['-o', 'time=', '-p', String(pid)])
    .toString()
    .trim()
    .split(':')
    .toReversed()
    .map(Number);
  return seconds + 60 * minutes + 3_600 * hours;
}

function machine(): { busy: number; total: number } {
  const times = cpus().map(({ times: of }) => of);
  const total = times.reduce((sum, of) => sum + Object.values(of).reduce((a, b) => a + b), 0);
  return { total, busy: total - times.reduce((sum, { idle }) => sum + idle, 0) };
}
