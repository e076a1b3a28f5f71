import { useProxies } from '../../../src/kit/outbound/index.js';
import { companyNetwork } from '../../support/company-network.js';
import { installation, jit } from '../../support/doctor.js';

describe('behind a proxy', () => {
  let here: Awaited<ReturnType<typeof installation>>;
  let network: Awaited<ReturnType<typeof companyNetwork>>;
  beforeAll(async () => {
    here = await installation(Date.now);
    network = await companyNetwork(() => ({ body: JSON.stringify({ ok: false, error: 'invalid_auth' }) }));
  });
  afterAll(async () => {
    useProxies(undefined);
    await network.close();
    await here.close();
  });
  const proxied = () => ({
    ...here.environment,
    SLACK_API_URL: 'https://slack.com/api/',
    HTTPS_PROXY: network.url.replace('://', '://jit:hunter2@'),
  });

  test('the doctor says which host it asked through which proxy, without the password, and which without', async () => {
    const { out } = await jit(proxied(), 'doctor', '--url', here.url);
    expect(out).toMatch(/^✗ Slack token: .*invalid_auth/m);
    const [, about] = /^✓ proxy: (.*)$/m.exec(out) ?? [];
    expect(about?.split('; ').toSorted()).toEqual([
      `through ${network.url}: slack.com`,
      'without a proxy: 127.0.0.1',
    ]);
    expect(network.hosts()).toEqual(['slack.com:443']);
    expect(out).not.toContain('hunter2');
  });

  test('where the proxy lets nobody through, Slack has not answered, and the proxy is named', async () => {
    network.refusal.with = 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n';
    const { code, out } = await jit(proxied(), 'doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/^✗ Slack token: .*no_answer/m);
    expect(out).toContain(`through ${network.url}: slack.com`);
    expect(out).not.toContain('hunter2');
  });

  test('a malformed one is a problem of the configuration, and nothing is asked', async () => {
    const { out } = await jit({ ...proxied(), HTTPS_PROXY: 'jit:hunter2@proxy:3128' }, 'doctor');
    expect(out).toMatch(/^✗ configuration: HTTPS_PROXY is not the address of a proxy/m);
    expect(out).not.toContain('hunter2');
  });

  test('without one, the doctor says nothing of it', async () => {
    const { out } = await jit(here.environment, 'doctor');
    expect(out).not.toContain('proxy');
  });
});
