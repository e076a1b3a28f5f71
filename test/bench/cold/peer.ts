import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { timed, type Timed } from './process.js';

const run = promisify(execFile);
const PACKAGES = ['slack-bolt==1.30.0', 'boto3==1.44.8', 'pydantic==2.14.4'];

/** What the nearest peer imports and makes before its first line of its own: Slack's framework, AWS's clients, its models. */
const IMPORTS = `
import os, resource, slack_bolt, boto3, pydantic
for service in ("sso-admin", "identitystore", "organizations", "scheduler", "s3"):
    boto3.client(service, region_name="eu-west-1")
os.write(3, b'{"user": %f}\\n' % (resource.getrusage(resource.RUSAGE_SELF).ru_utime * 1000))
os._exit(0)
`;

/**
 * Puts the packages into a virtual environment of the bench's own.
 * @param folder where it is made
 * @returns what times the imports in a fresh process, or why that cannot be done here
 */
export async function peer(folder: string): Promise<(() => Promise<Timed>) | { lacking: string }> {
  const given = process.env['JIT_PYTHON'];
  const home = join(folder, 'python');
  const python = join(home, 'bin/python');
  try {
    await run(given ? join(given, 'bin/python3') : 'python3', ['-m', 'venv', home]);
  } catch {
    return { lacking: 'there is no Python with venv here' };
  }
  try {
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
  } catch {
    return { lacking: `pip cannot install ${PACKAGES.join(', ')}` };
  }
  return () => timed(python, ['-c', IMPORTS]);
}
