import * as z from 'zod';
import type { Millis } from '../../domain/entitlement.js';
import type { Bundle, RequestFacts, Who } from '../../ports/policy.js';
import { ATTRIBUTES, gathered } from '../inputs/index.js';
import * as s from '../read/shapes.js';
import { nearest, unknown } from '../read/suggest.js';
import type { Case } from './case.js';
import { countOf, eachRequest, eachWho, MOST_VARIANTS } from './matrix.js';
import { isListOfLists, several } from './several.js';

/** For cases that do not care when: a Monday, at noon in London. */
export const SOME_TIME = Date.UTC(2026, 0, 5, 12);

const groupNames = s.list(s.name, 'a list of groups');
const who = s.object({ email: s.email, groups: groupNames.default([]) }, 'email: and groups:');
const policies = s.list(s.text("a policy's @id"), "a list of policies' @ids").optional();
const decision = s.object(
  { outcome: s.oneOf('auto', 'needs-approval', 'denied'), chain: s.chain.optional(), policies },
  'outcome: and what goes with it',
);
const verdict = s.object(
  { outcome: s.oneOf('allowed', 'denied'), policies },
  'outcome: and what goes with it',
);

/** The attributes that a case may give. What the directory and the time say, a case takes from them. */
const VALUES = new Map(
  [...ATTRIBUTES].filter(([, { input }]) => gathered.some(({ name }) => name === input)),
);

const inputs = z
  .record(
    z.string(),
    z.union([z.boolean(), z.int()], { error: 'is not right; write a number, true or false' }),
    { error: 'is not right; write attributes with their values, such as { liveGrants: 1 }' },
  )
  .superRefine((values, context) => {
    for (const [name, value] of Object.entries(values)) {
      const message = wrongValue(name, value);
      if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
    }
  });

function wrongValue(name: string, value: boolean | number): string | undefined {
  const type = VALUES.get(name)?.type;
  if (!type) return unknown('input', name, VALUES.keys());
  if (type === 'Bool' && typeof value !== 'boolean') return `${value} is not right; write true or false`;
  if (type === 'Long' && typeof value !== 'number') return `${value} is not right; write a whole number`;
  return undefined;
}

const INPUTS = gathered.map(({ name }) => name);
const failedInputs = s
  .list(s.text("an input's name"), 'a list of inputs, such as [onCall]')
  .superRefine(s.check(s.among('input', INPUTS)));

function notTooMany(written: Parameters<typeof countOf>[0], context: z.RefinementCtx): void {
  const count = countOf(written);
  const message = `makes ${count} cases of one; write ${MOST_VARIANTS} at most`;
  if (count > MOST_VARIANTS) context.addIssue({ code: 'custom', message });
}

/** What a case looks like, by what it asks. What it names must be in the bundle. */
export function caseShapes(bundle: Bundle) {
  const [ids, groups] = [[...bundle.entitlements.keys()], Object.keys(bundle.directory.groups)];
  const stages = bundle.directory.stages.map(({ name }) => name);

  const person = personShape(groups);
  const entitlement = s.text("an entitlement's id").superRefine(s.check(s.among('entitlement', ids)));
  const stage = s.text('a stage').superRefine(s.check(s.among('stage', stages)));
  const ticket = s.text('a ticket').optional();
  const asked = s.object(
    {
      entitlement: several(entitlement, 'a list of entitlements'),
      duration: several(s.duration, 'a list of durations'),
      ticket,
      emergency: s.yes('emergency: true').optional(),
    },
    'entitlement: and duration:',
  );
  const requested = {
    entitlement,
    requester: somebodyIn(bundle),
    duration: s.duration.optional(),
    approvedBy: s.list(s.email, 'a list of e-mail addresses').default([]),
  };
  const requestOf = requestsOf(bundle);
  const act = s.object(requested, 'entitlement: and requester:').transform(requestOf);
  const votes = { ...requested, stage, delegatedBy: somebodyIn(bundle).optional() };
  const vote = s
    .object(votes, 'entitlement:, requester: and stage:')
    .transform(({ stage: name, delegatedBy, ...of }) => ({
      stage: name,
      delegatedBy,
      request: requestOf(of),
    }));

  const longer = s
    .object({ ...requested, by: s.duration, ticket }, 'entitlement:, requester: and by:')
    .transform(({ by, ticket: given, ...of }) => ({ by, ticket: given, request: requestOf(of) }));

  const head = { name: s.text('what the case shows'), at: s.instant.default(SOME_TIME) };
  const shape = <T extends z.ZodRawShape>(parts: T) => s.object({ ...head, ...parts }, 'a case');
  const inputParts = { inputs: inputs.optional(), failedInputs: failedInputs.optional() };
  return {
    request: shape({ requester: person, request: asked, expect: decision, ...inputParts })
      .superRefine(notTooMany)
      .transform(({ name, requester, request, ...rest }): Case[] =>
        eachRequest(name, { requester, request }).map((one) => ({
          action: 'request',
          ...request,
          ...one,
          ...rest,
        })),
      ),
    approve: shape({ approver: person, approve: vote, expect: verdict }).transform(
      ({ name, approver, approve, ...rest }): Case[] =>
        eachWho(name, approver).map((one) => ({ action: 'approve', ...one, ...approve, ...rest })),
    ),
    extend: shape({ actor: person, extend: longer, expect: decision }).transform(
      ({ name, actor, extend, ...rest }): Case[] =>
        eachWho(name, actor).map((one) => ({ action: 'extend', ...one, ...extend, ...rest })),
    ),
    revoke: shape({ actor: person, revoke: act, expect: verdict }).transform(
      ({ name, actor, revoke, ...rest }): Case[] =>
        eachWho(name, actor).map((one) => ({ action: 'revoke', ...one, request: revoke, ...rest })),
    ),
    audit: shape({ actor: person, audit: act, expect: verdict }).transform(
      ({ name, actor, audit, ...rest }): Case[] =>
        eachWho(name, actor).map((one) => ({ action: 'audit', ...one, request: audit, ...rest })),
    ),
    review: shape({ actor: person, review: act, expect: verdict }).transform(reviewsOf),
  };
}

/** What is reviewed is an emergency. */
function reviewsOf({
  name,
  actor,
  review,
  ...rest
}: { name: string; actor: Parameters<typeof eachWho>[1]; review: RequestFacts } & Pick<
  Case,
  'at' | 'expect'
>): Case[] {
  const request = { ...review, emergency: true as const };
  return eachWho(name, actor).map((one) => ({ action: 'review', ...one, request, ...rest }));
}

/** Whoever asks, votes or acts. */
function personShape(groups: string[]) {
  // An unknown group may mean "a person outside"; a name close to a known one is a slip that would test something else.
  const among = s.among('group', groups);
  const slip = (name: string) => nearest(name, groups) && among(name);
  const names = groupNames.superRefine(s.check(slip));
  return who.extend({
    groups: several(names, 'a list of lists of groups', isListOfLists).default({ each: [[]], many: false }),
  });
}

type Asked = Omit<RequestFacts, 'id' | 'duration'> & { duration?: Millis | undefined };

/** Makes a request of what a case says of it: for the shortest time where it names none. */
const requestsOf =
  ({ entitlements }: Bundle) =>
  ({ duration, ...about }: Asked): RequestFacts => ({
    id: 'case',
    duration: duration ?? entitlements.get(about.entitlement)?.durations[0] ?? 60_000,
    ...about,
  });

function somebodyIn(bundle: Bundle) {
  return z.union([s.email.transform((email) => listed(email, bundle)), who], {
    error: 'write an e-mail address, or email: and groups:',
  });
}

/** A person of whom a case says only the e-mail is in the groups whose members the directory lists. */
function listed(email: string, { directory }: Bundle): Who {
  const groups = Object.entries(directory.groups)
    .filter(([, group]) => 'members' in group && group.members.includes(email))
    .map(([name]) => name);
  return { email, groups };
}
