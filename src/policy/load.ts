import { basename, join } from 'node:path';
import { standbyGroups } from '../domain/directory.js';
import { canonical, sha256, type Entitlement } from '../domain/entitlement.js';
import { isObject } from '../domain/is-object.js';
import type { Bundle, GatheredInput, Pdp, Problem } from '../ports/policy.js';
import type { GrantKind } from '../ports/access.js';
import { gathered } from './inputs/index.js';
import { reads } from './unknown-inputs.js';
import { readCatalogs } from './read/catalog.js';
import { accountOf, readDirectory } from './read/directory.js';
import { readFolder, type Folder } from './read/folder.js';
import { CATALOG, DIRECTORY, SCHEMA, subFolderOf } from './read/tree/layout.js';
import type { Parts } from './policy.js';
import { stillHolds, type Prepared } from './prepared.js';
import { createPdp } from './pdp.js';
import { readPolicies } from './read/cedar/policies.js';
import { checkSchema, type CheckedSchema } from './read/cedar/schema.js';
import { readYaml, type Source } from './read/source.js';
import { trespasses } from './read/cedar/sub-folders.js';

export interface LoadOptions {
  kinds: readonly GrantKind[];
  /** The account in which this program runs; absent: what directory.yml says of it is taken as it is. */
  ownAccount?: string;
  /** The partition of AWS in which it runs, as ARNs name it. */
  ownPartition?: string | undefined;
  /** What makes `Bundle.explain`; absent: the bundle explains nothing. */
  explain?: (parts: Parts, pdp: Pdp) => NonNullable<Bundle['explain']>;
  /** What was read when the program was packed: of the very same files it is taken as it was read then. */
  prepared?: (() => Prepared | undefined) | undefined;
}

/** A folder that loaded without an error. */
export interface Loaded {
  parts: Parts;
  bundle: Bundle;
}

/** @returns what a policy folder says, compiled, or everything that is wrong with it. Never throws. */
export async function loadFolder(
  dir: string,
  options: LoadOptions,
): Promise<Loaded | { problems: Problem[] }> {
  return loadTexts(dir, await readFolder(dir), options);
}

/** The same, of files that have been read. @param name what a problem of the whole is put down to */
export function loadTexts(
  name: string,
  { texts, problems, warnings = [] }: Folder,
  options: LoadOptions,
): Loaded | { problems: Problem[] } {
  try {
    const isCatalog = ({ file }: Problem) => basename(file) === CATALOG;
    const { parts, ...read } =
      preparedOf(texts, options) ?? readParts(texts, options, problems.some(isCatalog));
    const all = sorted([...problems, ...read.problems]);
    if (all.length > 0 || !parts) return { problems: all };
    return { parts, bundle: bundleOf(parts, sorted([...warnings, ...read.warnings]), options) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { problems: [{ file: name, message: `cannot be loaded: ${message}` }] };
  }
}

/** The account that directory.yml says is jit's own; undefined: it says none, or cannot be read. Never throws. */
export async function accountIn(dir: string): Promise<string | undefined> {
  const read = readYaml(DIRECTORY, (await readFolder(dir)).texts.get(DIRECTORY) ?? '');
  return 'source' in read ? accountOf(read.source) : undefined;
}

function preparedOf(texts: ReadonlyMap<string, string>, { prepared, ownAccount, ownPartition }: LoadOptions) {
  const found = prepared?.();
  return found && stillHolds(found, { hash: hashOf(texts), ownAccount, ownPartition })
    ? { ...found, problems: [] }
    : undefined;
}

const hashOf = (texts: ReadonlyMap<string, string>): string => sha256(canonical([...texts]));

function bundleOf(parts: Parts, warnings: Problem[], { explain }: LoadOptions): Bundle {
  const { hash, entitlements, directory } = parts;
  const pdp = createPdp(parts);
  warmUp(pdp, entitlements);
  const used = groupsUsed(parts);
  return {
    hash,
    entitlements,
    directory,
    pdp,
    inputs: inputsOf(parts),
    usesGroup: (name) => used === 'all' || used.has(name),
    emergencyPermits: parts.policies
      .filter((policy) => policy.effect === 'permit' && reads(policy, 'emergency'))
      .map(({ id }) => id),
    forbids: parts.policies.filter(({ effect }) => effect === 'forbid').map(({ id }) => id),
    ...(explain && { explain: explain(parts, pdp) }),
    warnings,
  };
}

/** The groups on whose members anything depends. */
function groupsUsed({ policies, entitlements, directory }: Parts): Set<string> | 'all' {
  const { stages } = directory;
  const used = new Set([...stages.flatMap(({ group }) => group ?? []), ...standbyGroups(directory)]);
  const owners = [...entitlements.values()].flatMap((entitlement) => entitlement.owners);
  let byOwners = stages.some(({ kind }) => kind === 'owners');
  for (const { groups = 'all' } of policies) {
    if (groups === 'all') return 'all';
    for (const name of groups.names) used.add(name);
    byOwners ||= groups.owners;
  }
  return byOwners ? new Set([...used, ...owners]) : used;
}

/** `catalog.yml:12: …`, for logs and for those who start the program. */
export function asLine({ file, line, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
}

/** What has to be looked up before these policies are asked: nothing that none of them reads. */
function inputsOf({ policies, declared = new Set() }: Parts): GatheredInput[] {
  return gathered.filter(({ attributes }) =>
    Object.keys(attributes).some(
      (attribute) => declared.has(attribute) && policies.some((policy) => reads(policy, attribute)),
    ),
  );
}

/**
 * `parts` is absent where directory.yml cannot be read; of use only where there are no problems.
 * @param lacking whether a catalog could not be read, so that it is not known what there is
 */
function readParts(
  texts: ReadonlyMap<string, string>,
  { kinds, ownAccount, ownPartition }: LoadOptions,
  lacking: boolean,
): { parts?: Parts; problems: Problem[]; warnings: Problem[] } {
  const problems: Problem[] = [];
  const yaml = (file: string): Source | undefined => {
    const text = texts.get(file);
    if (text === undefined) return undefined;
    const read = readYaml(file, text);
    if ('source' in read) return read.source;
    problems.push(...read.problems);
    return undefined;
  };
  const directorySource = yaml(DIRECTORY);
  const { directory, ...ofDirectory } = directorySource
    ? readDirectory(directorySource, ownAccount)
    : NOTHING;
  // Names count as known even where what stands under them is wrong, so that one mistake is one message.
  const groups = directorySource?.keys(['groups']);
  const stages = directorySource?.keys(['stages']);

  const files = [...texts.keys()];
  const catalogFiles = files.filter((file) => file === CATALOG || file.endsWith(`/${CATALOG}`));
  // What is for all comes first.
  const catalogSources = catalogFiles.toSorted((a, b) => depthOf(a) - depthOf(b)).map(yaml);
  const known = catalogSources.filter((source) => source !== undefined);
  const own = directory?.account ?? ownAccount;
  const catalogs = readCatalogs(known, { kinds, groups, directory, ownAccount: own, ownPartition });

  const schema = texts.get(SCHEMA);
  const ofSchema = schema === undefined ? NOTHING : checkSchema(schema);
  const written = (key: string, also: string[] = []) =>
    lacking || catalogSources.includes(undefined)
      ? undefined
      : new Set([...known.flatMap((source) => namesIn(source, key)), ...also]);
  const { policies, confined, ...ofPolicies } = readPolicies(
    new Map([...texts].filter(([file]) => file.endsWith('.cedar'))),
    {
      schema: ofSchema.problems.length > 0 ? undefined : schema,
      missing: unfilled(directorySource),
      stages: stages?.map(
        (name) => directory?.stages.find((stage) => stage.name === name) ?? { name, kind: 'group' },
      ),
      names: {
        Group: groups && new Set(groups),
        Environment: written('environment'),
        Account: written('account', [own ?? [], directorySource?.keys(['accounts']) ?? []].flat()),
        Entitlement: written('id'),
      },
    },
  );
  const warnings = [...ofDirectory.warnings, ...catalogs.warnings, ...ofPolicies.warnings];
  if (policies.length === 0 && ofPolicies.problems.length === 0) {
    warnings.push({ file: '*.cedar', message: 'no policy permits anything: there is none' });
  }
  for (const found of [ofSchema, ofDirectory, catalogs, ofPolicies]) problems.push(...found.problems);
  if (!directory || schema === undefined) return { problems, warnings };
  if (directory.emergency && !ofSchema.emergencies && ofSchema.problems.length === 0)
    problems.push({ file: SCHEMA, message: OLD_SCHEMA });
  // Only then is it certain whose an entitlement is.
  if (catalogs.problems.length === 0 && !catalogSources.includes(undefined)) {
    const inReach = confined.filter(({ place: { file } }) => texts.has(join(subFolderOf(file), CATALOG)));
    problems.push(...trespasses(inReach, catalogs, directory));
  }
  const hash = hashOf(texts);
  const { entitlements } = catalogs;
  return {
    parts: { hash, schema, policies, entitlements, directory, ...knownBy(ofSchema) },
    problems,
    warnings,
  };
}

const OLD_SCHEMA =
  'knows of no emergencies, of which directory.yml speaks; copy the one of the default policy folder';
const depthOf = (file: string): number => file.split('/').length;

/** What the schema in force knows. */
const knownBy = ({
  declared,
  delegates,
  emergencies,
  extends: extensions,
}: Omit<CheckedSchema, 'problems'>) => ({
  declared,
  delegates,
  emergencies,
  extends: extensions,
});

const NOTHING = {
  problems: [],
  warnings: [],
  directory: undefined,
  declared: new Set<string>(),
  delegates: false,
  emergencies: false,
  extends: false,
};

/** What policies may read only where the directory fills it. */
function unfilled(directory: Source | undefined): Map<string, string> | undefined {
  const keys = directory?.keys([]);
  return keys && new Map(Object.entries(FILLED_BY).filter(([key]) => !keys.includes(key)));
}

const FILLED_BY = {
  businessHours: 'write businessHours: { days: [1, 2, 3, 4, 5], from: 8, to: 18 } there',
  onCall: 'write onCall: there, with ical:, http: or pagerduty:',
};

function namesIn(catalog: Source, key: string): string[] {
  const list = catalog.at(['entitlements']);
  const values = Array.isArray(list) ? list.map((entry) => (isObject(entry) ? entry[key] : undefined)) : [];
  return values.filter((value) => typeof value === 'string');
}

/** One throwaway decision: the first costs some 50 ms, for which no person should have to wait. */
function warmUp(pdp: Bundle['pdp'], entitlements: ReadonlyMap<string, Entitlement>): void {
  const [entitlement] = entitlements.keys();
  const who = { email: 'nobody@example.invalid', groups: [] };
  if (entitlement !== undefined) pdp.request({ who, entitlement, duration: 60_000, at: 0 });
}

function sorted(problems: Problem[]): Problem[] {
  const distinct = new Map(problems.map((problem) => [canonical(problem), problem]));
  return [...distinct.values()].sort((a, b) =>
    a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1,
  );
}
