import { canonical, type Entitlement } from '../../domain/entitlement.js';
import type { DirectoryConfig, StageDef } from '../../domain/directory.js';
import { formatDuration } from '../../domain/duration.js';
import { principalsOf } from '../read/identity.js';
import { byName, minus } from './by-name.js';

/** A change of directory.yml that decides what people get, or must give. */
export interface SettingRow {
  about:
    | 'emergencies'
    | 'extensions'
    | 'IAM names'
    | 'tickets'
    | 'who else may decide'
    | 'access of people who have left'
    | 'who is on call';
  says: string;
}

/**
 * For each key of directory.yml, what a change of it is: `decided` where requests, votes and stages show what it does;
 * `no matter` where it changes neither who gets what nor who decides; or what it changes.
 */
const CHANGES: {
  [K in keyof Required<DirectoryConfig>]:
    'decided' | 'no matter' | ((one: DirectoryConfig, other: DirectoryConfig) => SettingRow[]);
} = {
  channel: 'no matter',
  timezone: 'decided',
  justification: ticketChanges,
  approvalTimeout: 'no matter',
  // When policy lets it begin is seen where requests are decided.
  startWithin: 'no matter',
  warnBefore: 'no matter',
  groups: 'decided',
  // Who sits in them, and what a chain needs of them, is seen where requests and votes are decided.
  stages: standbyChanges,
  people: nameChanges,
  identity: templateChanges,
  // A running jit refuses another one than it runs in.
  account: 'no matter',
  // The way into an account; what is given there stands in the catalog.
  accounts: 'no matter',
  accountNames: 'no matter',
  fallback: (one, other) =>
    elsewhere('any stage that nobody is left for', fallbackIn(one), fallbackIn(other)),
  emergency: ({ emergency: one }, { emergency: other }) =>
    emergencyIn(one) === emergencyIn(other)
      ? []
      : [{ about: 'emergencies', says: `${emergencyIn(one)} → ${emergencyIn(other)}` }],
  leavers: ({ leavers: one = 'end' }, { leavers: other = 'end' }) =>
    one === other
      ? []
      : [{ about: 'access of people who have left', says: `${LEAVERS[one]} → ${LEAVERS[other]}` }],
  businessHours: 'decided',
  onCall: (one, other) =>
    canonical(one.onCall) === canonical(other.onCall)
      ? []
      : [{ about: 'who is on call', says: 'is looked up elsewhere, or for other entitlements' }],
};

const LEAVERS = { end: 'it ends', tell: 'it goes on, and is told of' };

/** What a change of directory.yml does besides: to whom access is given, and what a request must have. */
export function settingChanges(one: DirectoryConfig, other: DirectoryConfig): SettingRow[] {
  return Object.values(CHANGES).flatMap((change) => (typeof change === 'string' ? [] : change(one, other)));
}

/** How often, and up to how long in all, access may be made longer: what a change of the catalog does to that. */
export function extensionChanges(one: Catalog, other: Catalog): SettingRow[] {
  const ids = [...new Set([...one.keys(), ...other.keys()])].sort();
  return ids.flatMap((id) => {
    // Of what is new, or gone, its requests say all.
    if (!one.has(id) || !other.has(id)) return [];
    const [before, after] = [one, other].map((catalog) => extensionsOf(catalog.get(id)));
    return before === after ? [] : [{ about: 'extensions', says: `${id}: ${before} → ${after}` } as const];
  });
}

type Catalog = ReadonlyMap<string, Pick<Entitlement, 'extensions'>>;

const extensionsOf = ({ extensions }: Pick<Entitlement, 'extensions'> = {}) =>
  extensions ? `${extensions.most} at most, ${formatDuration(extensions.total)} in all` : 'none';

function ticketChanges(
  { justification: one }: DirectoryConfig,
  { justification: other }: DirectoryConfig,
): SettingRow[] {
  const shown = ({ ticket }: DirectoryConfig['justification']) =>
    ticket ? `${ticket.required ? 'needed' : 'possible'}, of the form ${ticket.pattern}` : 'not checked';
  const [before, after] = [shown(one), shown(other)];
  // An example decides nothing.
  return before === after ? [] : [{ about: 'tickets', says: `${before} → ${after}` }];
}

/** Who may come in where a stage does not answer, and who may stand in for its people. */
function standbyChanges({ stages: one }: DirectoryConfig, { stages: other }: DirectoryConfig): SettingRow[] {
  const named = (list: StageDef[]) => Object.fromEntries(list.map((stage) => [stage.name, stage]));
  return byName(named(one), named(other)).flatMap(({ name, one: was, other: is }) => [
    ...elsewhere(`stage ${name}`, escalationOf(was), escalationOf(is)),
    ...elsewhere(`stage ${name}`, standInsOf(was), standInsOf(is)),
  ]);
}

function elsewhere(what: string, before: string, after: string): SettingRow[] {
  return before === after ? [] : [{ about: 'who else may decide', says: `${what}: ${before} → ${after}` }];
}

const escalationOf = ({ escalate }: Partial<StageDef> = {}) =>
  escalate ? `${escalate.to} after ${formatDuration(escalate.after)}` : 'no escalation';
const standInsOf = ({ delegates }: Partial<StageDef> = {}) =>
  delegates === undefined ? 'no stand-ins' : `stand-ins of ${delegates}`;
const emergencyIn = (rules: DirectoryConfig['emergency']) =>
  rules
    ? `told to ${rules.channel}, reviewed by ${rules.review.by} within ${formatDuration(rules.review.within)}, then ${rules.tell} is told`
    : 'none';
const fallbackIn = ({ fallback }: DirectoryConfig) => fallback?.group ?? 'nobody';

/** Whose access is put elsewhere, since directory.yml names another IAM user or role for them. */
function nameChanges(one: DirectoryConfig, other: DirectoryConfig): SettingRow[] {
  return byName(one.people, other.people).flatMap(({ name, one: was, other: is }) => {
    const same = was?.iamUser === is?.iamUser && was?.iamRole === is?.iamRole;
    const [before, after] = [one, other].map((directory) => shownNames(name, directory));
    return same || before === after ? [] : [named(name, before, after)];
  });
}

const named = (who: string, before: string | undefined, after: string | undefined): SettingRow => ({
  about: 'IAM names',
  says: `${who}: ${before} → ${after}`,
});

function shownNames(email: string, directory: DirectoryConfig): string {
  const names = principalsOf(email, directory).map(({ key }) => key);
  return names.length > 0 ? names.join(' and ') : NO_NAME;
}

function templateChanges(
  { identity: one }: DirectoryConfig,
  { identity: other }: DirectoryConfig,
): SettingRow[] {
  const shown = (identity: DirectoryConfig['identity']) =>
    identity ? `${identity.type} ${identity.template}` : NO_NAME;
  const [domains, now] = [one?.domains ?? [], other?.domains ?? []];
  const stay = now.filter((domain) => domains.includes(domain));
  const moves: [string[], string, string][] = [
    [stay, shown(one), shown(other)],
    [minus(now, domains), NO_NAME, shown(other)],
    [minus(domains, now), shown(one), NO_NAME],
  ];
  return moves
    .filter(([list, before, after]) => list.length > 0 && before !== after)
    .map(([list, ...names]) =>
      named(`everybody of ${list.join(' and ')} without one of their own`, ...names),
    );
}

const NO_NAME = 'no IAM name';
