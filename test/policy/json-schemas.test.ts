/** @project long */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { grantKinds } from '../../src/grants/kinds.js';
import { runCases } from '../../src/policy/cases/run.js';
import { loadFolder, type Loaded } from '../../src/policy/load.js';
import { mutate, type JsonObject } from '../fuzz/mutate.js';
import { random } from '../fuzz/random.js';
import { folder, FROM, loadedAt, POLICIES, removeFolders } from '../support/policy.js';

afterAll(removeFolders);

type File = 'catalog' | 'directory' | 'cases';
type Tree = { [key: string]: Tree } & Tree[];

const read = (path: string) => readFileSync(path, 'utf8');
const schemas = Object.fromEntries(
  (['catalog', 'directory', 'cases'] as const).map((file) => [
    file,
    JSON.parse(read(join(POLICIES, `../docs/schemas/${file}.json`))) as JsonObject,
  ]),
) as Record<File, JsonObject>;
const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });
const checks = {
  catalog: ajv.compile(schemas.catalog),
  directory: ajv.compile(schemas.directory),
  cases: ajv.compile(schemas.cases),
};
const refused = (file: File, data: unknown) => !checks[file](data);

const CATALOG = read(join(POLICIES, 'catalog.yml'));
const DIRECTORY = read(join(POLICIES, 'directory.yml'));
/** Everything that the formats know, in one file each. */
const FULL = {
  catalog: parse(CATALOG) as Tree,
  directory: parse(`channel: C0ACCESS
timezone: Europe/Berlin
justification: { minLength: 10, ticket: { pattern: '[A-Z]+-[0-9]+', example: OPS-12, required: false } }
approvalTimeout: 8h
startWithin: 14d
warnBefore: 10m
groups: { engineers: { usergroup: S0ENG }, contractors: { usergroup: S0X }, on-call: { usergroup: S0Y }, dba: { members: [dan@corp.example] }, security: { members: [sam@corp.example] } }
stages:
  manager: { manager: true }
  owners: { owners: true, channel: C0OWNERS }
  security: { group: security, tell: people, quiet: [sam@corp.example], remind: 15m, escalate: { after: 30m, to: dba }, delegates: dba }
fallback: { group: dba, channel: C0LAST }
emergency: { channel: C0INCIDENTS, tell: security, review: { by: dba, within: 3d } }
people: { ana@corp.example: { manager: bob@corp.example, iamUser: path/ana }, eva@corp.example: { iamUser: eva } }
identity: { iamUser: '{email}', domains: [corp.example] }
account: '999900001111'
businessHours: { days: [1, 5], from: 8, to: 18, holidays: ['2026-12-25'] }
onCall: { ical: 'https://cal.example/rota.ics', groups: { dba: { pagerduty: { schedule: PABC123, apiUrl: 'https://api.eu.pagerduty.com/' } }, security: { http: 'https://rota.example/now' } } }
accounts:
  '111122223333': { manageRoleArn: 'arn:aws:iam::111122223333:role/jit/Manage', externalId: x }
  '444455556666': { manageRoleArn: 'arn:aws:iam::444455556666:role/jit/Manage', name: Staging }
  '999900001111': { name: jit’s own }
  '777788889999': { manageRoleArn: 'arn:aws:iam::777788889999:role/jit/Manage' }
`) as Tree,
  cases: parse(`
- name: asked
  at: 2026-11-20T10:00:00+01:00
  requester: { email: ana@corp.example, groups: [engineers] }
  request: { entitlement: orders-db-admin, duration: 1h, ticket: OPS-12, emergency: true }
  inputs: { liveGrants: 1, hasThis: false, recentDenials: 0, onCall: true }
  failedInputs: [grants]
  expect: { outcome: needs-approval, chain: [manager, 2 of security], policies: [production-two-stage] }
- name: approved
  approver: { email: sam@corp.example }
  approve: { entitlement: orders-db-admin, requester: ana@corp.example, duration: 1h, approvedBy: [bob@corp.example], stage: security }
  expect: { outcome: allowed, policies: [stage-approves] }
- { name: ended, actor: { email: sam@corp.example, groups: [security] }, revoke: { entitlement: orders-db-admin, requester: { email: ana@corp.example } }, expect: { outcome: allowed } }
- name: asked in many ways
  requester: { email: ana@corp.example, groups: [[engineers], [engineers, on-call], []] }
  request: { entitlement: [orders-logs, billing-reports], duration: [1h, 4h] }
  expect: { outcome: denied }
- name: never
  never:
    entitlement: [orders-logs, orders-db-admin]
    environment: production
    account: ['111122223333']
    risk: [medium, high]
    tags: { team: payments }
    requester: { groups: [engineers], notIn: [on-call] }
    duration: { over: 30m }
    ticket: true
    emergency: false
    businessHours: false
    onCall: false
    outcome: needs-approval
    chain: { fewerThan: 2 people, without: 2 of security }
- { name: read, actor: { email: sam@corp.example, groups: [security] }, audit: { entitlement: orders-db-admin, requester: ana@corp.example, approvedBy: [] }, expect: { outcome: allowed } }
- name: longer
  actor: { email: ana@corp.example, groups: [engineers] }
  extend: { entitlement: orders-db-admin, requester: ana@corp.example, duration: 1h, approvedBy: [], by: 1h, ticket: OPS-12 }
  expect: { outcome: denied, policies: [] }
- { name: reviewed, actor: { email: sam@corp.example, groups: [security] }, review: { entitlement: orders-db-admin, requester: ana@corp.example, approvedBy: [] }, expect: { outcome: allowed } }
`) as Tree,
};
const [session] = [FULL.catalog['entitlements']![6]!];
Object.assign(session['sts-session']!, {
  statements: [
    {
      Sid: 'Some',
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'true' } },
    },
  ],
  policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  guardrails: {
    sourceIp: ['203.0.113.0/24'],
    vpcEndpoints: ['vpce-0a1b2c3d'],
    vpcSourceIp: ['10.0.0.0/8'],
    regions: ['eu-west-1'],
  },
});

let forCases: Loaded;
beforeAll(async () => {
  // Some of what a law speaks of stands in directory.yml.
  const directory = JSON.stringify(FULL.directory);
  forCases = await loadedAt(
    await folder({ 'catalog.yml': CATALOG, 'directory.yml': directory, 'policies.cedar': '' }),
  );
});

/** What the readers say against it; they take JSON, which is YAML. */
async function problems(file: File, data: unknown): Promise<string[]> {
  const text = JSON.stringify(data);
  if (file === 'cases') {
    const results = await runCases(await folder({ 'cases/a.yml': text }), forCases, { from: FROM });
    return results
      .filter(({ expected }) => expected === 'a case that can be read')
      .map(({ actual }) => actual);
  }
  const files = { 'catalog.yml': CATALOG, 'directory.yml': DIRECTORY, [`${file}.yml`]: text };
  const dir = await folder({ ...files, 'policies.cedar': '' });
  const loaded = await loadFolder(dir, { kinds: grantKinds });
  return 'problems' in loaded ? loaded.problems.map(({ message }) => message) : [];
}

function at(tree: Tree, path: string): Tree {
  return path
    .split('/')
    .filter(Boolean)
    .reduce((node, part) => node[part]!, tree);
}

test.each(['catalog', 'directory'] as const)('the default %s.yml fits its schema, and names it', (file) => {
  const text = file === 'catalog' ? CATALOG : DIRECTORY;
  expect(refused(file, parse(text))).toBe(false);
  expect(text).toMatch(`# yaml-language-server: $schema=../docs/schemas/${file}.json\n`);
});

test.each(readdirSync(join(POLICIES, 'cases')))(
  'the default cases/%s fit their schema, and name it',
  (name) => {
    const text = read(join(POLICIES, 'cases', name));
    expect(refused('cases', parse(text))).toBe(false);
    expect(text).toMatch('# yaml-language-server: $schema=../../docs/schemas/cases.json\n');
  },
);

test.each(['catalog', 'directory', 'cases'] as const)(
  'what uses all of the format fits, as the readers take it: %s',
  async (file) => {
    expect([checks[file](FULL[file]), checks[file].errors]).toEqual([true, null]);
    expect(await problems(file, FULL[file])).toEqual([]);
  },
);

/** A mapping in a file, and where the schema says which keys it has. */
const MAPPINGS: [file: File, place: string, schema: string][] = [
  ['catalog', '', ''],
  ['catalog', 'entitlements/0', 'definitions/entitlement'],
  ['catalog', 'entitlements/6/sts-session', 'definitions/sts-session'],
  ['catalog', 'entitlements/6/sts-session/statements/0', 'definitions/statement'],
  ['catalog', 'entitlements/1/iam-policy', 'definitions/iam-policy'],
  ['catalog', 'entitlements/5/iam-policy/guardrails', 'definitions/iam-policy/properties/guardrails'],
  ['directory', '', ''],
  ['directory', 'justification', 'properties/justification'],
  ['directory', 'justification/ticket', 'properties/justification/properties/ticket'],
  ['directory', 'businessHours', 'properties/businessHours'],
  ['directory', 'onCall', 'properties/onCall'],
  ['directory', 'onCall/groups/security', 'properties/onCall/properties/groups/additionalProperties'],
  ['directory', 'onCall/groups/dba/pagerduty', 'properties/onCall/properties/pagerduty'],
  ['directory', 'groups/dba', 'properties/groups/additionalProperties'],
  ['directory', 'stages/security', 'properties/stages/additionalProperties'],
  ['directory', 'stages/security/escalate', 'properties/stages/additionalProperties/properties/escalate'],
  ['directory', 'fallback', 'properties/fallback'],
  ['directory', 'emergency', 'properties/emergency'],
  ['directory', 'emergency/review', 'properties/emergency/properties/review'],
  ['directory', 'people/ana@corp.example', 'properties/people/additionalProperties'],
  ['directory', 'identity', 'properties/identity/anyOf/1'],
  ['directory', 'accounts/111122223333', 'properties/accounts/additionalProperties'],
  ['cases', '0', 'items/oneOf/0'],
  ['cases', '0/requester', 'definitions/who'],
  ['cases', '0/request', 'items/oneOf/0/properties/request'],
  ['cases', '0/expect', 'items/oneOf/0/properties/expect'],
  ['cases', '1', 'items/oneOf/1'],
  ['cases', '1/approve', 'items/oneOf/1/properties/approve'],
  ['cases', '1/expect', 'definitions/verdict'],
  ['cases', '2', 'items/oneOf/2'],
  ['cases', '2/revoke', 'definitions/about'],
  ['cases', '5', 'items/oneOf/3'],
  ['cases', '6', 'items/oneOf/5'],
  ['cases', '4', 'items/oneOf/4'],
  ['cases', '4/never', 'items/oneOf/4/properties/never'],
  ['cases', '4/never/requester', 'items/oneOf/4/properties/never/properties/requester'],
  ['cases', '4/never/duration', 'items/oneOf/4/properties/never/properties/duration'],
  ['cases', '4/never/chain', 'items/oneOf/4/properties/never/properties/chain'],
  ['cases', '6', 'items/oneOf/5'],
  ['cases', '6/extend', 'items/oneOf/5/properties/extend'],
  ['cases', '6/expect', 'definitions/decision'],
  ['cases', '7', 'items/oneOf/6'],
  ['catalog', 'entitlements/0/extensions', 'definitions/entitlement/properties/extensions'],
];

test.each(MAPPINGS)(
  'the keys that the reader of %s/%s takes are those of the schema',
  async (file, place, where) => {
    const data = structuredClone(FULL[file]);
    Object.assign(at(data, place), { zzzzzzzzzzzzzzzzzzzz: 1 });
    expect(refused(file, data)).toBe(true);
    const said =
      (await problems(file, data)).find((message) => message.includes('zzzzzzzzzzzzzzzzzzzz')) ?? '';
    const [, list = ''] = /(?:the keys are|write one of) (.*)$/.exec(said) ?? [];
    const [, count] = / \((\d+) in all\)$/.exec(list) ?? [];
    const known = list.replace(/, … .*$/, '').split(', ');
    const keys = Object.keys(at(schemas[file] as unknown as Tree, where)['properties']!);
    expect(keys).toEqual(expect.arrayContaining(known));
    expect(keys).toHaveLength(Number(count ?? known.length));
  },
);

test('the grant kinds are those of the schema', () => {
  const { oneOf } = at(schemas.catalog as unknown as Tree, 'definitions/entitlement');
  expect(oneOf).toEqual(grantKinds.map(({ name }) => ({ required: [name] })));
});

/** `undefined` takes the key away. */
const MISTAKES: [file: File, place: string, value: unknown][] = [
  ['catalog', '', { entitlements: { a: 1 } }],
  ['catalog', '', ['a']],
  ['catalog', 'entitlements/0', 'a'],
  ['catalog', 'entitlements/0/id', undefined],
  ['catalog', 'entitlements/0/id', 'Logs!'],
  ['catalog', 'entitlements/0/id', 'a'.repeat(65)],
  ['catalog', 'entitlements/0/id', 12],
  ['catalog', 'entitlements/0/name', ' '],
  ['catalog', 'entitlements/0/environment', undefined],
  ['catalog', 'entitlements/0/environment', ' stray'],
  ['catalog', 'entitlements/0/account', 444455556666],
  ['catalog', 'entitlements/0/account', '4444'],
  ['catalog', 'entitlements/0/risk', 'hgih'],
  ['catalog', 'entitlements/0/durations', []],
  ['catalog', 'entitlements/0/durations', '1h'],
  ['catalog', 'entitlements/0/durations', ['10d']],
  ['catalog', 'entitlements/0/durations', ['0m']],
  ['catalog', 'entitlements/0/durations', ['soon']],
  ['catalog', 'entitlements/0/durations', ['']],
  ['catalog', 'entitlements/0/durations', [60]],
  ['catalog', 'entitlements/0/channel', '#access'],
  ['catalog', 'entitlements/0/tags', { a: 1 }],
  ['catalog', 'entitlements/0/tags', { ' b': 'x' }],
  ['catalog', 'entitlements/0/sts-session', undefined],
  ['catalog', 'entitlements/0/sts-session', []],
  ['catalog', 'entitlements/0/iam-policy', { statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
  ['catalog', 'entitlements/0/sts-session/roleArn', 'arn:aws:iam::1:role/x'],
  ['catalog', 'entitlements/0/sts-session/chaining', 'no'],
  ['catalog', 'entitlements/0/sts-session/guardrails', { mfa: true }],
  ['catalog', 'entitlements/0/sts-session/guardrails', { vpcSourceIp: '10.0.0.0/8' }],
  ['catalog', 'entitlements/0/sts-session/guardrails', { regions: [] }],
  ['catalog', 'entitlements/1/iam-policy/statements', undefined],
  ['catalog', 'entitlements/1/iam-policy/statements', []],
  ['catalog', 'entitlements/1/iam-policy/statements/0/Effect', 'Deny'],
  ['catalog', 'entitlements/1/iam-policy/statements/0/NotAction', 'a:b'],
  ['catalog', 'entitlements/1/iam-policy/statements/0/Resource', undefined],
  ['directory', 'channel', undefined],
  ['directory', 'channel', 'the channel'],
  ['directory', 'justification/minLength', -1],
  ['directory', 'justification/ticket/pattern', undefined],
  ['directory', 'justification/ticket/pattern', 'a'.repeat(101)],
  ['directory', 'justification/ticket/example', 12],
  ['directory', 'justification/ticket/example', 'A'.repeat(65)],
  ['directory', 'approvalTimeout', '8 hours'],
  ['directory', 'warnBefore', '8d'],
  ['directory', 'startWithin', '15d'],
  ['directory', 'startWithin', '0d'],
  ['directory', 'startWithin', '3 days'],
  ['directory', 'groups/engineers/members', []],
  ['directory', 'groups/engineers', {}],
  ['directory', 'groups/engineers', null],
  ['directory', 'groups/engineers/usergroup', '@engineers'],
  ['directory', 'groups/dba/members', ['dan']],
  ['directory', 'groups/ stray', { members: [] }],
  ['directory', 'stages/auto', { manager: true }],
  ['directory', 'stages/x', { manager: true, owners: true }],
  ['directory', 'stages/x', {}],
  ['directory', 'stages/x', { manager: false }],
  ['directory', 'stages/Two_X', { manager: true }],
  ['directory', 'stages/manager, security', { manager: true }],
  ['directory', 'stages/2 of security', { manager: true }],
  ['directory', 'stages/security/remind', '8d'],
  ['directory', 'stages/security/escalate', { to: 'dba' }],
  ['directory', 'stages/security/delegates', ['dba']],
  ['directory', 'fallback', { group: 'dba' }],
  ['directory', 'fallback/channel', 'the channel'],
  ['directory', 'emergency', { channel: 'C0INCIDENTS', tell: 'security' }],
  ['directory', 'emergency/channel', 'the channel'],
  ['directory', 'emergency/tell', ['security']],
  ['directory', 'emergency/review', { by: 'security' }],
  ['directory', 'emergency/review/within', '3 days'],
  ['directory', 'people/ana', {}],
  ['directory', 'people/ana@corp.example/manager', 'bob'],
  ['directory', 'people/ana@corp.example/iamRole', 'a'],
  ['directory', 'people/ana@corp.example/iamUser', 'a b'],
  ['directory', 'identity/domains', undefined],
  ['directory', 'identity/domains', []],
  ['directory', 'identity/domains', ['@corp.example']],
  ['directory', 'identity/iamUser', 'jit'],
  ['directory', 'identity/iamRole', '{local}'],
  ['directory', 'accounts/123', { manageRoleArn: 'arn:aws:iam::123:role/Manage' }],
  ['directory', 'accounts/111122223333/manageRoleArn', 'Manage'],
  ['directory', 'accounts/111122223333/manageRoleArn', undefined],
  ['directory', 'accounts/111122223333/name', ' Production'],
  ['directory', 'accounts/111122223333/name', ''],
  ['directory', 'accounts/111122223333', {}],
  ['cases', '0/name', undefined],
  ['cases', '0/at', 'tomorrow'],
  ['cases', '0/requester', undefined],
  ['cases', '0/requester/email', 'ana'],
  ['cases', '0/request/duration', '1 hour'],
  ['cases', '0/request', undefined],
  ['cases', '0/expect/outcome', 'allowed'],
  ['cases', '0/expect/chain', ['two of security']],
  ['cases', '3/requester/groups', [['engineers'], 'on-call']],
  ['cases', '3/request/entitlement', []],
  ['cases', '3/request/duration', []],
  ['cases', '4/expect', { outcome: 'denied' }],
  ['cases', '4/request', { entitlement: 'orders-logs', duration: '1h' }],
  ['cases', '4/never', undefined],
  ['cases', '4/never', {}],
  ['cases', '4/never/environment', []],
  ['cases', '4/never/account', '1'],
  ['cases', '4/never/risk', 'hgih'],
  ['cases', '4/never/tags', { team: 1 }],
  ['cases', '4/never/tags', {}],
  ['cases', '4/never/requester', {}],
  ['cases', '4/never/requester/notIn', []],
  ['cases', '4/never/duration', {}],
  ['cases', '4/never/duration/over', 'long'],
  ['cases', '4/never/ticket', 'no'],
  ['cases', '4/never/outcome', 'denied'],
  ['cases', '4/never/chain', {}],
  ['cases', '4/never/chain/fewerThan', 2],
  ['cases', '4/never/chain/fewerThan', 'two'],
  ['cases', '4/never/chain/fewerThan', '0 people'],
  ['cases', '4/never/chain/without', '2 of'],
  ['cases', '4/never/chain/without', 'manager, security'],
  ['cases', '1/approve/stage', undefined],
  ['cases', '1/approve/requester', 'ana'],
  ['cases', '1/expect/outcome', 'auto'],
  ['cases', '1/actor', { email: 'x@y.example' }],
];

test.each(MISTAKES)('the reader and the schema both refuse %s %s: %j', async (file, place, value) => {
  let data: unknown = structuredClone(FULL[file]);
  const parts = place.split('/').filter(Boolean);
  const key = parts.pop();
  if (key === undefined) data = value;
  else if (value === undefined) Reflect.deleteProperty(at(data as Tree, parts.join('/')), key);
  else Object.assign(at(data as Tree, parts.join('/')), { [key]: value });
  expect(await problems(file, data)).not.toEqual([]);
  expect(refused(file, data)).toBe(true);
});

test.each(['catalog', 'directory', 'cases'] as const)(
  'no schema refuses what the readers take: %s',
  async (file) => {
    const r = random(20_261_121);
    let taken = 0;
    for (let n = 0; n < 120; n++) {
      const data = structuredClone(FULL[file]) as unknown as JsonObject;
      mutate(r, data);
      if ((await problems(file, data)).length > 0) continue;
      taken++;
      const said = refused(file, data) && JSON.stringify([checks[file].errors, data]).slice(0, 1000);
      expect([n, said]).toEqual([n, false]);
    }
    expect(taken).toBeGreaterThan(5);
  },
);
