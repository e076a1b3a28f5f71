import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILES, folder, kinds, load, POLICIES, problemsOf, removeFolders } from '../support/policy.js';
import { SUBCOMMANDS } from '../../src/policy/read/catalog.js';
import { loadFolder } from '../../src/policy/load.js';

afterAll(removeFolders);

const SCHEMA = readFileSync(join(POLICIES, 'schema.cedarschema'), 'utf8');
const FORBID = '@id("a") forbid (principal, action == Jit::Action::"request", resource)';
const BOMB = [
  'a: &a [x,x,x,x,x,x,x,x]',
  'b: &b [*a,*a,*a,*a,*a,*a]',
  'c: &c [*b,*b,*b,*b,*b,*b]',
  'd: [*c,*c,*c,*c]',
].join('\n');

type Files = Record<string, string | Uint8Array | undefined>;
const catalog = (from: string | RegExp, to: string): Files => ({
  'catalog.yml': FILES['catalog.yml'].replace(from, to),
});
const directory = (more: string, from = '', to = ''): Files => ({
  'directory.yml': `${FILES['directory.yml'].replace(from, to)}${more}\n`,
});
const policy = (text: string): Files => ({ 'more.cedar': `${text}\n` });

const table: [name: string, files: Files, problems: string[]][] = [
  [
    'an empty catalog and an empty directory',
    { 'catalog.yml': '', 'directory.yml': '' },
    [
      'catalog.yml:1: is empty; write entitlements: and a list of them',
      'directory.yml:1: is empty; write a mapping with at least a channel',
      'policies.cedar:3: policy "low-at-once": unknown group "engineers"; there are no groups yet',
    ],
  ],
  [
    'files that are missing',
    {
      'catalog.yml': undefined,
      'directory.yml': undefined,
      'schema.cedarschema': undefined,
      'catalog.yaml': 'x',
    },
    [
      'catalog.yml: is missing; rename catalog.yaml to catalog.yml',
      'directory.yml: is missing; copy it from the default policy folder and adapt it',
      'schema.cedarschema: is missing; copy it from the default policy folder and adapt it',
    ],
  ],
  [
    'an account of jit’s own that is none',
    directory('account: 444455556666'),
    [
      'directory.yml:10: account: 444455556666 is not right; write the 12 digits of an AWS account, in quotes',
    ],
  ],
  [
    'a file that is not UTF-8',
    { 'catalog.yml': new Uint8Array([0xff, 0xfe, 0x61, 0]) },
    ['catalog.yml: is not UTF-8 text; save it in that encoding'],
  ],
  [
    'a file that is too big',
    { 'catalog.yml': 'x'.repeat(5_000_000) },
    ['catalog.yml: is 5000000 bytes; at most 4194304 are read'],
  ],
  [
    'a key that stands twice',
    { 'catalog.yml': 'entitlements: []\nentitlements: []\n' },
    ['catalog.yml:2: the key "entitlements" appears twice; keep one of the two'],
  ],
  [
    'a bomb of aliases',
    { 'catalog.yml': BOMB },
    [
      'catalog.yml: not readable as YAML: Excessive alias count indicates a resource exhaustion attack; write the values out plainly',
    ],
  ],
  [
    'an alias that contains itself',
    { 'catalog.yml': 'entitlements: &a [*a]\n' },
    [
      'catalog.yml: not readable as YAML: Converting circular structure to JSON; write the values out plainly',
    ],
  ],
  [
    'an unknown tag',
    { 'catalog.yml': 'entitlements: !!js/function []\n' },
    ['catalog.yml:1: not valid YAML: Unresolved tag: tag:yaml.org,2002:js/function'],
  ],
  [
    'two documents',
    { 'catalog.yml': 'entitlements: []\n---\na: 1\n' },
    ['catalog.yml:2: holds more than one YAML document; remove the line "---"'],
  ],
  [
    'brackets that do not close',
    { 'catalog.yml': 'entitlements:\n  - id: [\n' },
    [
      'catalog.yml:3: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ],
  [
    'tabs',
    { 'catalog.yml': 'entitlements:\n\t- id: x\n' },
    ['catalog.yml:2: not valid YAML: Tabs are not allowed as indentation'],
  ],
  [
    'a catalog that is a list',
    { 'catalog.yml': '- a\n' },
    ['catalog.yml:1: ["a"] is not right; write entitlements: and a list of them'],
  ],
  [
    'a catalog that is a text',
    { 'catalog.yml': 'hello\n' },
    ['catalog.yml:1: "hello" is not right; write entitlements: and a list of them'],
  ],
  [
    'entitlements that are a mapping',
    { 'catalog.yml': 'entitlements: { a: 1 }\n' },
    ['catalog.yml:1: entitlements: {"a":1} is not right; write a list of entitlements'],
  ],
  [
    'an entitlement that is a text',
    { 'catalog.yml': 'entitlements: [a]\n' },
    ['catalog.yml:1: "a" is not right; write an entitlement with an id, a name and so on'],
  ],
  [
    'an unknown key at the top',
    { 'catalog.yml': `${FILES['catalog.yml']}version: 1\n` },
    ['catalog.yml:11: unknown key "version"; the keys are entitlements'],
  ],
  [
    'an unknown key of an entitlement',
    catalog('risk: low', 'risk: low\n    onwers: [dba]'),
    ['catalog.yml:8: unknown key "onwers"; did you mean "owners"?'],
  ],
  [
    'durations that are none',
    catalog('[1h, 4h]', '[1h, 10d, 0m, soon, 60]'),
    [
      'catalog.yml:9: durations: "10d" is longer than 7d; write a duration from 1m to 7d, such as 1h30m',
      'catalog.yml:9: durations: "0m" is shorter than 1m; write a duration from 1m to 7d, such as 1h30m',
      'catalog.yml:9: durations: "soon" is not a duration; write a duration from 1m to 7d, such as 1h30m',
      'catalog.yml:9: durations: 60 is not right; write a duration from 1m to 7d, such as 1h30m',
    ],
  ],
  [
    'no durations',
    catalog('[1h, 4h]', '[]'),
    ['catalog.yml:9: durations: is empty; offer at least one, such as [1h]'],
  ],
  [
    'durations that are no list',
    catalog('[1h, 4h]', '1h'),
    ['catalog.yml:9: durations: "1h" is not right; write a list of durations such as [15m, 1h]'],
  ],
  [
    'an unknown risk',
    catalog('risk: low', 'risk: hgih'),
    ['catalog.yml:7: risk: "hgih" is not right; write low, medium or high'],
  ],
  [
    'an id with capitals',
    catalog('id: logs', 'id: Logs!'),
    ['catalog.yml:2: id: "Logs!" is not an id; write 1 to 64 of a–z, 0–9 and hyphens'],
  ],
  [
    'an id that is too long',
    catalog('id: logs', `id: ${'a'.repeat(65)}`),
    [
      'catalog.yml:2: id: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" is not an id; write 1 to 64 of a–z, 0–9 and hyphens',
    ],
  ],
  [
    'an id that is a number',
    catalog('id: logs', 'id: 12'),
    ['catalog.yml:2: id: 12 is not right; write an id of a–z, 0–9 and hyphens'],
  ],
  [
    'an id that stands twice',
    { 'catalog.yml': FILES['catalog.yml'] + FILES['catalog.yml'].replace('entitlements:\n', '') },
    ['catalog.yml:11: id: "logs" is that of catalog.yml:2 already; every entitlement has its own'],
  ],
  [
    'a grant kind that is misspelt',
    catalog('sts-session', 'sts-sesion'),
    ['catalog.yml:10: unknown key "sts-sesion"; did you mean "sts-session"?'],
  ],
  [
    'no grant kind',
    catalog(/^ *sts-session.*\n/m, ''),
    ['catalog.yml:2: has no grant kind; write one of sts-session, iam-policy'],
  ],
  [
    'two grant kinds',
    { 'catalog.yml': `${FILES['catalog.yml']}    iam-policy: {}\n` },
    ['catalog.yml:11: iam-policy: a second grant kind; keep one of sts-session, iam-policy'],
  ],
  [
    'what the grant kind refuses',
    catalog(/sts-session:.*/, 'sts-session: [x]'),
    ['catalog.yml:10: sts-session: is not a mapping; write roleArn: or statements:'],
  ],
  [
    'an account without quotes',
    catalog('"444455556666"', '444455556666'),
    ['catalog.yml:6: account: 444455556666 is not right; write the 12 digits of an AWS account, in quotes'],
  ],
  [
    'an account that is too short',
    catalog('"444455556666"', '"4444"'),
    ['catalog.yml:6: account: "4444" is not right; write the 12 digits of an AWS account, in quotes'],
  ],
  [
    'unknown owners',
    catalog('[dba]', '[dbaa, people]'),
    [
      'catalog.yml:8: owners: unknown group "dbaa"; did you mean "dba"?',
      'catalog.yml:8: owners: unknown group "people"; the groups are engineers, dba, security',
    ],
  ],
  [
    'no environment',
    catalog('environment: staging', ''),
    ['catalog.yml:2: environment: is missing; write a name, without stray spaces'],
  ],
  [
    'a channel by its name',
    catalog('risk: low', 'risk: low\n    channel: "#access"'),
    ['catalog.yml:8: channel: "#access" is not right; write a Slack channel\'s id, such as C0ACCESS'],
  ],
  [
    'tags that are not texts',
    catalog('risk: low', 'risk: low\n    tags: { a: 1, " b": x }'),
    [
      'catalog.yml:8: tags.a: 1 is not right; write text, in quotes',
      'catalog.yml:8: tags: " b" is not a usable name; choose another, without stray spaces',
    ],
  ],
  [
    'no channel',
    { 'directory.yml': FILES['directory.yml'].replace('channel: C0ACCESS', '') },
    ["directory.yml:2: channel: is missing; write a Slack channel's id, such as C0ACCESS"],
  ],
  [
    'an unknown key of the directory',
    directory('timezon: UTC'),
    ['directory.yml:10: unknown key "timezon"; did you mean "timezone"?'],
  ],
  [
    'an unknown timezone',
    directory('timezone: Europe/Berln'),
    [
      'directory.yml:10: timezone: "Europe/Berln" is not a time zone (did you mean Europe/Berlin?); write an IANA time zone, such as Europe/Berlin',
    ],
  ],
  [
    'a pattern that is no regular expression',
    directory('justification: { ticket: { pattern: "(" } }'),
    [
      'directory.yml:10: justification.ticket.pattern: "(" is not a regular expression (Invalid regular expression: /(/: Unterminated group); write a pattern such as [A-Z]+-[0-9]+',
    ],
  ],
  [
    'a pattern that only brackets would make one',
    directory('justification: { ticket: { pattern: "a)|(b" } }'),
    [
      'directory.yml:10: justification.ticket.pattern: "a)|(b" is not a regular expression (Invalid regular expression: /a)|(b/: Unmatched \')\'); write a pattern such as [A-Z]+-[0-9]+',
    ],
  ],
  [
    'a pattern that could take for ever',
    directory('justification: { ticket: { pattern: "([A-Z]+-?)+" } }'),
    [
      'directory.yml:10: justification.ticket.pattern: "([A-Z]+-?)+" may take for ever on some texts, since it repeats a group that itself repeats or chooses; write a pattern such as [A-Z]+-[0-9]+',
    ],
  ],
  [
    'a pattern that is too long',
    directory(`justification: { ticket: { pattern: ${'a'.repeat(101)} } }`),
    [
      'directory.yml:10: justification.ticket.pattern: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa is longer than 100 characters; write a pattern such as [A-Z]+-[0-9]+',
    ],
  ],
  [
    'an example of a ticket that the pattern does not take',
    directory('justification: { ticket: { pattern: "OPS-[0-9]+", example: DB-7 } }'),
    [
      'directory.yml:10: justification.ticket.example: "DB-7" does not match the pattern OPS-[0-9]+; write a ticket that does, or correct the pattern',
    ],
  ],
  [
    'an example of a ticket that is longer than tickets are',
    directory(`justification: { ticket: { pattern: "[A-Z]+", example: ${'A'.repeat(65)} } }`),
    [
      `directory.yml:10: justification.ticket.example: "${'A'.repeat(65)}" is longer than 64 characters; write a ticket that people could have`,
    ],
  ],
  [
    'an example of a ticket that is no text',
    directory('justification: { ticket: { pattern: "[0-9]+", example: 12 } }'),
    [
      'directory.yml:10: justification.ticket.example: 12 is not right; write a ticket that fits the pattern, such as OPS-12',
    ],
  ],
  [
    'a ticket without a pattern',
    directory('justification: { ticket: { required: true }, minLength: -1 }'),
    [
      'directory.yml:10: justification.minLength: -1 is not right; write a whole number from 0 to 1000',
      'directory.yml:10: justification.ticket.pattern: is missing; write a pattern such as [A-Z]+-[0-9]+',
    ],
  ],
  [
    'a timeout that is no duration',
    directory('approvalTimeout: 8 hours'),
    [
      'directory.yml:10: approvalTimeout: "8 hours" is not a duration; write a duration from 1m to 7d, such as 1h30m',
    ],
  ],
  [
    'a start that is too far ahead',
    directory('startWithin: 15d'),
    ['directory.yml:10: startWithin: "15d" is longer than 14d; write a duration from 1m to 14d, such as 3d'],
  ],
  [
    'a time that is too long',
    directory('warnBefore: 8d'),
    ['directory.yml:10: warnBefore: "8d" is longer than 7d; write a duration from 1m to 7d, such as 1h30m'],
  ],
  [
    'a group of both forms',
    directory('', 'usergroup: S0ENG', 'usergroup: S0ENG, members: []'),
    ['directory.yml:3: groups.engineers: write either usergroup: <id> or members: [<e-mail>, …]'],
  ],
  [
    'a group of neither form',
    directory('', '{ usergroup: S0ENG }', '{}'),
    ['directory.yml:3: groups.engineers: write either usergroup: <id> or members: [<e-mail>, …]'],
  ],
  [
    'a group without anything',
    directory('', '{ usergroup: S0ENG }', ''),
    ['directory.yml:3: groups.engineers: is missing; write usergroup: <id>, or members: [<e-mail>, …]'],
  ],
  [
    'a user group by its handle',
    directory('', 'S0ENG', '"@engineers"'),
    [
      'directory.yml:3: groups.engineers.usergroup: "@engineers" is not right; write a Slack user group\'s id, such as S0ENG',
    ],
  ],
  [
    'a member without an e-mail',
    directory('', 'dan@corp.example', 'dan'),
    ['directory.yml:4: groups.dba.members: "dan" is not right; write an e-mail address'],
  ],
  [
    'a group whose name every object has',
    directory('', 'engineers:', 'constructor:'),
    [
      'directory.yml:3: groups.constructor: is not a usable name; choose another, without stray spaces',
      'policies.cedar:3: policy "low-at-once": unknown group "engineers"; the groups are constructor, dba, security',
    ],
  ],
  [
    'a stage of an unknown group',
    directory('', 'group: security', 'group: secutiry'),
    ['directory.yml:9: stages.security.group: unknown group "secutiry"; did you mean "security"?'],
  ],
  [
    'a stage called auto',
    directory('  auto: { manager: true }'),
    [
      'directory.yml:10: stages.auto: "auto" is reserved: it means that no approval is needed; choose another name',
    ],
  ],
  [
    'a stage of two forms',
    directory('  x: { manager: true, owners: true }'),
    ['directory.yml:10: stages.x: write exactly one of manager: true, owners: true and group: <name>'],
  ],
  [
    'a stage of no form',
    directory('  x: {}'),
    ['directory.yml:10: stages.x: write exactly one of manager: true, owners: true and group: <name>'],
  ],
  [
    'a stage with capitals',
    directory('  Two_X: { manager: true }'),
    ['directory.yml:10: stages.Two_X: write the name in a–z, 0–9 and hyphens only'],
  ],
  [
    'a stage of a manager that is none',
    directory('  x: { manager: false }'),
    ['directory.yml:10: stages.x.manager: false is not right; write manager: true'],
  ],
  [
    'a way to tell a stage that there is none of',
    directory('  x: { group: dba, tell: phone }'),
    ['directory.yml:10: stages.x.tell: "phone" is not right; write channel or people'],
  ],
  [
    'a way to tell in capitals, or that is a list',
    directory('  x: { group: dba, tell: People }\n  y: { group: dba, tell: [channel, people] }'),
    [
      'directory.yml:10: stages.x.tell: "People" is not right; write channel or people',
      'directory.yml:11: stages.y.tell: ["channel","people"] is not right; write channel or people',
    ],
  ],
  [
    'a quiet person without a list',
    directory('  x: { group: dba, quiet: dan@corp.example }'),
    ['directory.yml:10: stages.x.quiet: "dan@corp.example" is not right; write a list of e-mail addresses'],
  ],
  [
    'quiet of what is no address',
    directory('  x: { group: dba, quiet: [dan, dba, 7] }'),
    [
      'directory.yml:10: stages.x.quiet: "dan" is not right; write an e-mail address',
      'directory.yml:10: stages.x.quiet: "dba" is not right; write an e-mail address',
      'directory.yml:10: stages.x.quiet: 7 is not right; write an e-mail address',
    ],
  ],
  [
    'quiet with nothing in it',
    directory('  x: { group: dba, quiet: }'),
    ['directory.yml:10: stages.x.quiet: is missing; write a list of e-mail addresses'],
  ],
  [
    'the keys of who is told, misspelt',
    directory('  x: { group: dba, tel: people, quite: [dan@corp.example] }'),
    [
      'directory.yml:10: stages.x: unknown key "tel"; did you mean "tell"?',
      'directory.yml:10: stages.x: unknown key "quite"; the keys are manager, owners, group, channel, tell, quiet, remind, escalate, delegates',
    ],
  ],
  [
    'an escalation to an unknown group',
    directory('  x: { group: dba, escalate: { after: 30m, to: secuity } }'),
    ['directory.yml:10: stages.x.escalate.to: unknown group "secuity"; did you mean "security"?'],
  ],
  [
    'an escalation that never comes',
    directory('  x: { group: dba, remind: 8d, escalate: { to: dba } }'),
    [
      'directory.yml:10: stages.x.remind: "8d" is longer than 7d; write a duration from 1m to 7d, such as 1h30m',
      'directory.yml:10: stages.x.escalate.after: is missing; write a duration from 1m to 7d, such as 1h30m',
    ],
  ],
  [
    'stand-ins of an unknown group',
    directory('  x: { manager: true, delegates: secuity }'),
    ['directory.yml:10: stages.x.delegates: unknown group "secuity"; did you mean "security"?'],
  ],
  [
    'a fallback to an unknown group',
    directory('fallback: { group: secuity, channel: C0LAST }'),
    ['directory.yml:10: fallback.group: unknown group "secuity"; did you mean "security"?'],
  ],
  [
    'a fallback that says half of it',
    directory('fallback: { group: security }'),
    ["directory.yml:10: fallback.channel: is missing; write a Slack channel's id, such as C0ACCESS"],
  ],
  [
    'a fallback that is none',
    directory('fallback: security'),
    ['directory.yml:10: fallback: "security" is not right; write a mapping'],
  ],
  [
    'people without e-mails',
    directory('people: { ana: { manager: bob } }'),
    [
      'directory.yml:10: people.ana: is not an e-mail address',
      'directory.yml:10: people.ana.manager: "bob" is not right; write an e-mail address',
    ],
  ],
  [
    'people who stand twice',
    directory('people: { ana@corp.example: {}, Ana@corp.example: {} }'),
    [
      'directory.yml:10: people.Ana@corp.example: appears twice; e-mail addresses that differ only in case are one person',
    ],
  ],
  [
    'people who share an IAM user',
    directory('people: { ana@corp.example: { iamUser: ana }, bob@corp.example: { iamUser: jit/ANA } }'),
    [
      'directory.yml:10: people.bob@corp.example: user ana would be shared by ana@corp.example and bob@corp.example; give each person their own IAM principal',
    ],
  ],
  [
    "people who have another's IAM user by the template",
    directory(
      'identity: { iamUser: "{email}", domains: [corp.example] }\npeople: { ana@corp.example: { iamUser: Sam@corp.example } }',
    ),
    [
      'directory.yml:11: people.ana@corp.example: user sam@corp.example would be shared by ana@corp.example and sam@corp.example; give each person their own IAM principal',
    ],
  ],
  [
    "people who have another's IAM role by the template",
    directory(
      'identity: { iamRole: "jit/{local}", domains: [corp.example] }\npeople: { ana@corp.example: { iamRole: sam } }',
    ),
    [
      'directory.yml:11: people.ana@corp.example: role sam would be shared by ana@corp.example and sam@corp.example; give each person their own IAM principal',
    ],
  ],
  [
    'a role of Identity Center',
    directory('people: { ana@corp.example: { iamRole: aws-reserved/AWSReservedSSO_Admin_1 } }'),
    [
      'directory.yml:10: people.ana@corp.example.iamRole: "aws-reserved/AWSReservedSSO_Admin_1" is a role that Identity Center owns and rewrites; name a role or user of your own',
    ],
  ],
  [
    'an IAM name that is none',
    directory('people: { ana@corp.example: { iamUser: "a b" } }'),
    [
      'directory.yml:10: people.ana@corp.example.iamUser: "a b" is not an IAM name; write 1 to 64 letters, digits or + = , . @ _ -',
    ],
  ],
  [
    'a person with two principals',
    directory('people: { ana@corp.example: { iamRole: a, iamUser: b } }'),
    ['directory.yml:10: people.ana@corp.example: write either iamUser or iamRole, not both'],
  ],
  [
    'a template without domains',
    directory('identity: { iamUser: "{email}" }'),
    ['directory.yml:10: identity.domains: is missing; write a list of e-mail domains'],
  ],
  [
    'a template with no domain',
    directory('identity: { iamUser: "{email}", domains: [] }'),
    ['directory.yml:10: identity.domains: a template needs at least one e-mail domain'],
  ],
  [
    'a template with a domain that is none',
    directory('identity: { iamUser: "{email}", domains: ["@corp.example"] }'),
    ['directory.yml:10: identity.domains: "@corp.example" is not a domain; write one such as corp.example'],
  ],
  [
    'a template by which two people share a principal',
    directory('identity: { iamRole: "jit/{local}", domains: [a.example, b.example] }'),
    [
      'directory.yml:10: identity.iamRole: "jit/{local}" gives people of a.example and b.example with the same first half one IAM principal; write {email}, or name one domain',
    ],
  ],
  [
    'a template by which all people share a principal',
    directory('identity: { iamRole: jit, domains: [a.example] }'),
    ['directory.yml:10: identity.iamRole: "jit" must hold {email} or {local} exactly once'],
  ],
  [
    'two templates',
    directory('identity: { iamRole: "{local}", iamUser: "{local}", domains: [a.example] }'),
    ['directory.yml:10: identity: write exactly one of iamUser: "{email}" and iamRole: "jit/{local}"'],
  ],
  [
    'a template for roles of Identity Center',
    directory('identity: { iamRole: "AWSReservedSSO_{local}", domains: [a.example] }'),
    [
      'directory.yml:10: identity.iamRole: "AWSReservedSSO_{local}" is a role that Identity Center owns and rewrites; name a role or user of your own',
    ],
  ],
  [
    'an account that is none',
    directory('accounts: { "123": { manageRoleArn: arn:aws:iam::123:role/Manage } }'),
    [
      'directory.yml:10: accounts.123: is not an AWS account; write its 12 digits in quotes',
      "directory.yml:10: accounts.123.manageRoleArn: is not a role's ARN",
    ],
  ],
  [
    'a role that is none',
    directory('accounts: { "111122223333": { manageRoleArn: Manage } }'),
    ["directory.yml:10: accounts.111122223333.manageRoleArn: is not a role's ARN"],
  ],
  [
    'an account of which nothing is said',
    directory('accounts: { "111122223333": {} }'),
    ['directory.yml:10: accounts.111122223333: is empty; write manageRoleArn, name, or both'],
  ],
  [
    'an external id for no role',
    directory('accounts: { "111122223333": { name: Production, externalId: x } }'),
    ['directory.yml:10: accounts.111122223333.externalId: is of no use without a role; write manageRoleArn'],
  ],
  [
    'a name that is none',
    directory('accounts: { "111122223333": { name: " Production" } }'),
    [
      'directory.yml:10: accounts.111122223333.name: " Production" is not right; write a name, without stray spaces',
    ],
  ],
  [
    'a role in another account',
    directory('accounts: { "111122223333": { manageRoleArn: "arn:aws:iam::444455556666:role/Manage" } }'),
    [
      'directory.yml:10: accounts.111122223333.manageRoleArn: is a role of account 444455556666, not of 111122223333',
    ],
  ],
  [
    'a policy with wrong syntax, and the next one',
    policy(
      '@id("a")\npermit (principal, action resource);\npermit (principal in Jit::Group::"dba", action == Jit::Action::"approve", resource);',
    ),
    [
      'more.cedar:2: not a Cedar policy: unexpected token `resource`; expected `!=`, `)`, `,`, `:`, `<`, `<=`, `==`, `>`, `>=`, `in`, or `is`',
      'more.cedar:3: has no @id; write @id("a-name-of-its-own") before it',
    ],
  ],
  [
    'a policy that does not end',
    policy('@id("a")\npermit (principal, action, resource)'),
    ['more.cedar:2: not a Cedar policy: unexpected end of input; expected `;` or identifier'],
  ],
  [
    'a text that does not end',
    policy('@id("a)\npermit (principal, action, resource);'),
    ['more.cedar:1: not a Cedar policy: invalid token; try checking that all strings are closed properly'],
  ],
  [
    'a template of a policy',
    policy('@id("a") @chain("auto")\npermit (principal == ?principal, action, resource);'),
    [
      'more.cedar:2: not a Cedar policy: expected a static policy, got a template containing the slot ?principal; try removing the template slot(s) from this policy',
    ],
  ],
  [
    'an @id that stands twice',
    policy(`${FORBID};\n${FORBID};`),
    ['more.cedar:2: the @id "a" is that of more.cedar:1 already; give every policy its own'],
  ],
  [
    'an unknown annotation',
    policy(`@advise("x") ${FORBID};`),
    ['more.cedar:1: policy "a": unknown annotation @advise; did you mean "advice"?'],
  ],
  [
    'a permit for requests without @chain',
    policy('@id("a")\npermit (principal, action, resource);'),
    ['more.cedar:1: policy "a" permits requests and has no @chain; write @chain("auto"), or who must agree'],
  ],
  [
    'a chain that is none',
    policy('@id("a")\n@chain("manager and security")\npermit (principal, action, resource);'),
    [
      'more.cedar:2: policy "a": @chain: "manager and security" is not a stage: write a stage\'s name, or "2 of <stage>"',
    ],
  ],
  [
    'a quorum of nobody',
    policy('@id("a")\n@chain("0 of security")\npermit (principal, action, resource);'),
    [
      'more.cedar:2: policy "a": @chain: "0 of security" is not a stage: write a stage\'s name, or "2 of <stage>"',
    ],
  ],
  [
    'a chain with auto and a stage',
    policy('@id("a")\n@chain("auto, security")\npermit (principal, action, resource);'),
    ['more.cedar:2: policy "a": @chain: "auto" must be the whole chain: it cannot be one stage among others'],
  ],
  [
    'a chain with a stage twice',
    policy('@id("a")\n@chain("security, 2 of security")\npermit (principal, action, resource);'),
    ['more.cedar:2: policy "a": @chain: the stage "security" appears twice'],
  ],
  [
    'a chain with unknown stages and a quorum of managers',
    policy('@id("a")\n@chain("manger, 2 of manager")\npermit (principal, action, resource);'),
    [
      'more.cedar:2: policy "a": @chain: unknown stage "manger"; did you mean "manager"?',
      'more.cedar:2: policy "a": @chain: "2 of manager" cannot be: a person has one manager; write "manager"',
    ],
  ],
  [
    'an attribute that is not there',
    policy(`// é\n${FORBID}\nwhen { resource.rsk == "high" };`),
    [
      'more.cedar:3: policy "a": attribute `rsk` on entity type `Jit::Entitlement` not found; did you mean `risk`?',
    ],
  ],
  [
    'an optional attribute that is not asked for',
    policy(`${FORBID}\nwhen { context.ticket == "high" };`),
    [
      'more.cedar:2: policy "a": unable to guarantee safety of access to optional attribute `ticket` in context for Jit::Action::"request"; try testing for the attribute\'s presence with `context has ticket && ..`',
    ],
  ],
  [
    'types that do not fit',
    policy(`${FORBID}\nwhen { context.hour == "8" };`),
    [
      'more.cedar:2: policy "a": the types Long and String are not compatible; both operands to a `==` expression must have compatible types. Types must be exactly equal to be compatible',
    ],
  ],
  [
    'an unknown action',
    policy('@id("a") forbid (principal, action == Jit::Action::"requst", resource);'),
    [
      'more.cedar:1: policy "a": unrecognized action `Jit::Action::"requst"`; did you mean `Jit::Action::"request"`?',
    ],
  ],
  [
    'an unknown type',
    policy('@id("a") forbid (principal in Jit::Grup::"dba", action, resource);'),
    ['more.cedar:1: policy "a": unrecognized entity type `Jit::Grup`; did you mean `Jit::Group`?'],
  ],
  [
    'names that no file has',
    policy(
      '@id("a") forbid (principal in Jit::Group::"enginers", action == Jit::Action::"request", resource in Jit::Environment::"stagin")\nwhen {\n  resource == Jit::Entitlement::"log" ||\n  resource in Jit::Account::"1" ||\n  resource.owners.containsAny([Jit::Group::"db"])\n};',
    ),
    [
      'more.cedar:1: policy "a": unknown group "enginers"; did you mean "engineers"?',
      'more.cedar:1: policy "a": unknown environment "stagin"; did you mean "staging"?',
      'more.cedar:3: policy "a": unknown entitlement "log"; did you mean "logs"?',
      'more.cedar:4: policy "a": unknown account "1"; the accounts are 444455556666',
      'more.cedar:5: policy "a": unknown group "db"; did you mean "dba"?',
    ],
  ],
  [
    'a person with capitals',
    policy(`${FORBID}\nwhen { principal == Jit::User::"Ana@corp.example" };`),
    [
      'more.cedar:2: policy "a": Jit::User::"Ana@corp.example" never matches: people are known by their e-mail in lower case, "ana@corp.example"',
    ],
  ],
  [
    'a schema with wrong syntax',
    { 'schema.cedarschema': 'namespace Jit {\n  entity User\n}' },
    ['schema.cedarschema:3: unexpected token `}`; expected `,`, `;`, `=`, `{`, `enum`, `in`, or `tags`'],
  ],
  [
    'a schema that requires what is not sent',
    { 'schema.cedarschema': SCHEMA.replace('emergency: Bool', 'emergency: Bool, team: String') },
    [
      'schema.cedarschema: does not fit what is sent for "request": while parsing context, expected the record to have an attribute `team`, but it does not; start from the default schema, and add only optional attributes or inputs that exist',
    ],
  ],
  [
    'a schema that does not know what is sent',
    { 'schema.cedarschema': SCHEMA.replace(', ticket?: String', '') },
    [
      'schema.cedarschema: does not fit what is sent for "request": while parsing context, record attribute `ticket` should not exist according to the schema; start from the default schema, and add only optional attributes or inputs that exist',
    ],
  ],
  [
    'a schema with other types',
    { 'schema.cedarschema': SCHEMA.replace('risk: String', 'risk: Long') },
    [
      'schema.cedarschema: does not fit what is sent for "request": entity does not conform to the schema: in attribute `risk` on `Jit::Entitlement::"sample"`, type mismatch: value was expected to have type long, but it actually has type string: `"low"`; start from the default schema, and add only optional attributes or inputs that exist',
      'schema.cedarschema: does not fit what is sent for "approve": entity does not conform to the schema: in attribute `risk` on `Jit::Entitlement::"sample"`, type mismatch: value was expected to have type long, but it actually has type string: `"low"`; start from the default schema, and add only optional attributes or inputs that exist',
      'schema.cedarschema: does not fit what is sent for "revoke": entity does not conform to the schema: in attribute `risk` on `Jit::Entitlement::"sample"`, type mismatch: value was expected to have type long, but it actually has type string: `"low"`; start from the default schema, and add only optional attributes or inputs that exist',
      'schema.cedarschema: does not fit what is sent for "audit": entity does not conform to the schema: in attribute `risk` on `Jit::Entitlement::"sample"`, type mismatch: value was expected to have type long, but it actually has type string: `"low"`; start from the default schema, and add only optional attributes or inputs that exist',
    ],
  ],
  [
    'a schema without an action',
    { 'schema.cedarschema': SCHEMA.replace('revoke, audit', 'revoke') },
    [
      'schema.cedarschema: does not fit what is sent for "audit": action `Jit::Action::"audit"` does not exist in the supplied schema; start from the default schema, and add only optional attributes or inputs that exist',
    ],
  ],
  [
    'a schema of another namespace',
    { 'schema.cedarschema': 'namespace Other {}' },
    [
      'schema.cedarschema: does not fit what is sent for "request": action `Jit::Action::"request"` does not exist in the supplied schema; start from the default schema, and add only optional attributes or inputs that exist',
      'schema.cedarschema: does not fit what is sent for "approve": action `Jit::Action::"approve"` does not exist in the supplied schema; start from the default schema, and add only optional attributes or inputs that exist',
      'schema.cedarschema: does not fit what is sent for "revoke": action `Jit::Action::"revoke"` does not exist in the supplied schema; start from the default schema, and add only optional attributes or inputs that exist',
      'schema.cedarschema: does not fit what is sent for "audit": action `Jit::Action::"audit"` does not exist in the supplied schema; start from the default schema, and add only optional attributes or inputs that exist',
    ],
  ],
  [
    'mistakes in every file at once',
    {
      ...catalog('risk: low', 'risk: none'),
      ...directory('warnBefore: 0m'),
      ...policy(`${FORBID}\nwhen { resource.rsk == "high" };`),
    },
    [
      'catalog.yml:7: risk: "none" is not right; write low, medium or high',
      'directory.yml:10: warnBefore: "0m" is shorter than 1m; write a duration from 1m to 7d, such as 1h30m',
      'more.cedar:2: policy "a": attribute `rsk` on entity type `Jit::Entitlement` not found; did you mean `risk`?',
    ],
  ],
];

test.each(table)('%s: does not load', async (_, files, problems) => {
  expect(await problemsOf(files)).toEqual(problems);
});

test('a folder that is not there: does not load', async () => {
  expect(await loadFolder('/nowhere/at/all', { kinds })).toEqual({
    problems: [
      {
        file: '/nowhere/at/all',
        message: 'the policy folder cannot be read (ENOENT); check the path and its permissions',
      },
    ],
  });
});

test('a file that is a folder: does not load', async () => {
  expect(await problemsOf({ 'catalog.yml': undefined, 'catalog.yml/x': '' })).toEqual([
    'catalog.yml: cannot be read (EISDIR); check that it is a file, and its permissions',
  ]);
});

test('YAML that nests without end: does not load', async () => {
  expect(await problemsOf({ 'catalog.yml': '['.repeat(50_000) })).toContainEqual(
    expect.stringMatching(/^catalog.yml:1: not valid YAML: /),
  );
});

test('a grant kind whose check throws: does not load', async () => {
  const throwing = kinds.map((kind) => ({
    ...kind,
    parse: () => {
      throw new Error('oh');
    },
  }));
  expect(await loadFolder(await folder(), { kinds: throwing })).toEqual({
    problems: [
      { file: 'catalog.yml', line: 10, column: 5, message: 'sts-session: could not be checked: oh' },
    ],
  });
});

test.each(SUBCOMMANDS)('an entitlement called like the subcommand %s loads with a warning', async (id) => {
  const { warnings, entitlements } = await load(catalog('id: logs', `id: ${id}`));
  expect(entitlements.get(id)).toBeDefined();
  expect(warnings.map(({ file, line, message }) => `${file}:${line}: ${message}`)).toContain(
    `catalog.yml:2: id: "${id}" is a subcommand, so /jit ${id} does not ask for this; people find it in the form of /jit`,
  );
});

test('whose statements fit into two layers only loads with a warning: AWS may make but one', async () => {
  const layered = (layers?: 2) =>
    kinds.map((kind) => ({ ...kind, size: () => ({ size: 2000, limits: {}, ...(layers && { layers }) }) }));
  const warned = async (layers?: 2) => {
    const loaded = await loadFolder(await folder(), { kinds: layered(layers) });
    return 'problems' in loaded ? loaded.problems : loaded.bundle.warnings;
  };
  expect(await warned()).toEqual([]);
  expect(await warned(2)).toEqual([
    expect.objectContaining({
      line: 10,
      message: expect.stringMatching(
        /^sts-session: the policy fits into two layers only; .* nobody is given this/,
      ),
    }),
  ]);
});

test('whom a request goes to where nobody answers, or nobody is left', async () => {
  const { directory: read, warnings } = await load(
    directory(
      '  x: { group: dba, remind: 15m, escalate: { after: 30m, to: security }, delegates: security }\nfallback: { group: security, channel: C0LAST }',
    ),
  );
  expect(warnings).toEqual([]);
  expect(read.fallback).toEqual({ group: 'security', channel: 'C0LAST' });
  expect(read.stages.find(({ name }) => name === 'x')).toMatchObject({
    remind: 900_000,
    escalate: { after: 1_800_000, to: 'security' },
    delegates: 'security',
  });
  const none = await load(directory('fallback:'));
  expect(none.directory).not.toHaveProperty('fallback');
});

test('the remarks that do not keep a folder from loading', async () => {
  const { warnings } = await load({
    ...directory(
      '  x: { group: dba, remind: 15m, escalate: { after: 30m, to: dba } }\npeople: { ana@corp.example: { manager: Ana@corp.example } }',
    ),
    'more.cedar':
      '@id("a")\n@chain("auto")\nforbid (principal, action == Jit::Action::"request", resource is Jit::Request);\n',
  });
  expect(warnings).toEqual([
    {
      file: 'directory.yml',
      line: 10,
      column: 57,
      message:
        'stages.x.escalate.to: "dba" is the group of the stage itself, so its escalation brings nobody',
    },
    {
      file: 'directory.yml',
      line: 11,
      column: 31,
      message: 'people.ana@corp.example: is their own manager, but people never approve their own requests',
    },
    {
      file: 'more.cedar',
      line: 1,
      column: 1,
      message: 'policy "a": unable to find an applicable action given the policy scope constraints',
    },
    {
      file: 'more.cedar',
      line: 1,
      column: 1,
      message:
        'policy "a": policy is impossible: the policy expression evaluates to false for all valid requests',
    },
    {
      file: 'more.cedar',
      line: 2,
      column: 1,
      message: 'policy "a": @chain has no effect here: only a permit for "request" or "extend" has one',
    },
  ]);
});

test('a name in letters that look like others is remarked on', async () => {
  const text = `${FORBID}\nwhen { principal.email == "\u0430na@corp.example" };`;
  const { warnings } = await load(policy(text));
  const message = 'policy "a": string `"\u0430na@corp.example"` contains mixed scripts';
  expect(warnings).toEqual([{ file: 'more.cedar', line: 2, column: 27, message }]);
});

describe('what the catalog does not have today', () => {
  const unknown = (head: string) =>
    policy(
      `${head} (principal, action == Jit::Action::"request", resource in Jit::Environment::"stagin")\nwhen {\n  resource == Jit::Entitlement::"log" ||\n  resource in Jit::Account::"1"\n};`,
    );
  const about = (column: number) => [
    {
      file: 'more.cedar',
      line: 1,
      column,
      message: 'policy "a": unknown environment "stagin"; did you mean "staging"?',
    },
    {
      file: 'more.cedar',
      line: 3,
      column: 15,
      message: 'policy "a": unknown entitlement "log"; did you mean "logs"?',
    },
    {
      file: 'more.cedar',
      line: 4,
      column: 15,
      message: 'policy "a": unknown account "1"; the accounts are 444455556666',
    },
  ];

  test('is a warning in a permit, with what is near', async () => {
    const { warnings } = await load(unknown('@id("a") @chain("auto") permit'));
    expect(warnings).toEqual(about(90));
  });

  test('invariant 4: is refused in a forbid, which would forbid nothing', async () => {
    expect(await problemsOf(unknown('@id("a") forbid'))).toEqual(
      about(75).map(({ file, line, message }) => `${file}:${line}: ${message}`),
    );
  });
});
