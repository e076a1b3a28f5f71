import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grantKinds } from '../../src/grants/kinds.js';
import { diffPolicies } from '../../src/policy/diff/index.js';
import { lint } from '../../src/policy/lint/index.js';
import { loadFolder, type Loaded } from '../../src/policy/load.js';
import { whoCan } from '../../src/policy/questions/access/who-can.js';
import type { Measure, Row } from './row.js';

interface CompanySize {
  groups: number;
  entitlements: number;
  policies: number;
}

const NOON = Date.parse('2026-11-20T12:00:00Z');
const LARGE: CompanySize = { groups: 300, entitlements: 500, policies: 40 };
const SMALL: CompanySize = { groups: 30, entitlements: 50, policies: 12 };

/** How long a reviewer waits for the policy tools, on top of loading. */
export const tools: Measure = {
  name: 'tools',
  async run(size) {
    const one = size === 'quick' ? SMALL : LARGE;
    const large = await measured(one);
    const wide = await measured({ ...one, groups: 3 * one.groups });
    const long = await measured({ ...one, entitlements: 3 * one.entitlements });
    const what = describe(one);
    const aims: Record<string, number> = { load: 1.5, 'who-can': 0.5, lint: 5, diff: 3 };
    const rows = Object.entries(large).map(([command, s]): Row => ({
      name: `tools-${command}`,
      what,
      values: { user: s },
      unit: 's',
      aim: `< ${aims[command]} s`,
      met: s < aims[command]!,
    }));
    const ratios = (name: string, about: string, other: Record<string, number>, commands: string[]) =>
      commands.map((command): Row => {
        const ratio = other[command]! / large[command]!;
        return { name: `tools-${name}-${command}`, what: about, values: { ratio }, unit: '×' };
      });
    const unnamed = 'the same with three times the groups, none of them named';
    const more = 'the same with three times the entitlements';
    return [
      ...rows,
      ...ratios('groups', unnamed, wide, ['who-can', 'lint', 'diff']),
      ...ratios('entitlements', more, long, ['load', 'who-can', 'lint', 'diff']),
    ];
  },
};

const describe = ({ groups, entitlements, policies }: CompanySize) =>
  `${groups} groups, ${entitlements} entitlements, ${policies} policies`;

/** Seconds of the processor, by command. */
async function measured(size: CompanySize): Promise<Record<string, number>> {
  const [folder, changed] = [reviewed(size, false), reviewed(size, true)];
  const spent = async <T>(work: () => T | Promise<T>): Promise<[T, number]> => {
    const before = process.cpuUsage();
    const done = await work();
    return [done, process.cpuUsage(before).user / 1e6];
  };
  const open = async (dir: string): Promise<Loaded> => {
    const loaded = await loadFolder(dir, { kinds: grantKinds });
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems[0]));
    return loaded;
  };
  try {
    // What a process does once, such as compiling Cedar, is not the folder's.
    await open(reviewed(SMALL, false));
    const [loaded, load] = await spent(() => open(folder));
    const other = await open(changed);
    const [, who] = await spent(() =>
      whoCan(loaded.parts, loaded.bundle.pdp, `thing-${size.entitlements - 1}`, NOON),
    );
    const [, linted] = await spent(() => lint(folder, loaded.parts, { at: NOON, kinds: grantKinds }));
    const [diff, compared] = await spent(() => diffPolicies(loaded, other, NOON));
    if (diff.rows.length === 0 || diff.open.length > 0) throw new Error('the change was not found');
    return { load, 'who-can': who, lint: linted, diff: compared };
  } finally {
    rmSync(folder, { recursive: true });
    rmSync(changed, { recursive: true });
  }
}

const repeat = (count: number, line: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => line(n));
const ENVIRONMENTS = ['production', 'staging', 'sandbox'];
const REQUEST = 'action == Jit::Action::"request"';

/**
 * Writes the policy folder of a company as a reviewer sees it: teams with groups, half of them listed, each with some
 * entitlements of its own; policies for environments, teams, hours, tickets and inputs.
 */
function reviewed({ groups, entitlements, policies }: CompanySize, isChanged: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'jit-reviewed-'));
  cpSync('policies/schema.cedarschema', join(folder, 'schema.cedarschema'));
  const listed = (n: number) =>
    `{ members: [p${n}@corp.example, p${n + 1}@corp.example, lead${n % 9}@corp.example] }`;
  const written = repeat(groups, (n) => `  team-${n}: ${n % 2 === 0 ? `{ usergroup: S0T${n} }` : listed(n)}`);
  writeFileSync(
    join(folder, 'directory.yml'),
    `channel: C0ACCESS
timezone: Europe/Berlin
businessHours: { days: [1, 2, 3, 4, 5], from: 8, to: 18, holidays: ["2026-12-25", "2027-01-01"] }
stages: { manager: { manager: true }, owners: { owners: true }, security: { group: team-1 } }
groups:
${written.join('\n')}
`,
  );
  const teams = Math.min(groups, policies);
  const thing = (n: number) => `  - id: thing-${n}
    name: Thing ${n}
    description: Reads and writes thing ${n}.
    environment: ${ENVIRONMENTS[n % 3]}
    account: "${100_000_000_000 + (n % 50)}"
    risk: ${['low', 'medium', 'high'][n % 3]}
    owners: [team-${n % teams}]
    tags: { team: team-${n % teams} }
    durations: [15m, 1h, 4h, 8h]
    sts-session: { roleArn: "arn:aws:iam::${100_000_000_000 + (n % 50)}:role/jit/Thing${n}" }
`;
  writeFileSync(join(folder, 'catalog.yml'), `entitlements:\n${repeat(entitlements, thing).join('')}`);
  const own = repeat(policies - FOR_ALL.length, (n) => ofTeam(n, isChanged && n === 3));
  const all = [...FOR_ALL, ...own].map((text, n) => `@id("p${n}")\n${text}\n`);
  writeFileSync(join(folder, 'all.cedar'), all.join('\n'));
  return folder;
}

const FOR_ALL = [
  `forbid (principal, ${REQUEST}, resource) when { resource.risk == "high" && context.duration > duration("4h") };`,
  `forbid (principal, ${REQUEST}, resource in Jit::Environment::"production") unless { context has ticket };`,
  `forbid (principal, ${REQUEST}, resource) when { context has liveGrants && context.liveGrants >= 5 };`,
  `forbid (principal, ${REQUEST}, resource in Jit::Environment::"production")
   unless { principal in Jit::Group::"team-2" || (context.weekday <= 5 && context.hour >= 8 && context.hour < 18) };`,
  `@chain("owners") permit (principal, ${REQUEST}, resource) when { principal in resource.owners };`,
  'permit (principal, action == Jit::Action::"approve", resource) when { principal in context.group };',
  'permit (principal, action == Jit::Action::"revoke", resource) when { principal in resource.entitlement.owners };',
];

function ofTeam(n: number, isChanged: boolean): string {
  const group = `principal in Jit::Group::"team-${n}"`;
  const tag = `resource.hasTag("team") && resource.getTag("team") == "team-${n}"`;
  switch (n % 4) {
    case 0:
      return `@chain("manager, 2 of security") permit (${group}, ${REQUEST}, resource) when { ${tag} };`;
    case 1:
      return `@chain("manager") permit (${group}, ${REQUEST}, resource in Jit::Environment::"staging");`;
    case 2:
      return `forbid (${group}, ${REQUEST}, resource) when { context has ticket && context.ticket like "TMP-*" };`;
    default:
      return `@chain("${isChanged ? 'auto' : 'security'}") permit (${group}, ${REQUEST}, resource in Jit::Environment::"sandbox")
   when { context has businessHours && context.businessHours };`;
  }
}
