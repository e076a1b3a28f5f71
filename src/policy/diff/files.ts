import { canonical, pin, type Entitlement } from '../../domain/entitlement.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import { formatDuration } from '../../domain/duration.js';
import type { Parts } from '../policy.js';
import { byName, keysThatDiffer, minus } from './by-name.js';

/** What the files themselves say differently, as sentences. */
export interface FileChanges {
  /** And the schema. */
  policies: string[];
  /** `orders-db-admin: statements, guardrails changed`: who waits for it must ask again, for its hash is another. */
  catalog: string[];
  directory: string[];
}

export function fileChanges(before: Parts, after: Parts): FileChanges {
  const policies = keyed(before, after, ({ policies }) => policies.map((one) => [one.id, one]));
  const catalog = keyed(before, after, ({ entitlements }) => [...entitlements]);
  return {
    policies: [
      ...policies.flatMap(({ name, one, other }) => {
        if (!one || !other) return [`${name}: ${one ? 'removed' : 'added'}`];
        return one.text.trim() === other.text.trim() ? [] : [`${name}: changed`];
      }),
      ...(before.schema.trim() === after.schema.trim() ? [] : ['the schema: changed']),
    ],
    catalog: catalog.flatMap(({ name, one, other }) => {
      if (!one || !other) return [`${name}: ${one ? 'removed' : 'added'}`];
      return entitlementChanges(one, other).map((change) => `${name}: ${change}`);
    }),
    directory: directoryChanges(before.directory, after.directory),
  };
}

function entitlementChanges(one: Entitlement, other: Entitlement): string[] {
  const found: string[] = [];
  for (const key of ['environment', 'account', 'risk'] as const)
    if (one[key] !== other[key]) found.push(`${key} ${one[key]} → ${other[key]}`);
  for (const key of ['owners', 'tags', 'name', 'description', 'channel'] as const)
    if (canonical(one[key]) !== canonical(other[key])) found.push(`${key} changed`);
  const [offered, now] = [one, other].map(({ durations }) => durations.map(formatDuration).join(', '));
  if (offered !== now) found.push(`durations ${offered} → ${now}`);
  const [was, is] = [pin(one), pin(other)];
  if (was.hash === is.hash) return found;
  const parts =
    was.kind === is.kind
      ? keysThatDiffer(was.config, is.config).join(', ')
      : `grant kind ${was.kind} → ${is.kind}`;
  return [
    ...found,
    `what is granted changed${parts && ` (${parts})`}: requests under way close, and have to be made again`,
  ];
}

/** What is said of a stage in words. */
const SAID = ['kind', 'group', 'channel'];

function directoryChanges(one: DirectoryConfig, other: DirectoryConfig): string[] {
  const found: string[] = [];
  for (const { name, one: was, other: is } of byName(one.groups, other.groups)) {
    if (!was || !is) found.push(`group ${name}: ${was ? 'removed' : 'added'}`);
    else if ('members' in was && 'members' in is) {
      const [gone, come] = [minus(was.members, is.members), minus(is.members, was.members)];
      if (gone.length + come.length === 0) continue;
      const names = [...come.map((email) => `+${email}`), ...gone.map((email) => `−${email}`)];
      found.push(`group ${name}: ${names.join(', ')}; ${is.members.length} in all${filling(name, other)}`);
    } else if (canonical(was) !== canonical(is))
      found.push(`group ${name}: its members come from elsewhere${filling(name, other)}`);
  }
  const stages = ({ stages: list }: DirectoryConfig) =>
    Object.fromEntries(list.map((stage) => [stage.name, stage]));
  for (const { name, one: was, other: is } of byName(stages(one), stages(other))) {
    if (!was || !is) found.push(`stage ${name}: ${was ? 'removed' : 'added'}`);
    else if (was.kind !== is.kind || was.group !== is.group)
      found.push(`stage ${name}: ${was.group ?? was.kind} → ${is.group ?? is.kind}`);
    else if (was.channel !== is.channel) found.push(`stage ${name}: its cards go to another channel`);
    const more = was && is ? keysThatDiffer(was, is).filter((key) => !SAID.includes(key)) : [];
    if (more.length > 0) found.push(`stage ${name}: ${more.join(', ')} changed`);
  }
  const order = ({ stages: list }: DirectoryConfig, of: DirectoryConfig) =>
    list.map(({ name }) => name).filter((name) => of.stages.some((stage) => stage.name === name));
  if (order(one, other).join() !== order(other, one).join())
    found.push(`stages are asked in the order ${order(other, one).join(', ')}`);
  for (const { name, one: was, other: is } of byName(one.people, other.people))
    if (was?.manager !== is?.manager)
      found.push(`${name}: manager ${was?.manager ?? 'unknown'} → ${is?.manager ?? 'unknown'}`);
    else if (canonical(was ?? {}) !== canonical(is ?? {})) found.push(`${name}: another IAM principal`);
  for (const key of keysThatDiffer(one, other))
    if (!['groups', 'stages', 'people'].includes(key)) found.push(`${key} changed`);
  return found;
}

function filling(group: string, { stages }: DirectoryConfig): string {
  const names = stages.filter((stage) => stage.group === group).map(({ name }) => name);
  return names.length === 0 ? '' : `; who may agree for ${names.join(' and ')}`;
}

function keyed<T>(before: Parts, after: Parts, of: (parts: Parts) => (readonly [string, T])[]) {
  return byName(Object.fromEntries(of(before)), Object.fromEntries(of(after)));
}
