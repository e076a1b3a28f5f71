import { canonical, type Entitlement, type Json, type JsonObject } from '../../../domain/entitlement.js';
import { isObject } from '../../../domain/is-object.js';
import type { Parts } from '../../policy.js';
import { statementsOf } from '../../statements.js';
import { guardrailChanges } from './guardrails.js';
import { ALL, effectsOf, gainedBy, type Becomes, type Effects, type RightPart } from './statements.js';

/** A right that an entitlement gives. */
export type Right =
  | ({ is: 'statement' } & RightPart)
  /** What was denied before is gained, what is denied now is lost. */
  | ({ is: 'denial' } & RightPart)
  /** All that a role may do. */
  | { is: 'role'; role: string }
  /** What a managed policy allows. */
  | { is: 'policy'; policy: string }
  | { is: 'other'; says: string };

/** A change of what entitlements give, once they are granted. */
export interface RightRow {
  entitlements: string[];
  becomes: Becomes;
  right: Right;
}

type Change = Omit<RightRow, 'entitlements'>;

/** Of each entitlement, the rights that one folder gives and the other does not. */
export function rightRowsOf(before: Parts, after: Parts): RightRow[] {
  const ids = new Set([...before.entitlements.keys(), ...after.entitlements.keys()]);
  const rows = new Map<string, RightRow>();
  for (const id of [...ids].sort())
    for (const change of changesOf(before.entitlements.get(id), after.entitlements.get(id))) {
      const key = canonical(change);
      const known = rows.get(key);
      if (known) known.entitlements.push(id);
      else rows.set(key, { entitlements: [id], ...change });
    }
  return ORDER.flatMap((becomes) => [...rows.values()].filter((row) => row.becomes === becomes));
}

const ORDER: readonly Becomes[] = ['gained', 'changed', 'lost'];

function changesOf(one: Entitlement | undefined, other: Entitlement | undefined): Change[] {
  if (one && other && canonical(givenBy(one)) === canonical(givenBy(other))) return [];
  if (!one || !other) return other ? wholeOf(other, 'gained') : one ? wholeOf(one, 'lost') : [];
  const changed = (says: string): Change => ({ becomes: 'changed', right: { is: 'other', says } });
  if (one.grant.kind !== other.grant.kind)
    return [
      changed(`given as ${one.grant.kind} before, as ${other.grant.kind} now`),
      ...wholeOf(other, 'gained'),
      ...wholeOf(one, 'lost'),
    ];
  const [was, is] = [one.grant.config, other.grant.config];
  const moved = was['roleArn'] === undefined && one.account !== other.account;
  return [
    ...(moved ? [changed(`in account ${one.account} before, in ${other.account} now`)] : []),
    ...(canonical(was['roleArn']) === canonical(is['roleArn'])
      ? []
      : [changed(`with the role ${shown(was['roleArn'])} before, ${shown(is['roleArn'])} now`)]),
    ...rightChanges(one, other, 'gained'),
    ...rightChanges(other, one, 'lost'),
    ...chainingChange(was, is),
    ...guardrailChanges(was['guardrails'], is['guardrails']).map(({ becomes, says }): Change => ({
      becomes,
      right: { is: 'other', says },
    })),
    ...unreadable(one, other).map(changed),
  ];
}

const givenBy = ({ account, grant }: Entitlement): Json => ({ account, ...grant });

/** What a new entitlement gives, or one that is gone gave. */
function wholeOf(entitlement: Entitlement, becomes: Becomes): Change[] {
  const { kind, config } = entitlement.grant;
  const nothing: Entitlement = {
    ...entitlement,
    grant: { kind, config: { policyArns: [], statements: [] } },
  };
  const rights = [
    ...rightChanges(nothing, entitlement, becomes),
    ...(config['chaining'] === true ? [{ becomes, right: CHAINING }] : []),
  ];
  return rights.length > 0 ? rights : [{ becomes, right: { is: 'other', says: `what ${kind} gives` } }];
}

/** What is given by the second and not by the first. */
function rightChanges(one: Entitlement, other: Entitlement, becomes: Becomes): Change[] {
  const [has, gets] = [effectsIn(one), effectsIn(other)];
  const { allowed, denied } = gainedBy(has, gets);
  const role = shown(other.grant.config['roleArn']);
  const isWhole = has.allowed.includes(ALL);
  const policies = listIn(other, 'policyArns').filter(
    (arn) => !isWhole && !listIn(one, 'policyArns').includes(arn),
  );
  return [
    ...allowed.map((part): Change => {
      const whole = gets.allowed.includes(ALL);
      return { becomes, right: whole ? { is: 'role', role } : { is: 'statement', ...part } };
    }),
    ...denied.map((part): Change => ({ becomes, right: { is: 'denial', ...part } })),
    ...policies.map((policy): Change => ({ becomes, right: { is: 'policy', policy } })),
  ];
}

/** A role that nothing narrows gives all that it has. */
function effectsIn(entitlement: Entitlement): Effects {
  const { roleArn, statements, policyArns } = entitlement.grant.config;
  if (roleArn !== undefined && statements === undefined && policyArns === undefined)
    return { allowed: [ALL], denied: [] };
  return effectsOf(statementsOf(entitlement));
}

const listIn = ({ grant }: Entitlement, key: string): string[] => {
  const value = grant.config[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};

const CHAINING: Right = { is: 'other', says: 'the session may assume further roles (chaining)' };

function chainingChange(was: JsonObject, is: JsonObject): Change[] {
  const [one, other] = [was['chaining'] === true, is['chaining'] === true];
  return one === other ? [] : [{ becomes: other ? 'gained' : 'lost', right: CHAINING }];
}

const READ = ['roleArn', 'statements', 'policyArns', 'chaining', 'guardrails'];

/** What differs and is not understood. */
function unreadable(one: Entitlement, other: Entitlement): string[] {
  const [was, is] = [one.grant.config, other.grant.config];
  const isOdd = (key: string): boolean => {
    if (!READ.includes(key)) return true;
    const values = [was[key], is[key]].filter((value) => value !== undefined);
    if (key === 'statements') return !values.every(areStatements);
    if (key === 'policyArns') return !values.every(areTexts);
    if (key === 'chaining') return !values.every((value) => typeof value === 'boolean');
    return key === 'guardrails' && !values.every(isObject);
  };
  const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...keys]
    .filter((key) => canonical(was[key]) !== canonical(is[key]) && isOdd(key))
    .sort()
    .map((key) => `${key}, which cannot be compared`);
}

function areStatements(value: Json): boolean {
  if (!Array.isArray(value)) return false;
  return value.every((statement) => {
    if (!isObject(statement)) return false;
    const { Effect, Action, NotAction, Resource, NotResource } = statement;
    const isOne = (a: Json | undefined, b: Json | undefined) =>
      (a === undefined) !== (b === undefined) && areTexts([(a ?? b)!].flat());
    return (
      (Effect === 'Allow' || Effect === 'Deny') && isOne(Action, NotAction) && isOne(Resource, NotResource)
    );
  });
}

const areTexts = (value: Json): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const shown = (value: Json | undefined): string => (typeof value === 'string' ? value : canonical(value));
