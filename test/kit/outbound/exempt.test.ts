import { exemption } from '../../../src/kit/outbound/exempt.js';

test.each([
  'localhost',
  'LOCALHOST',
  'localhost.',
  'jit.localhost',
  '127.0.0.1',
  '127.9.9.9',
  '::1',
  '[::1]',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '169.254.169.254',
  '::ffff:169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  'fd00:ec2::254',
  '[fd00:ec2::254]',
  'FD00:EC2:0:0::254',
  'fd00:ec2::23',
])('%s is never reached through a proxy, whatever NO_PROXY says', (host) => {
  for (const except of ['', 'corp.example', '10.0.0.0/8,::/127'])
    for (const port of [80, 443, 4566]) expect(exemption(except)(host, port)).toBe(true);
});

test.each([
  'slack.com',
  'localhost.corp.example',
  '127.0.0.1.corp.example',
  'notlocalhost',
  '169.254.169.253',
  '128.0.0.1',
  'fd00:ec2::255',
  '::2',
])('%s is reached through the proxy', (host) => {
  expect(exemption('')(host, 443)).toBe(false);
});

test.each<[noProxy: string, without: string[], through: string[]]>([
  ['*', ['slack.com', '8.8.8.8', '[2001:db8::1]'], []],
  [
    'corp.example',
    ['corp.example', 'a.corp.example', 'A.B.Corp.Example.'],
    ['notcorp.example', 'corp.example.org'],
  ],
  ['.corp.example', ['corp.example', 'a.corp.example'], ['notcorp.example']],
  ['*.corp.example', ['a.corp.example', 'a.b.corp.example'], ['notcorp.example']],
  ['CORP.example', ['corp.example'], ['slack.com']],
  ['a.example, b.example', ['a.example', 'b.example'], ['c.example']],
  ['a.example b.example', ['a.example', 'b.example'], ['c.example']],
  [' ,, a.example ,', ['a.example'], ['', 'b.example']],
  ['corp.example:8443', ['corp.example:8443', 'a.corp.example:8443'], ['corp.example', 'corp.example:84']],
  ['10.1.2.3', ['10.1.2.3', '::ffff:10.1.2.3'], ['10.1.2.4', '10.1.2.3.example']],
  ['10.1.2.3:80', ['10.1.2.3:80'], ['10.1.2.3']],
  ['10.1.2.3/8', ['10.0.0.1', '10.255.255.255'], ['11.0.0.1']],
  ['0.0.0.0/0', ['8.8.8.8'], ['slack.com', '2001:db8::1']],
  ['fd00::1', ['fd00::1', 'fd00:0:0::1', '[fd00::1]'], ['fd00::2']],
  ['[fd00::1]', ['fd00::1'], ['fd00::2']],
  ['[fd00::1]:8443', ['[fd00::1]:8443'], ['fd00::1']],
  ['fd00::/8', ['fd12::1'], ['fc00::1']],
  ['.amazonaws.com', ['sts.eu-west-1.amazonaws.com'], ['slack.com', 'amazonaws.com.example']],
])('NO_PROXY=%s', (noProxy, without, through) => {
  const isExempt = exemption(noProxy);
  const ask = (written: string) => {
    const [, host = written, port] = /^(\[.*\]|[^:]+):(\d+)$/.exec(written) ?? [];
    return isExempt(host, Number(port ?? 443));
  };
  expect(without.filter((host) => !ask(host))).toEqual([]);
  expect(through.filter((host) => ask(host))).toEqual([]);
});

test.each([
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  'fd00::/129',
  '10.0.0.0/',
  'http://corp.example',
  '.',
  '%',
])('an entry that says nothing exempts nothing: %s', (entry) => {
  for (const host of ['10.0.0.1', 'fd00::1', 'corp.example', 'slack.com', '8.8.8.8'])
    expect(exemption(entry)(host, 443)).toBe(false);
  expect(exemption(`${entry},corp.example`)('corp.example', 443)).toBe(true);
});
