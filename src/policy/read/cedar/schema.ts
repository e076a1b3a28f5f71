import type { Entitlement } from '../../../domain/entitlement.js';
import type { Problem } from '../../../ports/policy.js';
import { approveCall, mayCall, requestCall } from '../../cedar/authorization-calls.js';
import { cedar, decide, guarded, sentence } from '../../cedar/cedar.js';
import type { Call, PolicyFacts } from '../../cedar/entities.js';
import { ATTRIBUTES } from '../../inputs/index.js';
import { uidOf } from '../../cedar/slices.js';
import { SCHEMA } from '../tree/layout.js';
import { codeAt, fromBytes, measure, placeAt } from './scan.js';

export interface CheckedSchema {
  problems: Problem[];
  /** The attributes of inputs that it has; where there are problems, none. */
  declared: ReadonlySet<string>;
  /** Whether it knows of people who stand in for others. */
  delegates: boolean;
  /** Whether it knows of emergencies: of a request that is one, and of those who review it. */
  emergencies: boolean;
  /** Whether it knows the whole time of an extension, and of votes on extensions. */
  extends: boolean;
}

let last: ({ text: string } & CheckedSchema) | undefined;

/**
 * Checks that the schema parses, and that Cedar takes under it whatever this program may send. What is loaded again has
 * nearly always the schema of last time, and to check it takes longer than all the rest.
 */
export function checkSchema(text: string): CheckedSchema {
  if (last?.text !== text) {
    const problems = check(text);
    last = {
      text,
      ...(problems.length > 0 ? { problems, ...UNDECLARED } : declaredIn(text)),
    };
  }
  return last;
}

const UNDECLARED = {
  declared: new Set<string>(),
  delegates: false,
  emergencies: false,
  extends: false,
};

function check(text: string): Problem[] {
  const tooMuch = measure(text, '([{<', ')]}>');
  if (tooMuch !== undefined) return [{ file: SCHEMA, message: `${tooMuch}; write it flatter` }];
  if (unfolded(text) > PARTS) {
    return [{ file: SCHEMA, message: `its types unfold into more than ${PARTS} parts; write it flatter` }];
  }
  const parsed = guarded(() => cedar.checkParseSchema(text));
  if (parsed.type !== 'success') {
    return parsed.errors.map((error) => {
      const start = error.sourceLocations?.[0]?.start;
      const place = start === undefined ? {} : placeAt(text, fromBytes(text, start));
      return { file: SCHEMA, ...place, message: sentence(error) };
    });
  }
  // Parsed once for all of them, and for the bundle that is made of it.
  const nothing = { schema: text, policies: {} };
  const refusals = samples().flatMap((call) => {
    const answer = decide(nothing, call);
    return answer.type === 'success'
      ? []
      : answer.errors.map(
          (error) => `does not fit what is sent for "${uidOf(call.action).id}": ${sentence(error)}`,
        );
  });
  const remedy = 'start from the default schema, and add only optional attributes or inputs that exist';
  return [...new Set(refusals)].map((refusal) => ({ file: SCHEMA, message: `${refusal}; ${remedy}` }));
}

const PARTS = 50_000;

/**
 * How long the schema is once every name of a type is written out, as Cedar does it: forty types that each name the
 * next one twice would never end.
 */
function unfolded(text: string): number {
  const words = (part: string) => part.match(/\w+/g) ?? [];
  const bare = text.replace(/\/\/[^\n\r]*/g, '');
  const bodies = new Map<string, string[]>();
  for (const [, name = '', body = ''] of bare.matchAll(/\btype\s+(\w+)\s*=([^;]*)/g))
    bodies.set(name, [...(bodies.get(name) ?? []), ...words(body)]);
  const sizes = new Map<string, number>();
  const sum = (names: string[]): number => names.reduce((all, name) => all + sizeOf(name), 0);
  function sizeOf(name: string): number {
    const known = sizes.get(name);
    if (known !== undefined) return known;
    sizes.set(name, 1); // should it hold itself: Cedar says so
    const size = 1 + sum(bodies.get(name) ?? []);
    sizes.set(name, size);
    return size;
  }
  return sum(words(bare));
}

/**
 * Cedar itself is asked, however the schema is written: a policy that looks at an attribute that is not there is
 * impossible, and one that takes it for what it is not is invalid.
 */
function declaredIn(schema: string): CheckedSchema {
  const attributes = [...ATTRIBUTES];
  const staticPolicies = Object.fromEntries(
    attributes.map(([name, { type }], n) => {
      const read = type === 'Bool' ? `context.${name}` : `context.${name} < 1`;
      const when = `context has ${name} && ${read}`;
      return [`p${n}`, `permit (principal, action == Jit::Action::"request", resource) when { ${when} };`];
    }),
  );
  staticPolicies[STAND_IN] = `permit (principal, action == Jit::Action::"approve", resource)
    when { context has delegatedBy && context.delegatedBy == principal };`;
  staticPolicies[REVIEW] = `permit (principal, action == Jit::Action::"revoke", resource)
    when { resource has emergency && resource.emergency };`;
  staticPolicies[TOTAL] = `permit (principal, action == Jit::Action::"extend", resource)
    when { context has total && context.total < duration("1h") };`;
  staticPolicies[OF_EXTENSION] = `permit (principal, action == Jit::Action::"approve", resource)
    when { context has extension && context.extension };`;
  const answer = guarded(() => cedar.validate({ schema, policies: { staticPolicies } }));
  const problem = (message: string, offset?: number): Problem => ({
    file: SCHEMA,
    ...(offset !== undefined && placeAt(schema, offset)),
    message,
  });
  if (answer.type !== 'success')
    return {
      ...UNDECLARED,
      problems: answer.errors.map((error) => problem(sentence(error))),
    };
  const wrong = new Set(answer.validationErrors.map(({ policyId }) => policyId));
  const absent = new Set(answer.validationWarnings.map(({ policyId }) => policyId));
  const problems = attributes.flatMap(([name, { type }], n) =>
    wrong.has(`p${n}`)
      ? [
          problem(
            `the context of "request" has ${name} as another type; write ${name}?: ${type}`,
            codeAt(schema, `${name}?:`) ?? codeAt(schema, `${name}:`),
          ),
        ]
      : [],
  );
  const declared = attributes.filter((_, n) => !wrong.has(`p${n}`) && !absent.has(`p${n}`));
  // As anything but a person it would not be known either.
  const knows = (policy: string) => !wrong.has(policy) && !absent.has(policy);
  const names = new Set(declared.map(([name]) => name));
  const isWhole = knows(TOTAL) && knows(OF_EXTENSION);
  const emergencies = knows(REVIEW) && knowsReviews(schema);
  return {
    declared: names,
    delegates: knows(STAND_IN),
    emergencies,
    extends: isWhole,
    problems,
  };
}

const STAND_IN = 'delegatedBy';
const REVIEW = 'emergency';
const TOTAL = 'total';
const OF_EXTENSION = 'extension';

/** Whether Cedar takes the question that is put of a review. */
function knowsReviews(schema: string): boolean {
  const { facts, who, request } = sample();
  const call = mayCall('review', { who, request: { ...request, emergency: true }, at: 0 }, facts);
  return decide({ schema, policies: {} }, call).type === 'success';
}

/** What a question may be about. */
function sample() {
  const email = 'sample@corp.example';
  const entitlement: Entitlement = {
    id: 'sample',
    name: 'Sample',
    description: '',
    environment: 'sample',
    account: '111122223333',
    risk: 'low',
    owners: ['sample'],
    tags: { sample: 'sample' },
    durations: [60_000],
    grant: { kind: 'sample', config: {} },
  };
  const facts: PolicyFacts = {
    entitlements: new Map([['sample', entitlement]]),
    directory: {
      channel: '',
      timezone: 'UTC',
      justification: { minLength: 0 },
      approvalTimeout: 60_000,
      startWithin: 60_000,
      warnBefore: 60_000,
      groups: { sample: { members: [email] } },
      stages: [],
      people: {},
      accounts: {},
    },
  };
  const who = { email, groups: ['sample'] };
  const asked = { entitlement: 'sample', duration: 60_000 };
  const ask = { who, ...asked, at: 0 };
  const request = { id: 'sample', requester: who, ...asked, approvedBy: [email] };
  return { facts, who, ask, request };
}

/** One question of every form, with and without what is optional. */
function samples(): Call[] {
  const { facts, who, ask, request } = sample();
  return [
    requestCall(ask, facts),
    requestCall({ ...ask, ticket: 'SAMPLE-1' }, facts),
    approveCall({ who, request, stage: 'sample', member: true, at: 0 }, facts),
    ...(['revoke', 'audit'] as const).flatMap((action) => [
      mayCall(action, { who, request, at: 0 }, facts),
      mayCall(action, { who, request: { ...request, endsAt: 0 }, at: 0 }, facts),
    ]),
  ];
}
