import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { parseChain } from '../../../domain/chain.js';
import type { StageDef } from '../../../domain/directory.js';
import type { Problem } from '../../../ports/policy.js';
import { scopeOf } from '../../cedar/slices.js';
import type { Policy } from '../../policy.js';
import { MOST_PROBLEMS } from '../source.js';
import { subFolderOf } from '../tree/layout.js';
import { suggest, unknown } from '../suggest.js';
import { actionsOf, namedActions } from './actions.js';
import type { ConfinedPolicy } from './confined.js';
import { policyReader, type PolicyRead } from './forms.js';
import { literalProblems, type Names } from './literals.js';
import { at, atAnnotation, problemOf, readAt, say, sayOf, type PolicyPlace } from './place.js';
import { groupsIn, readsIn, type Reads } from './reads.js';
import { splitPolicies } from './scan.js';
import { validate, type Checkable } from './validate.js';

const ANNOTATIONS = ['id', 'chain', 'advice'];

export interface FolderNames {
  /** Undefined when the schema itself is broken. */
  schema: string | undefined;
  /** Undefined when directory.yml could not be read. */
  stages: readonly StageDef[] | undefined;
  names: Names;
  /** Attributes of the context that nothing in directory.yml fills, each with what to write there. */
  missing?: ReadonlyMap<string, string> | undefined;
}

/** A policy on its way. */
interface Draft extends Checkable {
  policy: Policy;
  /** Absent at the top: what Cedar made of ten thousand policies need not be held until the end. */
  confined?: ConfinedDraft;
}

/** A policy of a sub-folder, of which it must be known how far it reaches. */
export interface ConfinedDraft extends ConfinedPolicy {
  place: PolicyPlace;
  title: string;
}

/** What `*.cedar` files say. Of use only where there are no problems. */
export interface ReadPolicies {
  policies: Policy[];
  /** Of the policies of sub-folders, those in which Cedar found nothing wrong. */
  confined: ConfinedDraft[];
  problems: Problem[];
  warnings: Problem[];
}

/** Checks every `*.cedar` file. */
export function readPolicies(texts: ReadonlyMap<string, string>, about: FolderNames): ReadPolicies {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const drafts: Draft[] = [];
  const ids = new Map<string, PolicyPlace>();
  const readers = { read: policyReader(), actionsIn: actionsOf(about.schema) };
  for (const [file, whole] of texts) {
    for (const piece of splitPolicies(whole)) {
      if (problems.length >= MOST_PROBLEMS) break;
      const place = { file, whole, piece, problems, warnings };
      const draft = readPolicy(place, about, readers);
      if (!draft) continue;
      const { id } = draft.policy;
      const other = ids.get(id);
      if (other) {
        const where = `${other.file}:${atAnnotation(other, 'id').line}`;
        sayOf('id', place, `the @id "${id}" is that of ${where} already; give every policy its own`);
      } else ids.set(id, place);
      drafts.push(draft);
    }
  }
  const valid = about.schema === undefined ? [] : validate(drafts, about.schema, { problems, warnings });
  const confined = valid.flatMap((draft) => draft.confined ?? []);
  return { policies: drafts.map(({ policy }) => policy), confined, problems, warnings };
}

function readPolicy(
  place: PolicyPlace,
  about: FolderNames,
  { read, actionsIn }: { read: ReturnType<typeof policyReader>; actionsIn: ReturnType<typeof actionsOf> },
): Draft | undefined {
  const { file, piece } = place;
  const found = read(piece.text);
  if (!('json' in found)) return sayWhyNot(place, found);
  const { json, form } = found;
  const annotations = new Map(Object.entries(json.annotations ?? {}));
  const id = annotations.get('id');
  if (!id) sayOf('id', place, 'has no @id; write @id("a-name-of-its-own") before it');
  const title = id ? `policy "${id}"` : 'this policy';
  for (const name of annotations.keys()) {
    if (!ANNOTATIONS.includes(name)) {
      const remedy = suggest(name, ANNOTATIONS, 'annotations');
      sayOf(name, place, `${title}: unknown annotation @${name}; ${remedy}`);
    }
  }
  const actions = actionsIn(json, piece.text, form);
  const needsChain = json.effect === 'permit' && actions.has('request');
  const names = namedActions(json);
  const mayHaveChain = json.effect === 'permit' && names.includes('extend');
  const chain = chainOf(place, title, annotations.get('chain'), { needsChain, mayHaveChain }, about);
  const inputs = checkReads(place, title, json, about);
  const advice = annotations.get('advice');
  const { effect, principal, action, resource, conditions } = json;
  const bodies = conditions.map(({ body }) => body);
  const policy: Policy = {
    id: id || `${file}:${piece.line}`,
    text: piece.text,
    effect,
    place: `${file}:${piece.line}`,
    ...((needsChain || mayHaveChain) && chain && { chain }),
    ...(advice && { advice }),
    scope: scopeOf(json),
    names,
    reads: inputs,
    groups: groupsIn([principal, action, resource], bodies),
  };
  const confined = subFolderOf(file) !== '' && { json, actions, policy, place, title };
  return { policy, form, place, title, ...(confined && { confined }) };
}

function sayWhyNot(place: PolicyPlace, why: Exclude<PolicyRead, { json: PolicyJson }>): undefined {
  if ('tooMuch' in why) say(place, `this policy ${why.tooMuch}; split it up, or use sets`);
  else place.problems.push(...why.errors.map((error) => problemOf(place, error, 'not a Cedar policy')));
}

function chainOf(
  place: PolicyPlace,
  title: string,
  text: string | undefined,
  { needsChain, mayHaveChain }: { needsChain: boolean; mayHaveChain: boolean },
  { schema, stages }: FolderNames,
): Policy['chain'] {
  if (text === undefined) {
    if (needsChain)
      say(place, `${title} permits requests and has no @chain; write @chain("auto"), or who must agree`);
    return undefined;
  }
  if (!needsChain && !mayHaveChain && schema !== undefined) {
    const message = `${title}: @chain has no effect here: only a permit for "request" or "extend" has one`;
    place.warnings.push({ ...atAnnotation(place, 'chain'), message });
  }
  const wrong = (message: string) => sayOf('chain', place, `${title}: @chain: ${message}`);
  const chain = parseChain(text);
  if (typeof chain === 'string') {
    wrong(chain);
    return undefined;
  }
  for (const { name, quorum } of stages ? chain : []) {
    const stage = stages?.find((known) => known.name === name);
    const known = stages?.map((other) => other.name) ?? [];
    if (!stage) wrong(unknown('stage', name, known));
    else if (stage.kind === 'manager' && quorum > 1) {
      wrong(`"${quorum} of ${name}" cannot be: a person has one manager; write "${name}"`);
    }
  }
  return chain;
}

/** The attributes that a policy reads; reports those that nothing fills, and names that are not there. */
function checkReads(place: PolicyPlace, title: string, json: PolicyJson, about: FolderNames): Reads {
  for (const { message, offset, unused } of literalProblems(json, place.piece.text, about.names)) {
    const problem = { ...at(place, offset), message: `${title}: ${message}` };
    // A permit of nothing gives nothing; a forbid of nothing lets everything pass.
    (unused && json.effect === 'permit' ? place.warnings : place.problems).push(problem);
  }
  const reads = readsIn(json.conditions);
  for (const [attribute, remedy] of about.missing ?? []) {
    if (reads === 'all' || !reads.has(attribute)) continue;
    const message = `${title} reads ${attribute}, and directory.yml has none; ${remedy}`;
    say(place, message, readAt(place, attribute));
  }
  return reads;
}
