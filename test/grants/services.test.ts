import { inlinePolicy } from '../../src/grants/iam-policy/documents.js';
import { sessionPolicy } from '../../src/grants/sts-session/documents.js';
import type { Guardrails } from '../../src/grants/aws/documents/guardrails.js';
import type { Statement } from '../../src/grants/aws/documents/statements.js';
import { readDocument } from '../../src/sandbox/aws/policy/documents.js';
import { evaluate } from '../../src/sandbox/aws/policy/evaluate.js';
import type { CallContext } from '../../src/sandbox/aws/policy/match.js';

// A person asks a service (Athena), and the service then calls another (S3) for them, with their rights.

const END = Date.UTC(2026, 10, 20, 10);
const NOW: CallContext = { 'aws:CurrentTime': '2026-11-20T09:00:00Z', 'aws:RequestedRegion': 'eu-west-1' };
const QUERY = 'athena:StartQueryExecution';
const READ = 's3:GetObject';
const statements: Statement[] = [{ Effect: 'Allow', Action: [QUERY, READ], Resource: ['*'] }];

/** Where somebody is. Each own call says so, in the one way or the other. */
const PLACES = {
  'the office': { 'aws:SourceIp': '203.0.113.5' },
  'another address': { 'aws:SourceIp': '198.51.100.5' },
  'the endpoint': { 'aws:SourceVpce': 'vpce-0a1b2c3d', 'aws:VpcSourceIp': '10.1.1.1' },
  'another machine at the endpoint': { 'aws:SourceVpce': 'vpce-0a1b2c3d', 'aws:VpcSourceIp': '192.168.1.1' },
  'another endpoint': { 'aws:SourceVpce': 'vpce-ffffffff', 'aws:VpcSourceIp': '10.1.1.1' },
} satisfies Record<string, CallContext>;
type Place = keyof typeof PLACES;

/**
 * What a service's call carries: the address of a person who came by a public endpoint, and nothing of the network of one
 * who came by a VPC endpoint.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
 */
function forwarded(place: Place): CallContext {
  const address = (PLACES[place] as CallContext)['aws:SourceIp'];
  return {
    ...NOW,
    'aws:ViaAWSService': 'true',
    'aws:CalledVia': 'athena.amazonaws.com',
    ...(address !== undefined && { 'aws:SourceIp': address }),
  };
}
const own = (place: Place): CallContext => ({ ...NOW, ...PLACES[place] });

const address: Guardrails = { sourceIp: ['203.0.113.0/24'] };
const endpoint: Guardrails = { vpcEndpoints: ['vpce-0a1b2c3d'] };
const machines: Guardrails = { ...endpoint, vpcSourceIp: ['10.0.0.0/8'] };
const RAILS: [string, Guardrails, inside: Place[]][] = [
  ['sourceIp', address, ['the office']],
  ['vpcEndpoints', endpoint, ['the endpoint', 'another machine at the endpoint']],
  ['vpcSourceIp', machines, ['the endpoint']],
  [
    'sourceIp and vpcEndpoints',
    { ...address, ...endpoint },
    ['the office', 'the endpoint', 'another machine at the endpoint'],
  ],
  ['all three', { ...address, ...machines }, ['the office', 'the endpoint']],
];
const EVERYWHERE = Object.keys(PLACES) as Place[];

function allowed(texts: string[], action: string, context: CallContext): boolean {
  const identity = texts.map((text) => {
    const document = readDocument(text, 'identity');
    if (typeof document === 'string') throw new Error(document);
    return { name: 'p', document };
  });
  return evaluate({ action, resource: 'arn:aws:s3:::b/k', context }, { identity }).allowed;
}

/** Whether the query gives anything: both calls have to be allowed. */
const gets = (texts: string[], place: Place): boolean =>
  allowed(texts, QUERY, own(place)) && allowed(texts, READ, forwarded(place));

const sessionOf = (guardrails: Guardrails) =>
  sessionPolicy({ roleArn: 'arn:aws:iam::444455556666:role/jit/R', chaining: false, guardrails }, END);
const inlineOf = (guardrails: Guardrails, more: Statement[] = statements) =>
  inlinePolicy({ statements: more, guardrails }, END);

describe.each(RAILS)('invariant 1: with %s', (_, guardrails, inside) => {
  const outside = EVERYWHERE.filter((place) => !inside.includes(place));

  describe.each([
    ['a session', sessionOf(guardrails)],
    ['an inline policy', inlineOf(guardrails)],
  ])('%s', (_, text) => {
    test.each(outside)('refuses somebody at %s, themselves and through a service', (place) => {
      expect(allowed([text], READ, own(place))).toBe(false);
      expect(allowed([text], READ, { ...own(place), 'aws:ViaAWSService': 'false' })).toBe(false);
      expect(gets([text], place)).toBe(false);
    });

    test.each(inside)('serves somebody at %s, and the service that acts for them', (place) => {
      expect(allowed([text], READ, own(place))).toBe(true);
      expect(gets([text], place)).toBe(true);
    });

    test('refuses a call that comes no known way', () => {
      expect(allowed([text], READ, NOW)).toBe(false);
    });
  });

  test('a session that may do more ends at the same networks', () => {
    const wide = sessionOf(guardrails);
    expect(EVERYWHERE.filter((place) => allowed([wide], 'ec2:RunInstances', own(place)))).toEqual(inside);
  });
});

describe('through a service that somebody may call anyway, from anywhere, an inline policy', () => {
  const standing = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: QUERY, Resource: '*' },
  });
  const reached = (guardrails: Guardrails) =>
    EVERYWHERE.filter((place) => gets([standing, inlineOf(guardrails)], place));

  test('invariant 1: gives nothing to an address that sourceIp does not name', () => {
    expect(reached(address)).toEqual(['the office']);
    for (const [, guardrails] of RAILS) expect(reached(guardrails)).not.toContain('another address');
  });

  // AWS does not tell by which endpoint the person came: docs/policies.md says so.
  test('gives to whoever comes by an endpoint, where vpcEndpoints names one', () => {
    expect(reached(endpoint)).toEqual([
      'the endpoint',
      'another machine at the endpoint',
      'another endpoint',
    ]);
    expect(reached(machines)).toEqual(reached(endpoint));
  });

  test('gives nothing of a statement that is only for their own calls', () => {
    for (const [key, value] of [
      ['aws:ViaAWSService', 'false'],
      ['AWS:viaawsservice', 'False'],
    ] as const) {
      const direct = statements.map((one) => ({ ...one, Condition: { Bool: { [key]: [value] } } }));
      const text = inlineOf(endpoint, direct);
      expect(EVERYWHERE.filter((place) => allowed([text], READ, forwarded(place)))).toEqual([]);
    }
  });

  test('gives what a statement keeps for services to services alone', () => {
    const served = statements.map((one) => ({
      ...one,
      Condition: { Bool: { 'aws:ViaAWSService': ['true'] } },
    }));
    const text = inlineOf(endpoint, served);
    expect(EVERYWHERE.filter((place) => allowed([text], READ, own(place)))).toEqual([]);
    expect(allowed([text], READ, forwarded('the endpoint'))).toBe(true);
    expect(allowed([text], READ, forwarded('the office'))).toBe(false);
  });
});

describe('invariant 1: of what a service does for somebody', () => {
  test.each([
    ['a session', sessionOf],
    ['an inline policy', inlineOf],
  ])('%s asks the region all the same: that is where it is done', (_, make) => {
    const text = make({ regions: ['eu-west-1'] });
    const there = { ...forwarded('the office'), 'aws:RequestedRegion': 'us-west-2' };
    expect(allowed([text], READ, forwarded('the office'))).toBe(true);
    expect(allowed([text], READ, there)).toBe(false);
  });

  test.each([
    ['sourceIp', { ...address, mfa: true }, 'the office'],
    ['vpcEndpoints', { ...endpoint, mfa: true }, 'the endpoint'],
    ['no network', { mfa: true }, 'another address'],
  ] as const)('MFA is asked all the same, with %s', (_, guardrails, place) => {
    const text = inlineOf(guardrails);
    const withMfa = { ...forwarded(place), 'aws:MultiFactorAuthPresent': 'true' };
    expect(allowed([text], READ, withMfa)).toBe(true);
    expect(allowed([text], READ, { ...withMfa, 'aws:MultiFactorAuthPresent': 'false' })).toBe(false);
    expect(allowed([text], READ, forwarded(place))).toBe(false);
  });

  test('the end holds all the same', () => {
    const over = { ...forwarded('the office'), 'aws:CurrentTime': '2026-11-20T10:00:00Z' };
    for (const text of [sessionOf(address), inlineOf(address)])
      expect(allowed([text], READ, over)).toBe(false);
  });
});
