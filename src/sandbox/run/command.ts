import { parseArgs } from 'node:util';
import type { Instant } from '../../domain/entitlement.js';
import { SCENARIOS, type Scenario } from '../scenarios.js';
import { serveSandbox } from '../page/server/server.js';
import { openSandbox } from './index.js';

const USAGE = `npm run sandbox -- [options]
  --port <number>       where the page is (4700)
  --scenario <name>     ${SCENARIOS.join(', ')} (empty)
  --policies <folder>   (policies)
  --at <instant>        what the clock shows at first, such as 2026-11-20T10:00:00Z (now, or the next working hour)
  --real-dynamodb       keeps the record in DynamoDB Local, which needs Java 17`;

/** @param out.err hears what is wrong with the arguments @returns undefined when the sandbox was not started */
export async function runSandbox(
  args: string[],
  { realNow, pageDir, out, err }: { realNow: () => Instant; pageDir: string; out: Write; err: Write },
): Promise<{ close(): Promise<void> } | undefined> {
  const given = readArgs(args);
  if (typeof given === 'string') {
    err(`${given}\n\n${USAGE}\n`);
    return undefined;
  }
  const { port, ...options } = given;
  const sandbox = await openSandbox({ ...options, realNow, say: (line) => err(`${line}\n`) });
  const page = await serveSandbox(sandbox, { port, pageDir }).catch(async (error: unknown) => {
    await sandbox.close();
    throw error;
  });
  const { problems } = sandbox.policies();
  if (problems.length > 0)
    err(`The policy folder does not load; the page opens as soon as it does:\n  ${problems.join('\n  ')}\n`);
  out(`The sandbox is at ${page.url}\n`);
  sandbox.ready.catch((error: unknown) => {
    err(`The scenario could not be played: ${error instanceof Error ? error.message : 'unknown'}\n`);
  });
  return {
    async close() {
      await page.close();
      await sandbox.close();
    },
  };
}

type Write = (text: string) => void;

function readArgs(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '4700' },
        scenario: { type: 'string', default: 'empty' },
        policies: { type: 'string', default: 'policies' },
        at: { type: 'string' },
        'real-dynamodb': { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return `--port is not a port: ${values.port}`;
    const scenario = SCENARIOS.find((one): one is Scenario => one === values.scenario);
    if (!scenario) return `--scenario is none of ${SCENARIOS.join(', ')}: ${values.scenario}`;
    const at = values.at === undefined ? undefined : Date.parse(values.at);
    if (Number.isNaN(at)) return `--at is not an instant such as 2026-11-20T10:00:00Z: ${values.at}`;
    return {
      port,
      scenario,
      policyDir: values.policies,
      realDynamoDb: values['real-dynamodb'],
      ...(at !== undefined && { at }),
    };
  } catch (error) {
    // Under a test runner Node's own errors are another realm's.
    return typeof error === 'object' && error !== null && 'message' in error
      ? String(error.message)
      : 'unknown options';
  }
}
