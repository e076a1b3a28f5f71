import type { Random } from '../../../../fuzz/random.js';
import { actLeaf, type Leaf, requestLeaf } from './leaves.js';

/** A condition: a leaf, or others put together. Of `text`, `$0` and `$1` are the parts. */
export type Condition = Leaf | { text: string; parts: readonly Condition[] };

export interface RandomPolicy {
  id: string;
  effect: 'permit' | 'forbid';
  /** Of a permit for requests. */
  chain?: string;
  principal: string;
  action: string;
  resource: string;
  conditions: readonly { kind: 'when' | 'unless'; body: Condition }[];
}

export interface RandomEntitlement {
  id: string;
  environment: string;
  account: string;
  risk: string;
  owners: readonly string[];
  durations: readonly string[];
  tags: Readonly<Record<string, string>>;
}

/** A small policy folder, as it was made up. */
export interface RandomFolder {
  /** The first instant that counts. */
  from: string;
  timezone: string;
  holidays: readonly string[];
  ticket: { pattern: string; required: boolean } | undefined;
  /** Whether there are emergencies. */
  emergency: boolean;
  /** A Slack user group's id, or people. */
  groups: Readonly<Record<string, string | readonly string[]>>;
  /** Of whom `mo@corp.example` is the manager. */
  managed: readonly string[];
  entitlements: readonly RandomEntitlement[];
  policies: readonly RandomPolicy[];
}

const REQUEST = 'action == Jit::Action::"request"';
export const LISTED = ['cy@corp.example', 'di@corp.example', 'mo@corp.example'];
export const ZONES = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe'];
export const FROM = ['2026-11-20T10:00:00.000Z', '2027-03-26T22:59:59.999Z'];

const some = <T>(r: Random, all: readonly T[], p = 0.5): T[] => all.filter(() => r.chance(p));

export function randomFolder(r: Random): RandomFolder {
  const count = r.pick([1, 2, 2, 3]);
  return {
    from: r.pick(FROM),
    timezone: r.pick(ZONES),
    holidays: r.pick([[], ['2026-12-25', '2027-05-01']]),
    ticket: r.chance(0.7)
      ? { pattern: r.pick(['[A-Z]+-[0-9]+', '(INC|OPS)-[0-9]{1,3}']), required: r.chance(0.2) }
      : undefined,
    emergency: r.chance(0.7),
    groups: { a: 'S0A', b: 'S0B', c: some(r, LISTED, 0.7), d: some(r, LISTED, 0.3) },
    managed: some(r, ['cy@corp.example', 'ana@corp.example']),
    entitlements: ['one', 'two', 'three'].slice(0, count).map((id) => randomEntitlement(r, id)),
    policies: [
      ...Array.from({ length: 1 + r.int(4) }, (_, n) => requestPolicy(r, `p${n}`)),
      ...(r.chance(0.5) ? [OF_STAGE] : []),
      ...Array.from({ length: r.int(4) }, (_, n) => actPolicy(r, `a${n}`)),
    ],
  };
}

function randomEntitlement(r: Random, id: string): RandomEntitlement {
  const durations = some(r, ['30m', '1h', '2h', '4h']);
  return {
    id,
    environment: r.pick(['production', 'staging']),
    account: r.pick(['111122223333', '444455556666']),
    risk: r.pick(['low', 'medium', 'high']),
    owners: some(r, ['a', 'b', 'c'], 0.4),
    durations: durations.length > 0 ? durations : ['1h'],
    tags: r.chance(0.3) ? { team: r.pick(['x', 'y']) } : {},
  };
}

export function requestPolicy(r: Random, id: string): RandomPolicy {
  const effect = r.int(3) > 0 ? 'permit' : 'forbid';
  return {
    id,
    effect,
    ...(effect === 'permit' && {
      chain: r.pick(['auto', 'manager', 'security', '2 of security', 'manager, owners', 'owners, security']),
    }),
    principal: r.pick([
      'principal',
      'principal',
      'principal',
      'principal in Jit::Group::"a"',
      'principal in Jit::Group::"c"',
      'principal is Jit::User in Jit::Group::"b"',
      'principal == Jit::User::"di@corp.example"',
    ]),
    action: REQUEST,
    resource: r.pick([
      'resource',
      'resource',
      'resource',
      'resource in Jit::Environment::"production"',
      'resource == Jit::Entitlement::"one"',
      'resource is Jit::Entitlement in Jit::Account::"111122223333"',
    ]),
    conditions: conditions(r, requestLeaf),
  };
}

/** Whoever is entitled to a stage may vote in it. */
const OF_STAGE: RandomPolicy = {
  id: 'stage',
  effect: 'permit',
  principal: 'principal',
  action: 'action == Jit::Action::"approve"',
  resource: 'resource',
  conditions: [{ kind: 'when', body: { text: 'principal in context.group', reads: [] } }],
};

export function actPolicy(r: Random, id: string): RandomPolicy {
  return {
    id,
    effect: r.int(3) > 0 ? 'permit' : 'forbid',
    principal: r.pick([
      'principal',
      'principal',
      'principal in Jit::Group::"a"',
      'principal in Jit::Group::"c"',
    ]),
    action: r.pick([
      'action == Jit::Action::"approve"',
      'action in [Jit::Action::"revoke", Jit::Action::"audit"]',
      'action in [Jit::Action::"approve", Jit::Action::"audit"]',
    ]),
    resource: 'resource',
    conditions: conditions(r, actLeaf).slice(0, 1),
  };
}

const conditions = (r: Random, leaf: (r: Random) => Leaf): RandomPolicy['conditions'] =>
  Array.from({ length: r.int(3) }, () => ({
    kind: r.pick(['when', 'unless'] as const),
    body: condition(r, 2, leaf),
  }));

export function condition(r: Random, depth: number, leaf: (r: Random) => Leaf): Condition {
  if (depth === 0 || r.chance(0.45)) return leaf(r);
  const text = r.pick([
    '($0 && $1)',
    '($0 || $1)',
    '($0 || $1)',
    '!($0)',
    '(if $0 then $1 else $2)',
    '(($0) == ($1))',
    '((if $0 then 1 else 2) < (if $1 then 2 else 3))',
  ]);
  return { text, parts: [...text.matchAll(/\$\d/g)].map(() => condition(r, depth - 1, leaf)) };
}

export const isLeaf = (it: Condition): it is Leaf => !('parts' in it);

export const leavesOf = (it: Condition): Leaf[] => (isLeaf(it) ? [it] : it.parts.flatMap(leavesOf));

/** Every leaf of the policies for requests, and whom they name in their scopes. */
export const requestLeaves = ({ policies }: RandomFolder): Leaf[] =>
  policies
    .filter(({ action }) => action === REQUEST)
    .flatMap(({ principal, conditions }): Leaf[] => [
      ...(principal.includes('==') ? [{ text: principal, reads: ['email'] } satisfies Leaf] : []),
      ...conditions.flatMap(({ body }) => leavesOf(body)),
    ]);
