import type { DirectoryConfig } from '../../domain/directory.js';
import type { Entitlement } from '../../domain/entitlement.js';
import type { GrantKind } from '../../ports/access.js';
import type { Problem } from '../../ports/policy.js';
import * as s from './shapes.js';
import { fit, MOST_PROBLEMS, type Path, type Source } from './source.js';
import { nearest } from './suggest.js';
import * as z from 'zod';

/** What `/jit <name>` means already, also where an entitlement is called so. */
export const SUBCOMMANDS = [
  'help',
  'list',
  'status',
  'cancel',
  'revoke',
  'explain',
  'again',
  'away',
  'back',
  'pending',
  'shell',
  'extend',
];

/** More are no extensions, but another way to ask for it. */
const MOST_EXTENSIONS = 20;

const top = s.object(
  { entitlements: s.list(z.unknown(), 'a list of entitlements') },
  'entitlements: and a list of them',
);

export interface KnownNames {
  kinds: readonly GrantKind[];
  /** Names of groups; undefined when directory.yml could not be read. */
  groups: readonly string[] | undefined;
  directory: DirectoryConfig | undefined;
  /** jit's own account; undefined: it is not known. */
  ownAccount: string | undefined;
  ownPartition: string | undefined;
}

/** What catalogs say. Of use only where there are no problems. */
export interface Catalogs {
  entitlements: Map<string, Entitlement>;
  /** By an entitlement's id: the file in which it stands. */
  homes: Map<string, string>;
  problems: Problem[];
  warnings: Problem[];
}

/** Checks catalogs, entry by entry. @param sources in the order in which people see what is in them */
export function readCatalogs(sources: readonly Source[], known: KnownNames): Catalogs {
  const found: Catalogs = { entitlements: new Map(), homes: new Map(), problems: [], warnings: [] };
  const { entitlements, homes, problems } = found;
  const places = new Map<string, Place>();
  const shape = shapeOf(known);
  for (const source of sources) {
    const count = fit(source, [], top, problems)?.entitlements.length ?? 0;
    for (let i = 0; i < count && problems.length < MOST_PROBLEMS; i++) {
      const path = ['entitlements', i];
      const taken = isTaken(source, path, places, problems);
      const entitlement = readEntitlement(source, path, shape, known, problems);
      if (!entitlement || taken) continue;
      entitlements.set(entitlement.id, entitlement);
      found.warnings.push(...doubtsAbout(source, path, entitlement, known));
      homes.set(entitlement.id, source.file);
    }
  }
  return found;
}

function doubtsAbout(source: Source, path: Path, entitlement: Entitlement, { kinds }: KnownNames): Problem[] {
  const { kind, config } = entitlement.grant;
  const size = kinds.find(({ name }) => name === kind)?.size?.(config);
  return [
    ...(SUBCOMMANDS.includes(entitlement.id) ? [likeSubcommand(source, path, entitlement)] : []),
    ...(size?.layers === 2 ? [inTwoLayers(source, path, entitlement)] : []),
  ];
}

function likeSubcommand(source: Source, path: Path, { id }: Entitlement): Problem {
  const message = `id: "${id}" is a subcommand, so /jit ${id} does not ask for this; people find it in the form of /jit`;
  return source.problem([...path, 'id'], message);
}

interface Place {
  source: Source;
  path: Path;
}

function inTwoLayers(source: Source, path: Path, { grant: { kind } }: Entitlement): Problem {
  const message = `${kind}: the policy fits into two layers only; where AWS makes no second one (sts:GetScopedCredentials), nobody is given this. Shorten the statements`;
  return source.problem([...path, kind], message);
}

/** @param places where each id stands first, of all catalogs */
function isTaken(source: Source, path: Path, places: Map<string, Place>, problems: Problem[]): boolean {
  const at = [...path, 'id'];
  const id = source.at(at);
  if (typeof id !== 'string') return false;
  const other = places.get(id);
  if (!other) {
    places.set(id, { source, path: at });
    return false;
  }
  const where = `${other.source.file}:${other.source.problem(other.path, '').line}`;
  problems.push(source.problem(at, `id: "${id}" is that of ${where} already; every entitlement has its own`));
  return true;
}

/** Of the entries of catalogs. Made once: zod compiles what it is to check. */
function shapeOf({ kinds, groups }: KnownNames) {
  const wrongId = (id: string) => {
    const problem = idProblem(id);
    return problem && `"${id}" ${problem}`;
  };
  const owner = groups ? s.name.superRefine(s.check(s.among('group', groups))) : s.name;
  const common = {
    id: s.text('an id of a–z, 0–9 and hyphens').superRefine(s.check(wrongId)),
    name: s.text('what people see'),
    description: z.string({ error: 'is not text; put it in quotes' }).default(''),
    environment: s.name,
    account: s.account,
    risk: s.oneOf('low', 'medium', 'high'),
    owners: s.list(owner, 'a list of groups').default([]),
    tags: z.record(z.string(), s.text('text, in quotes'), { error: 'write a mapping of texts' }).default({}),
    durations: s
      .list(s.duration, 'a list of durations such as [15m, 1h]')
      .refine(({ length }) => length > 0, 'is empty; offer at least one, such as [1h]'),
    channel: s.channel.optional(),
    extensions: s
      .object(
        { most: s.whole(1, MOST_EXTENSIONS), total: s.duration },
        'how often and how long in all, such as { most: 2, total: 8h }',
      )
      .optional(),
  };
  return s.object(
    { ...common, ...Object.fromEntries(kinds.map(({ name }) => [name, z.unknown().optional()])) },
    'an entitlement with an id, a name and so on',
  );
}

function idProblem(id: string): string | undefined {
  return /^[a-z0-9-]{1,64}$/.test(id) ? undefined : 'is not an id; write 1 to 64 of a–z, 0–9 and hyphens';
}

function readEntitlement(
  source: Source,
  path: Path,
  shape: ReturnType<typeof shapeOf>,
  known: KnownNames,
  problems: Problem[],
): Entitlement | undefined {
  const say = (key: string[], message: string) =>
    void problems.push(source.problem([...path, ...key], [...key, message].join(': ')));
  const names = known.kinds.map(({ name }) => name);
  const found = fit(source, path, shape, problems, path.length);
  const keys = source.keys(path);
  const given = known.kinds.filter(({ name }) => keys.includes(name));
  const [kind] = given;
  const misspelt = (key: string) => !(key in shape.shape) && nearest(key, names) !== undefined;
  if (given.length > 1)
    say([given[1]!.name], `a second grant kind; keep one of ${given.map((k) => k.name).join(', ')}`);
  else if (!kind && keys.length > 0 && !keys.some(misspelt))
    say([], `has no grant kind; write one of ${names.join(', ')}`);
  const badTag = source.keys([...path, 'tags']).find((tag) => !s.isName(tag));
  if (badTag !== undefined)
    say(['tags'], `"${badTag}" is not a usable name; choose another, without stray spaces`);

  const account = source.at([...path, 'account']);
  if (!kind || given.length > 1 || !known.directory || typeof account !== 'string') return undefined;
  const { directory, ownAccount, ownPartition } = known;
  const about = {
    account,
    directory,
    ...(ownAccount !== undefined && { ownAccount }),
    ...(ownPartition !== undefined && { ownPartition }),
  };
  const config = parseConfig(kind, source.at([...path, kind.name]), about);
  if ('problems' in config) config.problems.forEach((message) => say([kind.name], message));
  if ('problems' in config || !found) return undefined;
  const { id, name, description, environment, risk, tags, channel, extensions } = found;
  if (extensions && extensions.total <= Math.min(...found.durations))
    say(
      ['extensions', 'total'],
      'is no longer than the shortest duration, so nothing could be extended; write more',
    );
  // Written out: an entitlement made of others by a spread is of a shape of its own to V8, and each look at ten
  // thousand of them takes eleven times as long (Node 20.20).
  return {
    id,
    name,
    description,
    environment,
    account,
    risk,
    tags,
    owners: [...new Set(found.owners)],
    durations: [...new Set(found.durations)].sort((a, b) => a - b),
    ...(channel !== undefined && { channel }),
    ...(extensions && { extensions }),
    grant: { kind: kind.name, config: config.config },
  };
}

/** A kind's own check; one that throws is a fault of ours, but still no reason to fall over. */
function parseConfig(
  kind: GrantKind,
  ...entry: Parameters<GrantKind['parse']>
): ReturnType<GrantKind['parse']> {
  try {
    return kind.parse(...entry);
  } catch (error) {
    return { problems: [`could not be checked: ${error instanceof Error ? error.message : String(error)}`] };
  }
}
