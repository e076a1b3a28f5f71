/**
 * `npm run package -- [options of osls]`: builds the Lambda bundles, then the template. What osls would only ask for
 * afterwards is asked for first.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const BUILD = fileURLToPath(new URL('../esbuild.config.mjs', import.meta.url));
const OSLS = createRequire(import.meta.url).resolve('osls/bin/serverless.js');

const options = process.argv.slice(2);
// An empty variable is an absent one.
const env = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));

const isGiven = (pattern) => pattern.test(options.join(' '));
const lacking = [
  env.AWS_REGION || env.AWS_DEFAULT_REGION || isGiven(/(?:^| )(?:--region|-r)[ =]/)
    ? []
    : 'AWS_REGION: the region to deploy to',
  env.SLACK_TEAM_ID || isGiven(/(?:^| )--param[ =]teamId=/)
    ? []
    : 'SLACK_TEAM_ID: the id of the Slack workspace that jit serves, from its address in a browser',
].flat();

if (lacking.length > 0) {
  const lines = [
    'nothing is packaged, since this is missing:',
    ...lacking.map((one) => `  ${one}`),
    'for example: export AWS_REGION=eu-west-1 SLACK_TEAM_ID=T0123456789',
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
}

for (const command of [[BUILD], [OSLS, 'package', ...options]]) {
  const { status } = spawnSync(process.execPath, command, { env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
