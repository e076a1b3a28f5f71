import { canonical, sha256, type Entitlement } from '../domain/entitlement.js';
import type { Bundle, GatheredInput, Pdp, Problem } from '../ports/policy.js';
import type { GrantKind } from '../ports/access.js';
import { declaredIn } from './cedar/declared-attributes.js';
import { gathered } from './inputs/known-attributes.js';
import { reads } from './unknown-inputs.js';
import { readCatalog } from './read/catalog.js';
import { readDirectory } from './read/directory.js';
import { CATALOG, DIRECTORY, readFolder, SCHEMA, type Folder } from './read/folder.js';
import type { Parts } from './policy.js';
import { createPdp } from './pdp.js';
import { readPolicies } from './read/cedar/policies.js';
import { checkSchema } from './read/cedar/schema.js';
import { readYaml, type Source } from './read/source.js';

export interface LoadOptions {
  kinds: readonly GrantKind[];
  /** The account in which this program runs. */
  ownAccount?: string;
  /** What makes `Bundle.explain`; absent: nobody will ask why. */
  explain?: (parts: Parts, pdp: Pdp) => NonNullable<Bundle['explain']>;
}

/** A folder that loaded without an error, and is not compiled yet. */
export interface Loaded {
  parts: Parts;
  warnings: Problem[];
}

/** Everything that is wrong with a folder, by file and line. */
interface NotLoaded {
  problems: Problem[];
}

/** @returns what a policy folder says, or everything that is wrong with it, by file and line. Never throws. */
export async function loadFolder(dir: string, options: LoadOptions): Promise<Loaded | NotLoaded> {
  return loadTexts(dir, await readFolder(dir), options);
}

/** The same, of files that have been read. @param name what a problem of the whole is put down to */
export function loadTexts(
  name: string,
  { texts, problems }: Folder,
  options: LoadOptions,
): Loaded | NotLoaded {
  try {
    const checked = check(texts, options);
    const all = sorted([...problems, ...checked.problems]);
    if (all.length > 0 || !checked.directory) return { problems: all };
    const { directory, entitlements, policies, declared } = checked;
    const schema = texts.get(SCHEMA) ?? '';
    const hash = sha256(canonical([...texts]));
    const parts = { hash, schema, policies, entitlements, directory, declared };
    return { parts, warnings: sorted(checked.warnings) };
  } catch (error) {
    return { problems: [unloadable(name, error)] };
  }
}

/**
 * Loads a policy folder, and has Cedar decide once, so that the first request is not slow.
 * @returns the bundle, or everything that is wrong with the folder, by file and line. Never throws.
 */
export async function loadBundle(dir: string, options: LoadOptions): Promise<{ bundle: Bundle } | NotLoaded> {
  return loadBundleOf(dir, await readFolder(dir), options);
}

/** The same, of files that have been read. */
export function loadBundleOf(
  name: string,
  folder: Folder,
  options: LoadOptions,
): { bundle: Bundle } | NotLoaded {
  const loaded = loadTexts(name, folder, options);
  if ('problems' in loaded) return loaded;
  try {
    return { bundle: bundleOf(loaded, options) };
  } catch (error) {
    return { problems: [unloadable(name, error)] };
  }
}

/** Compiles what a folder says. Throws where Cedar cannot. */
export function bundleOf(
  { parts, warnings }: Loaded,
  { explain }: Pick<LoadOptions, 'explain'> = {},
): Bundle {
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
    forbids: parts.policies.filter(({ effect }) => effect === 'forbid').map(({ id }) => id),
    ...(explain && { explain: explain(parts, pdp) }),
    warnings,
  };
}

/** The groups on whose members anything depends. */
function groupsUsed({ policies, entitlements, directory: { stages } }: Parts): Set<string> | 'all' {
  const used = new Set(stages.flatMap(({ group }) => group ?? []));
  const owners = [...entitlements.values()].flatMap((entitlement) => entitlement.owners);
  let byOwners = stages.some(({ kind }) => kind === 'owners');
  for (const { groups = 'all' } of policies) {
    if (groups === 'all') return 'all';
    for (const name of groups.names) used.add(name);
    byOwners ||= groups.owners;
  }
  return byOwners ? new Set([...used, ...owners]) : used;
}

/** What has to be looked up before these policies are asked: nothing that none of them reads. */
function inputsOf({ policies, declared = new Set() }: Parts): GatheredInput[] {
  return gathered.filter(({ attributes }) =>
    Object.keys(attributes).some(
      (attribute) => declared.has(attribute) && policies.some((policy) => reads(policy, attribute)),
    ),
  );
}

function unloadable(name: string, error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  return { file: name, message: `cannot be loaded: ${message}` };
}

function check(texts: ReadonlyMap<string, string>, { kinds, ownAccount }: LoadOptions) {
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
  const directory = directorySource && readDirectory(directorySource);
  // Names count as known even where what stands under them is wrong, so that one mistake is one message.
  const groups = directorySource?.keys(['groups']);

  const catalogSource = yaml(CATALOG);
  const known = { kinds, groups, directory: directory?.directory, ownAccount };
  const catalog = catalogSource && readCatalog(catalogSource, known);

  const schema = texts.get(SCHEMA);
  const schemaProblems = schema === undefined ? [] : checkSchema(schema);
  const { declared, problems: mistyped } =
    schema === undefined || schemaProblems.length > 0 ? NOTHING_DECLARED : declaredIn(schema);
  schemaProblems.push(...mistyped.map((message) => ({ file: SCHEMA, message })));
  const written = (key: string) => catalogSource && namesIn(catalogSource, key);
  const accounts = written('account');
  const stages = directory?.directory.stages;
  const { policies, ...read } = readPolicies(
    new Map([...texts].filter(([file]) => file.endsWith('.cedar'))),
    {
      schema: schemaProblems.length > 0 ? undefined : schema,
      missing: unfilled(directorySource),
      stages: directorySource
        ?.keys(['stages'])
        .map((name) => stages?.find((stage) => stage.name === name) ?? { name, kind: 'group' }),
      names: {
        Group: setOf(groups),
        Environment: setOf(written('environment')),
        Account: setOf(accounts && [...accounts, ...(directorySource?.keys(['accounts']) ?? [])]),
        Entitlement: setOf(written('id')),
      },
    },
  );
  const warnings = [...(directory?.warnings ?? []), ...read.warnings];
  if (policies.length === 0 && read.problems.length === 0) {
    warnings.push({ file: '*.cedar', message: 'no policy permits anything: there is none' });
  }
  return {
    directory: directory?.directory,
    entitlements: catalog?.entitlements ?? new Map<string, Entitlement>(),
    policies,
    declared,
    problems: [problems, schemaProblems, directory?.problems, catalog?.problems, read.problems].flatMap(
      (found = []) => found,
    ),
    warnings,
  };
}

const NOTHING_DECLARED = { declared: new Set<string>(), problems: [] };

/** What policies may read only where the directory fills it. */
function unfilled(directory: Source | undefined): Map<string, string> | undefined {
  const keys = directory?.keys([]);
  return keys && new Map(Object.entries(FILLED_BY).filter(([key]) => !keys.includes(key)));
}

const FILLED_BY = {
  businessHours: 'write businessHours: { days: [1, 2, 3, 4, 5], from: 8, to: 18 } there',
  onCall: 'write onCall: there, with ical:, http: or pagerduty:',
};

const setOf = (names: readonly string[] | undefined) => names && new Set(names);

function namesIn(catalog: Source, key: string): string[] {
  const list = catalog.at(['entitlements']);
  const count = Array.isArray(list) ? list.length : 0;
  const values = Array.from({ length: count }, (_, i) => catalog.at(['entitlements', i, key]));
  return [...new Set(values.filter((value) => typeof value === 'string'))];
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
