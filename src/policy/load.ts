import { canonical, sha256, type Entitlement } from '../domain/entitlement.js';
import type { Bundle, GatheredInput, Pdp, Problem } from '../ports/policy.js';
import type { GrantKind } from '../ports/access.js';
import { gathered } from './inputs/index.js';
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
  /** What makes `Bundle.explain`; absent: the bundle explains nothing. */
  explain?: (parts: Parts, pdp: Pdp) => NonNullable<Bundle['explain']>;
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
  { texts, problems }: Folder,
  options: LoadOptions,
): Loaded | { problems: Problem[] } {
  try {
    const { parts, warnings, ...read } = readParts(texts, options);
    const all = sorted([...problems, ...read.problems]);
    if (all.length > 0 || !parts) return { problems: all };
    return { parts, bundle: bundleOf(parts, sorted(warnings), options) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { problems: [{ file: name, message: `cannot be loaded: ${message}` }] };
  }
}

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

/** `parts` is absent where directory.yml cannot be read; of use only where there are no problems. */
function readParts(
  texts: ReadonlyMap<string, string>,
  { kinds, ownAccount }: LoadOptions,
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
  const { directory, ...ofDirectory } = directorySource ? readDirectory(directorySource) : NOTHING;
  // Names count as known even where what stands under them is wrong, so that one mistake is one message.
  const groups = directorySource?.keys(['groups']);
  const stages = directorySource?.keys(['stages']);

  const catalogSource = yaml(CATALOG);
  const { entitlements, ...ofCatalog } = catalogSource
    ? readCatalog(catalogSource, { kinds, groups, directory, ownAccount })
    : { ...NOTHING, entitlements: new Map<string, Entitlement>() };

  const schema = texts.get(SCHEMA);
  const { declared, ...ofSchema } = schema === undefined ? NOTHING : checkSchema(schema);
  const written = (key: string, also: string[] = []) =>
    catalogSource && new Set([...namesIn(catalogSource, key), ...also]);
  const { policies, ...ofPolicies } = readPolicies(
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
        Account: written('account', directorySource?.keys(['accounts'])),
        Entitlement: written('id'),
      },
    },
  );
  const warnings = [...ofDirectory.warnings, ...ofPolicies.warnings];
  if (policies.length === 0 && ofPolicies.problems.length === 0) {
    warnings.push({ file: '*.cedar', message: 'no policy permits anything: there is none' });
  }
  for (const found of [ofSchema, ofDirectory, ofCatalog, ofPolicies]) problems.push(...found.problems);
  if (!directory || schema === undefined) return { problems, warnings };
  const hash = sha256(canonical([...texts]));
  return { parts: { hash, schema, policies, entitlements, directory, declared }, problems, warnings };
}

const NOTHING = { problems: [], warnings: [], directory: undefined, declared: new Set<string>() };

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
  const values = Array.isArray(list) ? list.map((_, i) => catalog.at(['entitlements', i, key])) : [];
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
