import type { ExamineOptions } from '../../src/cli/doctor/outside.js';
import type { Step } from '../../src/cli/doctor/step.js';
import { examine } from '../../src/run/cli/doctor.js';
import type { DirectoryConfig } from '../../src/domain/directory.js';
import { createLog } from '../../src/log.js';
import { frontDoor } from '../../src/slack/wire/front-door.js';
import { listen } from '../../src/http/server.js';
import { jitIn } from './cli.js';
import { company, FRIDAY, POLICIES, SIGNING_SECRET } from './company.js';

export const DIRECTORY: DirectoryConfig = {
  channel: 'C0ACCESS',
  timezone: 'UTC',
  justification: { minLength: 1 },
  approvalTimeout: 1,
  startWithin: 3 * 86_400_000,
  warnBefore: 1,
  groups: {},
  stages: [],
  people: {},
  accounts: {},
};

/** The company's workspace and accounts, and an endpoint that answers as jit does. */
export async function installation(now: () => number = () => FRIDAY) {
  const { slack, cloud, awsEnvironment, close } = await company({ now });
  const log = createLog('silent');
  const door = frontDoor({ signingSecret: SIGNING_SECRET, mode: 'at-once', now, log });
  const { port, close: hangUp } = await listen({
    port: 0,
    host: '127.0.0.1',
    door,
    health: async () => ({ ok: true }),
    log,
  });
  const before = { ...process.env };
  Object.assign(process.env, awsEnvironment);
  const environment: NodeJS.ProcessEnv = {
    ...awsEnvironment,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_API_URL: slack.apiUrl,
    SLACK_TEAM_ID: slack.teamId,
    PORT: String(port),
    JIT_POLICY_DIR: POLICIES,
    JIT_STORE: 'memory',
  };

  /** Every step, by its name. */
  async function examined(
    over: NodeJS.ProcessEnv = {},
    question: ExamineOptions & { now?: () => number } = {},
  ) {
    const steps = new Map<string, Step>();
    for await (const step of examine({ env: { ...environment, ...over }, now, ...question }))
      steps.set(step.name, step);
    return steps;
  }

  return {
    slack,
    cloud,
    environment,
    url: `http://127.0.0.1:${port}/slack/events`,
    examined,
    /** What is wrong in one step, each problem with its fix; or how it went. */
    async of(
      name: string,
      over: NodeJS.ProcessEnv = {},
      question: ExamineOptions & { now?: () => number } = {},
    ): Promise<string[]> {
      const step = (await examined(over, { ...question, only: name })).get(name);
      if (!step) throw new Error(`there is no step "${name}"`);
      if (step.outcome === 'skipped') return [`skipped: ${step.why}`];
      if (step.outcome === 'ok') return ['ok', ...step.warnings.map(shown)];
      return step.problems.map(shown);
    },
    async close() {
      process.env = before;
      await hangUp();
      await close();
    },
  };
}

const shown = ({ what, fix }: { what: string; fix: string }) => `${what} → ${fix}`;

/** `jit …` with this environment. */
export async function jit(environment: NodeJS.ProcessEnv, ...args: string[]) {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    return await jitIn({}, ...args);
  } finally {
    process.env = before;
  }
}
