/** @project outside */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtBundles } from '../../support/built.js';
import { CERTIFICATE, companyNetwork, type Arrived } from '../../support/company-network.js';
import { folder } from '../../support/company.js';
import { invoke } from '../../support/lambda/bundles.js';
import { httpEvent } from '../../support/lambda/events.js';

/** The Parameter Store, an empty table, and Slack. */
function everyHost({ host, body }: Arrived) {
  if (host.startsWith('ssm.')) {
    const { Name } = JSON.parse(body) as { Name: string };
    const Value = Name.endsWith('token') ? 'xoxb-1' : 'signing-secret';
    return { body: JSON.stringify({ Parameter: { Name, Type: 'SecureString', Value } }) };
  }
  if (host === 'slack.com')
    return { body: JSON.stringify({ ok: true, team_id: 'T1', bot_id: 'B1', user_id: 'U1' }) };
  return { body: '{}' };
}

test.each(['slack', 'sweep'] as const)(
  'the bundle %s, in a process of its own, goes out by the proxy',
  async (name) => {
    const network = await companyNetwork(everyHost);
    const trusted = join(folder(), 'authority.pem');
    writeFileSync(trusted, CERTIFICATE);
    const env = {
      NODE_EXTRA_CA_CERTS: trusted,
      HTTPS_PROXY: network.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 's',
      SLACK_TEAM_ID: 'T1',
      SLACK_BOT_TOKEN_PARAMETER: '/jit/token',
      SLACK_SIGNING_SECRET_PARAMETER: '/jit/secret',
    };
    const event = httpEvent('not signed', { 'content-type': 'application/json' });
    await invoke(builtBundles(), name, event, { env, at: Date.now() });
    await network.close();
    // Whether Slack's answer was in time is the machine's business: these functions wait for it 1.5 seconds.
    expect(network.hosts()).toEqual([
      'dynamodb.eu-west-1.amazonaws.com:443',
      'slack.com:443',
      'ssm.eu-west-1.amazonaws.com:443',
    ]);
    expect(network.arrived.map(({ host }) => host)).toContain('ssm.eu-west-1.amazonaws.com');
    expect(network.plain).toEqual([]);
  },
);
