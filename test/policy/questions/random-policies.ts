import type { Random } from '../../fuzz/random.js';

export const DIRECTORY = `channel: C0ACCESS
timezone: Europe/Berlin
groups:
  a: { usergroup: S0A }
  b: { usergroup: S0B }
  c: { members: [cy@corp.example, di@corp.example] }
  d: { members: [di@corp.example] }
stages:
  manager: { manager: true }
  owners: { owners: true }
  security: { group: c }
businessHours: { days: [1, 2, 3, 4, 5], from: 8, to: 18, holidays: ["2026-12-25"] }
justification: { ticket: { pattern: "[A-Z]+-[0-9]+" } }
onCall: { ical: "https://x.example/x.ics" }
`;
export const CATALOG = `entitlements:
  - { id: one, name: One, description: One., environment: production, account: "111122223333", risk: high, owners: [a], durations: [1h, 4h], tags: { team: x }, sts-session: { roleArn: "arn:aws:iam::111122223333:role/jit/One" } }
  - { id: two, name: Two, description: Two., environment: staging, account: "111122223333", risk: low, owners: [b, c], durations: [30m, 4h], sts-session: { roleArn: "arn:aws:iam::111122223333:role/jit/Two" } }
`;

function condition(r: Random, depth: number): string {
  const kind = r.int(depth <= 0 ? 16 : 22);
  const c = () => condition(r, depth - 1);
  switch (kind) {
    case 0:
      return `principal in Jit::Group::"${r.pick(['a', 'b', 'c', 'd'])}"`;
    case 1:
      return `principal in resource.owners`;
    case 2:
      return `principal in [Jit::Group::"a", Jit::Group::"d"]`;
    case 3:
      return `resource.risk == "${r.pick(['low', 'high'])}"`;
    case 4:
      return `context.duration ${r.pick(['<', '<=', '>', '=='])} duration("${r.pick(['1h', '2h', '4h'])}")`;
    case 5:
      return `context.hour ${r.pick(['<', '>=', '=='])} ${r.pick([8, 9, 18])}`;
    case 6:
      return `context.weekday ${r.pick(['<=', '=='])} ${r.pick([5, 6])}`;
    case 7:
      return `context has ticket`;
    case 8:
      return r.pick([
        `context has ticket && context.ticket like "INC-*"`,
        `context.ticket == "OPS-1"`,
        `context has ticket && context.ticket like "*7"`,
      ]);
    case 9:
      return `context has liveGrants && context.liveGrants ${r.pick(['<', '>='])} ${r.int(4)}`;
    case 10:
      return `context has onCall && context.onCall`;
    case 11:
      return `context has businessHours && context.businessHours`;
    case 12:
      return `principal.email like "${r.pick(['*@corp.example', 'a*', '*'])}"`;
    case 13:
      return r.pick([`principal == Jit::User::"di@corp.example"`, `principal.email == "eve@other.example"`]);
    case 14:
      return r.pick([
        `context.now >= datetime("2027-01-01")`,
        `context.now.toTime() >= duration("9h30m") && context.now.toTime() < duration("9h45m")`,
        `context.now.toDate() == datetime("2026-12-25")`,
        `context.now.offset(duration("-2h")).toTime().toHours() < 3`,
        `context.now.durationSince(datetime("2026-12-01")).toDays() > 10`,
      ]);
    case 15:
      return r.pick([
        `resource in Jit::Environment::"production"`,
        `resource == Jit::Entitlement::"two"`,
        `resource.hasTag("team") && resource.getTag("team") == "x"`,
        `resource.getTag("team") == "x"`,
        `context has hasThis && context.hasThis`,
        `context has recentDenials && context.recentDenials + 1 > 2`,
      ]);
    case 16:
      return `(${c()} && ${c()})`;
    case 17:
      return `(${c()} || ${c()})`;
    case 18:
      return `!(${c()})`;
    case 19:
      return `(if ${c()} then ${c()} else ${c()})`;
    case 20:
      return `((if ${c()} then 8 else 9) < context.hour)`;
    default:
      return `((${c()}) == (${c()}))`;
  }
}

/** One policy for requests, of everything that a policy may ask. */
export function policy(r: Random, n: number): string {
  const isPermit = r.int(3) > 0;
  const chain = isPermit
    ? `@chain("${r.pick(['auto', 'manager', 'security', '2 of security', 'manager, owners'])}")\n`
    : '';
  const principal = r.pick([
    'principal',
    'principal',
    'principal in Jit::Group::"a"',
    'principal in Jit::Group::"c"',
    'principal is Jit::User in Jit::Group::"b"',
  ]);
  const resource = r.pick([
    'resource',
    'resource',
    'resource in Jit::Environment::"production"',
    'resource == Jit::Entitlement::"two"',
    'resource is Jit::Entitlement in Jit::Account::"111122223333"',
  ]);
  const conditions = Array.from(
    { length: r.int(3) },
    () => `${r.pick(['when', 'unless'])} { ${condition(r, 2)} }`,
  ).join('\n');
  return `@id("p${n}")\n${chain}${isPermit ? 'permit' : 'forbid'} (${principal}, action == Jit::Action::"request", ${resource})\n${conditions};\n`;
}

/** Several of them, as one file. */
export const policies = (r: Random, most = 4): string =>
  Array.from({ length: 1 + r.int(most) }, (_, n) => policy(r, n)).join('\n');

/** Groups that directory.yml lists, by person. */
const LISTED: Record<string, string[]> = { 'di@corp.example': ['c', 'd'], 'cy@corp.example': ['c'] };

/** A question that somebody could put at some instant of the next two months. */
export function question(r: Random, from: number, durations: (id: string) => readonly number[]) {
  const entitlement = r.pick(['one', 'two']);
  const email = r.pick([
    'ana@corp.example',
    'di@corp.example',
    'cy@corp.example',
    'eve@other.example',
    'bo@x.example',
  ]);
  const groups = [...['a', 'b'].filter(() => r.int(2) === 0), ...(LISTED[email] ?? [])];
  const ticket = r.pick([undefined, 'OPS-1', 'INC-77', 'INC-1', 'A-7']);
  return {
    who: { email, groups },
    entitlement,
    duration: r.pick(durations(entitlement)),
    at: from + r.int(60 * 24 * 60) * 60_000,
    given: {
      liveGrants: 1 + r.int(3),
      hasThis: r.int(3) === 0,
      recentDenials: r.int(4),
      onCall: r.int(2) === 0,
    },
    failed: Object.fromEntries(
      ['grants', 'denials', 'onCall'].filter(() => r.int(4) === 0).map((name) => [name, 'it failed']),
    ),
    ...(ticket !== undefined && { ticket }),
  };
}

function actCondition(r: Random, depth: number): string {
  const c = () => actCondition(r, depth - 1);
  switch (r.int(depth <= 0 ? 12 : 16)) {
    case 0:
      return `principal in Jit::Group::"${r.pick(['a', 'b', 'c', 'd'])}"`;
    case 1:
      return `principal in resource.entitlement.owners`;
    case 2:
      return `resource.requester in Jit::Group::"${r.pick(['a', 'b', 'c', 'd'])}"`;
    case 3:
      return `principal == resource.requester`;
    case 4:
      return `resource.entitlement.risk == "${r.pick(['low', 'high'])}"`;
    case 5:
      return `resource.entitlement in Jit::Environment::"production"`;
    case 6:
      return `resource.requested ${r.pick(['<', '>='])} duration("${r.pick(['1h', '4h'])}")`;
    case 7:
      return r.pick([`context.now >= datetime("2027-01-01")`, `context.now.toTime() < duration("9h30m")`]);
    case 8:
      return r.pick([`principal.email like "*@corp.example"`, `principal == Jit::User::"di@corp.example"`]);
    case 9:
      return r.pick([
        `resource.requester == Jit::User::"cy@corp.example"`,
        `resource.requester.email like "*@corp.example"`,
      ]);
    case 10:
      return `resource.entitlement == Jit::Entitlement::"${r.pick(['one', 'two'])}"`;
    case 11:
      return `resource.extensions == 0`;
    case 12:
      return `(${c()} && ${c()})`;
    case 13:
      return `(${c()} || ${c()})`;
    case 14:
      return `!(${c()})`;
    default:
      return `(if ${c()} then ${c()} else ${c()})`;
  }
}

/** Policies of who may vote, end and look, as one file. */
export function actPolicies(r: Random): string {
  const all = Array.from({ length: 2 + r.int(4) }, (_, n) => {
    const effect = r.int(3) > 0 ? 'permit' : 'forbid';
    const principal = r.pick(['principal', 'principal in Jit::Group::"a"', 'principal in Jit::Group::"c"']);
    const action = r.pick([
      'action == Jit::Action::"approve"',
      'action in [Jit::Action::"revoke", Jit::Action::"audit"]',
      'action in [Jit::Action::"approve", Jit::Action::"audit"]',
    ]);
    const condition = r.int(3) === 0 ? '' : `${r.pick(['when', 'unless'])} { ${actCondition(r, 2)} }`;
    return `@id("a${n}")\n${effect} (${principal}, ${action}, resource)\n${condition};\n`;
  });
  const entitled =
    r.int(2) === 0
      ? '@id("stage") permit (principal, action == Jit::Action::"approve", resource) when { principal in context.group };\n'
      : '';
  return [entitled, ...all].join('\n');
}
