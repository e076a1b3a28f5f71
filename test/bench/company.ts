import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestAsk } from '../../src/policy/inputs/index.js';

const ENTITLEMENTS_OF_A_TEAM = 10;
const ENVIRONMENTS = ['production', 'staging', 'sandbox'];
const NOON = Date.parse('2026-11-20T12:00:00Z');

const repeat = (count: number, line: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => line(n));
const teamOf = (entitlement: number) => Math.floor(entitlement / ENTITLEMENTS_OF_A_TEAM);
const accountOf = (team: number) => String(100_000_000_000 + team);

/**
 * Writes the policy folder of a company of teams. Each has an account, ten entitlements and policies of its own; a few
 * policies are for all. What grows with its size is the company, and not what concerns one person.
 * @param size how many policies, and how many entitlements; from 10
 */
export function company(size: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'jit-company-'));
  const teams = Math.ceil(size / ENTITLEMENTS_OF_A_TEAM);
  cpSync('policies/schema.cedarschema', join(folder, 'schema.cedarschema'));
  const own = repeat(size - FOR_ALL.length, (n) => ofTeam(n % teams, Math.floor(n / teams)));
  writeFileSync(
    join(folder, 'all.cedar'),
    [...FOR_ALL, ...own].map((text, n) => `@id("p${n}")\n${text}\n`).join('\n'),
  );
  const groups = repeat(teams, (n) => `  team-${n}: { usergroup: S0TEAM${n} }`);
  writeFileSync(join(folder, 'directory.yml'), `${DIRECTORY}${groups.join('\n')}\n`);
  writeFileSync(join(folder, 'catalog.yml'), `entitlements:\n${repeat(size, entitlement).join('')}`);
  return folder;
}

/** Whoever asks is of the entitlement's team; in one of five questions they are of another. */
export function question(n: number, size: number): RequestAsk {
  // Far from one another, and each once: the stride is prime and divides no size.
  const entitlement = (n * 7919) % size;
  const team = teamOf(n % 5 === 4 ? (entitlement + size / 2) % size : entitlement);
  return {
    who: { email: `person-${n % 7}@corp.example`, groups: ['engineers', 'on-call', `team-${team}`] },
    entitlement: `thing-${entitlement}`,
    duration: 3_600_000,
    at: NOON,
    ticket: 'OPS-12',
  };
}

const DIRECTORY = `channel: C0ACCESS
stages: { manager: { manager: true }, owners: { owners: true } }
groups:
  engineers: { usergroup: S0ENG }
  contractors: { usergroup: S0CON }
  on-call: { usergroup: S0CALL }
`;

const REQUEST = 'action == Jit::Action::"request"';
const FOR_ALL = [
  `forbid (principal, ${REQUEST}, resource) when { resource.risk == "high" && context.duration > duration("4h") };`,
  `forbid (principal in Jit::Group::"contractors", ${REQUEST}, resource in Jit::Environment::"production");`,
  `forbid (principal, ${REQUEST}, resource in Jit::Environment::"production") unless { context has ticket };`,
  'permit (principal, action == Jit::Action::"approve", resource) when { principal in context.group };',
  'permit (principal, action == Jit::Action::"revoke", resource) when { principal in resource.entitlement.owners };',
];

/** The first concerns all that a team has, the others one entitlement each. */
function ofTeam(team: number, n: number): string {
  const group = `principal in Jit::Group::"team-${team}"`;
  if (n === 0) {
    return `@chain("manager") permit (${group}, ${REQUEST}, resource in Jit::Account::"${accountOf(team)}");`;
  }
  const thing = `Jit::Entitlement::"thing-${team * ENTITLEMENTS_OF_A_TEAM + n}"`;
  return n % 2 === 0
    ? `@chain("owners") permit (${group}, ${REQUEST}, resource == ${thing}) when { resource.risk == "low" };`
    : `forbid (principal, ${REQUEST}, resource == ${thing}) unless { ${group} && context.duration <= duration("4h") };`;
}

function entitlement(n: number): string {
  const account = accountOf(teamOf(n));
  return `  - id: thing-${n}
    name: Thing ${n}
    description: Reads and writes thing ${n} of its team.
    environment: ${ENVIRONMENTS[n % ENVIRONMENTS.length]}
    account: "${account}"
    risk: low
    owners: [team-${teamOf(n)}]
    durations: [15m, 1h, 4h]
    sts-session: { roleArn: "arn:aws:iam::${account}:role/jit/Thing${n}" }
`;
}
