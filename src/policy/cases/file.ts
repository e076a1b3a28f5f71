import * as z from 'zod';
import type { Instant } from '../../domain/entitlement.js';
import type { Bundle, Problem, Who } from '../../ports/policy.js';
import { gathered } from '../inputs/known-attributes.js';
import * as s from '../read/shapes.js';
import { fit, type Path, type Source } from '../read/source.js';
import { nearest, suggest } from '../read/suggest.js';
import type { Case } from './case.js';
import { acted, ACTIONS, asked, decision, inputParts, VALUES, verdict, who } from './shapes.js';

/** For cases that do not care when: a Monday, at noon in London. */
const SOME_TIME = Date.UTC(2026, 0, 5, 12);
type Action = (typeof ACTIONS)[number];
type Read = { case: Case } | { problems: Problem[] };

/** A case of a file, and what has been found wrong with it so far. */
interface Draft {
  source: Source;
  i: number;
  bundle: Bundle;
  problems: Problem[];
}

interface Head {
  name: string;
  at: Instant;
  person: Who | undefined;
}

/** Reads the case at position `i` of a list; what it names must be in the bundle. */
export function readCase(source: Source, i: number, bundle: Bundle): Read {
  const keys = source.keys([i]);
  const action = ACTIONS.find((name) => keys.includes(name));
  if (!action) {
    return {
      problems: [source.problem([i], 'asks nothing; write one of request:, approve:, revoke: and audit:')],
    };
  }
  const draft = { source, i, bundle, problems: [] };
  const head = readHead(draft, action);
  return action === 'request' ? readRequest(draft, head) : readAct(draft, action, head);
}

function read<T>({ source, i, problems }: Draft, path: Path, shape: z.ZodType<T>): T | undefined {
  return fit(source, [i, ...path], shape, problems, 1);
}

/** Reports what is not among what there is. */
function named(
  { source, i, problems }: Draft,
  at: Path,
  what: string,
  written: string,
  known: Iterable<string>,
): void {
  const names = [...known];
  if (names.includes(written)) return;
  const message = `${at.join('.')}: unknown ${what} "${written}"; ${suggest(written, names, `${what}s`)}`;
  problems.push(source.problem([i, ...at], message));
}

function readHead(draft: Draft, action: Action): Head {
  const personKey = action === 'request' ? 'requester' : action === 'approve' ? 'approver' : 'actor';
  const part = z.unknown().optional();
  const more = action === 'request' ? { inputs: part, failedInputs: part } : {};
  const parts = { [personKey]: part, [action]: part, expect: part, ...more };
  const head = read(
    draft,
    [],
    s.object({ name: s.text('what the case shows'), at: s.instant.optional(), ...parts }, 'a case'),
  );
  const person = read(draft, [personKey], who);
  const known = Object.keys(draft.bundle.directory.groups);
  for (const group of person?.groups ?? []) {
    // An unknown group may mean "a person outside"; a name close to a known one is a slip that would test something else.
    if (nearest(group, known) !== undefined) named(draft, [personKey, 'groups'], 'group', group, known);
  }
  return { name: head?.name ?? '', at: head?.at ?? SOME_TIME, person };
}

function readRequest(draft: Draft, { name, at, person }: Head): Read {
  const { bundle, problems } = draft;
  const request = read(draft, ['request'], asked);
  const expect = read(draft, ['expect'], decision);
  const inputs = readInputs(draft);
  if (request) {
    const known = bundle.entitlements.keys();
    named(draft, ['request', 'entitlement'], 'entitlement', request.entitlement, known);
  }
  if (!person || !request || !expect || problems.length > 0) return { problems };
  return { case: { action: 'request', name, at, who: person, ...request, ...inputs, expect } };
}

function readInputs(draft: Draft): Pick<Extract<Case, { action: 'request' }>, 'inputs' | 'failedInputs'> {
  const { source, i, problems } = draft;
  const { inputs, failedInputs } = read(draft, [], inputParts) ?? {};
  for (const [name, value] of Object.entries(inputs ?? {})) {
    named(draft, ['inputs', name], 'input', name, VALUES.keys());
    const wrong = wrongValue(name, value);
    if (wrong !== undefined) problems.push(source.problem([i, 'inputs', name], `inputs.${name}: ${wrong}`));
  }
  const known = gathered.map((input) => input.name);
  for (const name of failedInputs ?? []) named(draft, ['failedInputs'], 'input', name, known);
  return { inputs, failedInputs };
}

function wrongValue(name: string, value: boolean | number): string | undefined {
  const type = VALUES.get(name)?.type;
  if (type === 'Bool' && typeof value !== 'boolean') return `${value} is not right; write true or false`;
  if (type === 'Long' && typeof value !== 'number') return `${value} is not right; write a whole number`;
  return undefined;
}

function readAct(draft: Draft, action: Exclude<Action, 'request'>, { name, at, person }: Head): Read {
  const { bundle, problems } = draft;
  const about: (z.infer<typeof acted.revoke> & { stage?: string }) | undefined = read(
    draft,
    [action],
    acted[action],
  );
  const expect = read(draft, ['expect'], verdict);
  if (about) {
    const known = bundle.entitlements.keys();
    named(draft, [action, 'entitlement'], 'entitlement', about.entitlement, known);
  }
  if (about?.stage !== undefined) {
    const known = bundle.directory.stages.map((stage) => stage.name);
    named(draft, [action, 'stage'], 'stage', about.stage, known);
  }
  if (!person || !about || !expect || problems.length > 0) return { problems };
  const request = {
    id: 'case',
    requester: typeof about.requester === 'string' ? listed(about.requester, bundle) : about.requester,
    entitlement: about.entitlement,
    duration: about.duration ?? bundle.entitlements.get(about.entitlement)?.durations[0] ?? 60_000,
    approvedBy: about.approvedBy,
  };
  const common = { name, at, who: person, request, expect };
  return {
    case: action === 'approve' ? { action, stage: about.stage ?? '', ...common } : { action, ...common },
  };
}

/** A person of whom a case says only the e-mail is in the groups whose members the directory lists. */
function listed(email: string, { directory }: Bundle): Who {
  const groups = Object.entries(directory.groups)
    .filter(([, group]) => 'members' in group && group.members.includes(email))
    .map(([name]) => name);
  return { email, groups };
}
