import { basename } from 'node:path';
import { canonical, sha256, type Entitlement } from '../../domain/entitlement.js';
import type { GrantKind } from '../../ports/access.js';
import type { Pdp } from '../../ports/policy.js';
import { cedar, guarded } from '../cedar/cedar.js';
import type { Parts, Policy } from '../policy.js';
import { createPdp } from '../pdp.js';
import { readFolder } from '../read/folder.js';
import { CATALOG, DIRECTORY } from '../read/tree/layout.js';
import { splitPolicies } from '../read/cedar/scan.js';
import { readYaml, type Path, type Source } from '../read/source.js';
import { usesOf, type PolicyUse } from '../questions/each-policy/uses.js';
import { emergencyFaults, type EmergencyFault } from '../questions/each-policy/emergencies.js';
import { actModels, worldsOf } from '../questions/each-policy/worlds.js';
import { axesOf } from '../questions/boxes.js';
import { timesIn } from '../questions/cells/when.js';
import { mayVote, type MayVote } from '../questions/voters.js';
import type { LintFound, FilePlace, Severity } from './finding.js';
import { scopeOf } from './scope.js';
import { spaceOf, type LintSpace } from './space.js';
import type { LintOptions, WrittenPolicy } from './written.js';

/** Everything that the rules look at. */
export interface LintView {
  parts: Parts;
  policies: WrittenPolicy[];
  /** Of a group, as far as it is known without Slack. */
  members: (group: string) => readonly string[] | undefined;
  space: LintSpace;
  /** Whether policy lets people approve. */
  mayVote: MayVote;
  /** What each policy does to the answers. @throws TooLarge */
  uses: () => ReadonlyMap<Policy, PolicyUse>;
  /** Permits for emergencies that do not do there what they say. @throws TooLarge */
  emergencies: () => EmergencyFault[];
  /** In words, when that is. @param times numbers of cells of the time, of requests */
  whenOf: (times: ReadonlySet<number>) => string;
  pdp: Pdp;
  /** Where an entitlement stands in its catalog, or a part of it. */
  inCatalog: (id: string, path?: Path) => FilePlace;
  inDirectory: (path: Path) => FilePlace;
  /** Undefined for one that is not known. */
  kindOf: (entitlement: Entitlement) => GrantKind | undefined;
  texts: ReadonlyMap<string, string>;
}

/**
 * The folder of which `parts` were read, with the way back to its lines.
 * @throws when it has changed since
 */
export async function aboutFolder(dir: string, parts: Parts, options: LintOptions): Promise<LintView> {
  const { texts } = await readFolder(dir);
  if (sha256(canonical([...texts])) !== parts.hash) throw new Error(`${dir} changed while it was read`);
  const catalogs = [...texts.keys()]
    .filter((file) => basename(file) === CATALOG)
    .map((file) => yaml(texts, file));
  const directory = yaml(texts, DIRECTORY);
  const byId = new Map(parts.policies.map((policy) => [policy.id, policy]));
  const policies = [...texts]
    .filter(([file]) => file.endsWith('.cedar'))
    .flatMap(([file, text]) => splitPolicies(text).map(({ text, line }) => ({ text, at: { file, line } })))
    .flatMap(({ text, at }): WrittenPolicy[] => {
      const parsed = guarded(() => cedar.policyToJson(text));
      const policy = parsed.type === 'success' ? byId.get(parsed.json.annotations?.['id'] ?? '') : undefined;
      if (parsed.type !== 'success' || !policy) return [];
      return [{ policy, at, json: parsed.json, scope: scopeOf(parsed.json) }];
    });
  const pdp = createPdp(parts);
  const { at, ticket } = options;
  const models = actModels(parts, { from: at, ...(ticket !== undefined && { tickets: [ticket] }) });
  const homes = new Map<unknown, [Source, Path]>();
  for (const catalog of catalogs) {
    const written = catalog.at(['entitlements']);
    for (const i of Array.isArray(written) ? written.keys() : [])
      homes.set(catalog.at(['entitlements', i, 'id']), [catalog, ['entitlements', i]]);
  }
  const place = (source: Source, path: Path): FilePlace => {
    const { file, line } = source.problem(path, '');
    return { file, ...(line !== undefined && { line }) };
  };
  return {
    parts,
    policies,
    pdp,
    members: (name) => {
      const group = Object.hasOwn(parts.directory.groups, name) ? parts.directory.groups[name] : undefined;
      return group && 'members' in group ? group.members : group && options.members?.get(group.id);
    },
    space: spaceOf(models('request'), pdp),
    mayVote: mayVote(parts, () => models('approve')),
    emergencies: () =>
      emergencyFaults({ model: models('request'), subjects: [...parts.entitlements.keys()] }),
    whenOf: (times) =>
      timesIn(axesOf(models('request').variables).time.cells, parts.directory.timezone)(times),
    uses: () => usesOf(parts.policies, worldsOf(parts, models)),
    inCatalog: (id, path = []) => {
      const [catalog, entry] = homes.get(id)!;
      return place(catalog, [...entry, ...path]);
    },
    inDirectory: (path) => place(directory, path),
    kindOf: ({ grant }) => options.kinds.find(({ name }) => name === grant.kind),
    texts,
  };
}

function yaml(texts: ReadonlyMap<string, string>, file: string): Source {
  const read = readYaml(file, texts.get(file) ?? '');
  if ('problems' in read) throw new Error(`${file} cannot be read`);
  return read.source;
}

/** One concern: the codes of what it may find, and how it looks. */
export interface Rule<Code extends string = string> {
  codes: Record<Code, Severity>;
  find: (about: LintView) => LintFound<Code>[];
}
