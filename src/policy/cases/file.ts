import * as z from 'zod';
import type { Bundle, Problem, Who } from '../../ports/policy.js';
import type { Case } from './case.js';
import * as s from '../read/shapes.js';
import { fit, type Path, type Source } from '../read/source.js';
import { ATTRIBUTES, gathered } from '../inputs/known.js';
import { nearest, suggest } from '../read/suggest.js';

/** For cases that do not care when: a Monday, at noon in London. */
const SOME_TIME = Date.UTC(2026, 0, 5, 12);
const ACTIONS = ['request', 'approve', 'revoke', 'audit'] as const;

const who = s.object(
  { email: s.email, groups: s.list(s.name, 'a list of groups').default([]) },
  'email: and groups:',
);
const entitlement = s.text("an entitlement's id");
const asked = s.object(
  { entitlement, duration: s.duration, ticket: s.text('a ticket').optional() },
  'entitlement: and duration:',
);
const requested = {
  entitlement,
  requester: z.union([s.email, who], { error: 'write an e-mail address, or email: and groups:' }),
  duration: s.duration.optional(),
  approvedBy: s.list(s.email, 'a list of e-mail addresses').default([]),
};
const acted = {
  approve: s.object({ ...requested, stage: s.text('a stage') }, 'entitlement:, requester: and stage:'),
  revoke: s.object(requested, 'entitlement: and requester:'),
  audit: s.object(requested, 'entitlement: and requester:'),
};
const policies = s.list(s.text("a policy's @id"), "a list of policies' @ids").optional();
const decision = s.object(
  { outcome: s.oneOf('auto', 'needs-approval', 'denied'), chain: s.chain.optional(), policies },
  'outcome: and what goes with it',
);
const verdict = s.object(
  { outcome: s.oneOf('allowed', 'denied'), policies },
  'outcome: and what goes with it',
);

/** What a case says of inputs; of a request only. */
const inputParts = z.looseObject({
  inputs: z
    .record(
      z.string(),
      z.union([z.boolean(), z.int()], { error: 'is not right; write a number, true or false' }),
      {
        error: 'is not right; write attributes with their values, such as { liveGrants: 1 }',
      },
    )
    .optional(),
  failedInputs: s.list(s.text("an input's name"), 'a list of inputs, such as [onCall]').optional(),
});
/** What the directory and the time say stands in no case. */
const VALUES = new Map(
  [...ATTRIBUTES].filter(([, { input }]) => gathered.some(({ name }) => name === input)),
);

function wrongValue(name: string, value: boolean | number): string | undefined {
  const type = VALUES.get(name)?.type;
  if (type === 'Bool' && typeof value !== 'boolean') return `${value} is not right; write true or false`;
  if (type === 'Long' && typeof value !== 'number') return `${value} is not right; write a whole number`;
  return undefined;
}

/** Reads the case at position `i` of a list; what it names must be in the bundle. */
export function readCase(
  source: Source,
  i: number,
  bundle: Bundle,
): { case: Case } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const keys = source.keys([i]);
  const action = ACTIONS.find((name) => keys.includes(name));
  if (!action) {
    return {
      problems: [source.problem([i], 'asks nothing; write one of request:, approve:, revoke: and audit:')],
    };
  }
  const read = <T>(path: Path, shape: z.ZodType<T>) => fit(source, [i, ...path], shape, problems, 1);
  const named = (at: Path, what: string, written: string, known: Iterable<string>) => {
    const names = [...known];
    if (names.includes(written)) return;
    const message = `${at.join('.')}: unknown ${what} "${written}"; ${suggest(written, names, `${what}s`)}`;
    problems.push(source.problem([i, ...at], message));
  };
  const groupsOf = (at: Path, person: Who | undefined) => {
    const known = Object.keys(bundle.directory.groups);
    for (const group of person?.groups ?? []) {
      // A group of nobody's is a way to say "somebody else"; a near miss is a slip that would test something else.
      if (nearest(group, known) !== undefined) named([...at, 'groups'], 'group', group, known);
    }
  };

  const personKey = action === 'request' ? 'requester' : action === 'approve' ? 'approver' : 'actor';
  const part = z.unknown().optional();
  const more = action === 'request' ? { inputs: part, failedInputs: part } : {};
  const parts = { [personKey]: part, [action]: part, expect: part, ...more };
  const head = read(
    [],
    s.object({ name: s.text('what the case shows'), at: s.instant.optional(), ...parts }, 'a case'),
  );
  const person = read([personKey], who);
  groupsOf([personKey], person);
  const at = head?.at ?? SOME_TIME;
  const name = head?.name ?? '';

  if (action === 'request') {
    const request = read(['request'], asked);
    const expect = read(['expect'], decision);
    const { inputs, failedInputs } = read([], inputParts) ?? {};
    for (const [name, value] of Object.entries(inputs ?? {})) {
      named(['inputs', name], 'input', name, VALUES.keys());
      const wrong = wrongValue(name, value);
      if (wrong !== undefined) problems.push(source.problem([i, 'inputs', name], `inputs.${name}: ${wrong}`));
    }
    for (const name of failedInputs ?? []) {
      named(
        ['failedInputs'],
        'input',
        name,
        gathered.map((input) => input.name),
      );
    }
    if (request)
      named(['request', 'entitlement'], 'entitlement', request.entitlement, bundle.entitlements.keys());
    if (!person || !request || !expect || problems.length > 0) return { problems };
    const { ticket, ...rest } = request;
    return {
      case: {
        action,
        name,
        at,
        who: person,
        ...rest,
        ...(ticket !== undefined && { ticket }),
        ...(inputs && { inputs }),
        ...(failedInputs && { failedInputs }),
        expect: {
          outcome: expect.outcome,
          ...(expect.chain && { chain: expect.chain }),
          ...(expect.policies && { policies: expect.policies }),
        },
      },
    };
  }

  const about: (z.infer<typeof acted.revoke> & { stage?: string }) | undefined = read(
    [action],
    acted[action],
  );
  const expect = read(['expect'], verdict);
  if (about) named([action, 'entitlement'], 'entitlement', about.entitlement, bundle.entitlements.keys());
  if (about?.stage !== undefined) {
    named(
      [action, 'stage'],
      'stage',
      about.stage,
      bundle.directory.stages.map((stage) => stage.name),
    );
  }
  if (!person || !about || !expect || problems.length > 0) return { problems };
  const request = {
    id: 'case',
    requester: typeof about.requester === 'string' ? listed(about.requester, bundle) : about.requester,
    entitlement: about.entitlement,
    duration: about.duration ?? bundle.entitlements.get(about.entitlement)?.durations[0] ?? 60_000,
    approvedBy: about.approvedBy,
  };
  const common = {
    name,
    at,
    who: person,
    request,
    expect: { outcome: expect.outcome, ...(expect.policies && { policies: expect.policies }) },
  };
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
