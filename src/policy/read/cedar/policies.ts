import type { DetailedError, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { parseChain } from '../../../domain/chain.js';
import type { StageDef } from '../../../domain/directory.js';
import type { Problem } from '../../../ports/policy.js';
import { cedar, guarded, sentence } from '../../cedar/cedar.js';
import { SCHEMA } from '../folder.js';
import { literalProblems, type Names } from './literals.js';
import type { Policy } from '../../policy.js';
import { appliesToRequests } from './permits.js';
import { groupsIn, readsIn, type Reads } from './reads.js';
import { fromBytes, measure, measureTree, placeAt, splitPolicies, type Piece } from './scan.js';
import { scopeOf } from '../../cedar/slices.js';
import { MOST_PROBLEMS } from '../source.js';
import { suggest, unknown } from '../suggest.js';

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

/** A piece of a file, and where what is said of it goes. */
interface Place {
  file: string;
  whole: string;
  piece: Piece;
  problems: Problem[];
  warnings: Problem[];
}

/** A policy on its way, and what messages call it. */
interface Draft {
  policy: Policy;
  place: Place;
  title: string;
}

/** Checks every `*.cedar` file. Of use only where there are no problems. */
export function readPolicies(
  texts: ReadonlyMap<string, string>,
  about: FolderNames,
): { policies: Policy[]; problems: Problem[]; warnings: Problem[] } {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const drafts: Draft[] = [];
  const ids = new Map<string, string>();
  const permitsRequests = appliesToRequests(about.schema);
  for (const [file, whole] of texts) {
    for (const piece of splitPolicies(whole)) {
      if (problems.length >= MOST_PROBLEMS) break;
      const place = { file, whole, piece, problems, warnings };
      const draft = readPolicy(place, about, permitsRequests);
      if (!draft) continue;
      const { id } = draft.policy;
      const other = ids.get(id);
      if (other !== undefined)
        say(place, `the @id "${id}" is that of ${other} already; give every policy its own`);
      ids.set(id, `${file}:${piece.line}`);
      drafts.push(draft);
    }
  }
  if (about.schema !== undefined) validate(drafts, about.schema, problems, warnings);
  return { policies: drafts.map(({ policy }) => policy), problems, warnings };
}

function readPolicy(
  place: Place,
  about: FolderNames,
  permitsRequests: ReturnType<typeof appliesToRequests>,
): Draft | undefined {
  const { file, piece } = place;
  const json = parse(place);
  if (!json) return undefined;
  const annotations = new Map(Object.entries(json.annotations ?? {}));
  const id = annotations.get('id');
  if (!id) say(place, 'has no @id; write @id("a-name-of-its-own") before it');
  const title = id ? `policy "${id}"` : 'this policy';
  for (const name of annotations.keys()) {
    if (!ANNOTATIONS.includes(name)) {
      say(place, `${title}: unknown annotation @${name}; ${suggest(name, ANNOTATIONS, 'annotations')}`);
    }
  }
  const needsChain = json.effect === 'permit' && permitsRequests(json, piece.text);
  const chain = chainOf(place, title, annotations.get('chain'), needsChain, about);
  const reads = checkReads(place, title, json, about);
  const advice = annotations.get('advice');
  const { effect, principal, action, resource, conditions } = json;
  const bodies = conditions.map(({ body }) => body);
  return {
    policy: {
      id: id || `${file}:${piece.line}`,
      text: piece.text,
      effect,
      ...(needsChain && chain && { chain }),
      ...(advice && { advice }),
      scope: scopeOf(json),
      reads,
      groups: groupsIn([principal, action, resource], bodies),
    },
    place,
    title,
  };
}

function say(place: Place, message: string): void {
  place.problems.push({ ...at(place), message });
}

/** @param offset in the piece, in UTF-16 units; absent: where it begins */
function at({ file, whole, piece }: Place, offset?: number): Omit<Problem, 'message'> {
  const { line, column } = offset === undefined ? piece : placeAt(whole, piece.start + offset);
  return { file, line, column };
}

/** What Cedar says is wrong, at the byte of which it says so. */
function problemOf(place: Place, error: DetailedError, title: string): Problem {
  const start = error.sourceLocations?.[0]?.start;
  const offset = start === undefined ? undefined : fromBytes(place.piece.text, start);
  return { ...at(place, offset), message: `${title}: ${sentence(error)}` };
}

function parse(place: Place): PolicyJson | undefined {
  const { text } = place.piece;
  let tooMuch = measure(text);
  if (tooMuch === undefined) {
    const parsed = guarded(() => cedar.policyToJson(text));
    if (parsed.type !== 'success') {
      place.problems.push(...parsed.errors.map((error) => problemOf(place, error, 'not a Cedar policy')));
      return undefined;
    }
    tooMuch = measureTree(parsed.json);
    if (tooMuch === undefined) return parsed.json;
  }
  say(place, `this policy ${tooMuch}; split it up, or use sets`);
  return undefined;
}

function chainOf(
  place: Place,
  title: string,
  text: string | undefined,
  needsChain: boolean,
  { schema, stages }: FolderNames,
): Policy['chain'] {
  if (text === undefined) {
    if (needsChain)
      say(place, `${title} permits requests and has no @chain; write @chain("auto"), or who must agree`);
    return undefined;
  }
  if (!needsChain && schema !== undefined) {
    const message = `${title}: @chain has no effect here: only a permit for "request" has one`;
    place.warnings.push({ ...at(place), message });
  }
  const wrong = (message: string) => say(place, `${title}: @chain: ${message}`);
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
function checkReads(place: Place, title: string, json: PolicyJson, about: FolderNames): Reads {
  for (const { message, offset, unused } of literalProblems(json, place.piece.text, about.names)) {
    const problem = { ...at(place, offset), message: `${title}: ${message}` };
    // A permit of nothing gives nothing; a forbid of nothing lets everything pass.
    (unused && json.effect === 'permit' ? place.warnings : place.problems).push(problem);
  }
  const reads = readsIn(json.conditions);
  for (const [attribute, remedy] of about.missing ?? []) {
    if (reads === 'all' || !reads.has(attribute)) continue;
    say(place, `${title} reads ${attribute}, and directory.yml has none; ${remedy}`);
  }
  return reads;
}

function validate(drafts: Draft[], schema: string, problems: Problem[], warnings: Problem[]): void {
  // By number: an @id that stands twice must not hide a policy from its check.
  const staticPolicies = Object.fromEntries(drafts.map(({ policy }, n) => [`p${n}`, policy.text]));
  const answer = guarded(() => cedar.validate({ schema, policies: { staticPolicies } }));
  if (answer.type !== 'success') {
    problems.push(...answer.errors.map((error) => ({ file: '*.cedar', message: sentence(error) })));
    return;
  }
  const problem = ({ policyId, error }: (typeof answer.validationErrors)[number]): Problem => {
    const { place, title } = drafts[Number(policyId.slice(1))]!;
    return problemOf(place, error, title);
  };
  problems.push(...answer.validationErrors.map(problem));
  warnings.push(...answer.validationWarnings.map(problem));
  warnings.push(...answer.otherWarnings.map((error) => ({ file: SCHEMA, message: sentence(error) })));
}
