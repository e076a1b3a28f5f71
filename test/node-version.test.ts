/** @project outside */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { adviseOnNode } from '../src/config.js';
import { builtProgram, builtSandbox } from './support/built.js';

const ROOT = resolve(__dirname, '..');
const ADVICE = 'Node.js 24 is recommended';
const isOld = Number.parseInt(process.versions.node, 10) < 22;

beforeAll(() => {
  builtProgram();
  builtSandbox();
});

/** The program's output until it ends, or until it says `enough`. Node warns of something of its own meanwhile. */
function outputOf(entry: () => string, { args = [], enough }: { args?: string[]; enough?: string } = {}) {
  const nowhere = 'http://127.0.0.1:1';
  const child = spawn(process.execPath, [entry(), ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_OPTIONS: `--import data:text/javascript,process.emitWarning('another')`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_MAX_ATTEMPTS: '1',
      AWS_ENDPOINT_URL: nowhere,
      SLACK_API_URL: `${nowhere}/api/`,
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_SIGNING_SECRET: 'example',
      PORT: '0',
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += String(chunk);
      if (enough && text.includes(enough)) child.kill('SIGTERM');
    });
  return new Promise<string>((end) => child.once('exit', () => end(text)));
}

test.each([
  { name: 'the server', entry: () => join(builtProgram(), 'entry/server.js'), says: isOld },
  {
    name: 'the sandbox',
    entry: () => join(builtSandbox(), 'sandbox/run/main.js'),
    args: ['--port', '0'],
    enough: 'http://127.0.0.1',
    says: isOld,
  },
  // Nobody sits before it here: what a pipeline reads stays as it is.
  {
    name: 'the command line',
    entry: () => join(builtProgram(), 'entry/cli.js'),
    args: ['audit', 'verify'],
    says: false,
  },
])(
  '$name says at most one line about Node, the AWS SDK none, and other warnings are heard',
  async ({ entry, says, ...how }) => {
    const output = await outputOf(entry, how);
    expect(output).not.toContain('NodeVersionSupportWarning');
    expect(output.split(ADVICE)).toHaveLength(says ? 2 : 1);
    expect(output).toContain('Warning: another');
  },
);

describe('the advice on Node', () => {
  const adviceFor = (version: string, env: NodeJS.ProcessEnv) => {
    const said: string[] = [];
    adviseOnNode((advice) => said.push(advice), { version, env });
    return said;
  };

  test.each(['20.18.1', '21.0.0'])('is given for %s once, in place of the SDK’s own', (version) => {
    const env: NodeJS.ProcessEnv = {};
    expect(adviceFor(`v${version}`, env)).toEqual([
      `Node.js 24 is recommended: this is ${version}, and from January 2027 on the AWS SDK is no longer updated for it.`,
    ]);
    expect(env).toEqual({ AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
    expect(adviceFor(`v${version}`, env)).toEqual([]);
  });

  test.each(['22.0.0', '24.19.0', '100.0.0'])(
    'is not given for %s, where the SDK is left alone',
    (version) => {
      const env: NodeJS.ProcessEnv = {};
      expect(adviceFor(`v${version}`, env)).toEqual([]);
      expect(env).toEqual({});
    },
  );
});
