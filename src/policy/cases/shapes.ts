import * as z from 'zod';
import { ATTRIBUTES, gathered } from '../inputs/known-attributes.js';
import * as s from '../read/shapes.js';

export const ACTIONS = ['request', 'approve', 'revoke', 'audit'] as const;

export const who = s.object(
  { email: s.email, groups: s.list(s.name, 'a list of groups').default([]) },
  'email: and groups:',
);
const entitlement = s.text("an entitlement's id");
export const asked = s.object(
  { entitlement, duration: s.duration, ticket: s.text('a ticket').optional() },
  'entitlement: and duration:',
);
const requested = {
  entitlement,
  requester: z.union([s.email, who], { error: 'write an e-mail address, or email: and groups:' }),
  duration: s.duration.optional(),
  approvedBy: s.list(s.email, 'a list of e-mail addresses').default([]),
};
export const acted = {
  approve: s.object({ ...requested, stage: s.text('a stage') }, 'entitlement:, requester: and stage:'),
  revoke: s.object(requested, 'entitlement: and requester:'),
  audit: s.object(requested, 'entitlement: and requester:'),
};
const policies = s.list(s.text("a policy's @id"), "a list of policies' @ids").optional();
export const decision = s.object(
  { outcome: s.oneOf('auto', 'needs-approval', 'denied'), chain: s.chain.optional(), policies },
  'outcome: and what goes with it',
);
export const verdict = s.object(
  { outcome: s.oneOf('allowed', 'denied'), policies },
  'outcome: and what goes with it',
);

/** What a case says of inputs; of a request only. */
export const inputParts = z.looseObject({
  inputs: z
    .record(
      z.string(),
      z.union([z.boolean(), z.int()], { error: 'is not right; write a number, true or false' }),
      { error: 'is not right; write attributes with their values, such as { liveGrants: 1 }' },
    )
    .optional(),
  failedInputs: s.list(s.text("an input's name"), 'a list of inputs, such as [onCall]').optional(),
});
/** The attributes that a case may give. What the directory and the time say, a case takes from them. */
export const VALUES = new Map(
  [...ATTRIBUTES].filter(([, { input }]) => gathered.some(({ name }) => name === input)),
);
