import { groupsOfStage, type StageDef } from '../../domain/directory.js';
import { defined } from '../../domain/objects.js';
import type { Chain } from '../../domain/chain.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Bundle, RequestFacts, Who } from '../../ports/policy.js';
import { USUAL } from '../inputs/index.js';
import type { InputValues } from '../../domain/request/decision.js';

export interface CaseOutcome {
  outcome: string;
  chain?: Chain | undefined;
  policies?: string[] | undefined;
  errors?: string[];
}

/** A question to the policies, and the answer that is expected. */
export type Case = { name: string; at: Instant; expect: CaseOutcome } & (
  | {
      action: 'request';
      who: Who;
      entitlement: string;
      duration: Millis;
      ticket?: string | undefined;
      emergency?: true | undefined;
      inputs?: InputValues | undefined;
      /** Names of inputs that cannot be known. */
      failedInputs?: string[] | undefined;
    }
  /** `delegatedBy`: for whom the person stands in. */
  | { action: 'approve'; who: Who; delegatedBy?: Who | undefined; request: RequestFacts; stage: string }
  /** `request`: what is made longer, with the time that it has. */
  | { action: 'extend'; who: Who; request: RequestFacts; by: Millis; ticket?: string | undefined }
  | { action: 'revoke' | 'audit' | 'review'; who: Who; request: RequestFacts }
);

const STATED = 'the case says so';

export function ask(test: Case, bundle: Bundle): CaseOutcome & { errors: string[] } {
  const { who, at } = test;
  switch (test.action) {
    case 'request': {
      const { entitlement, duration, ticket, emergency, inputs, failedInputs = [] } = test;
      const given = { ...USUAL, ...inputs };
      const failed = Object.fromEntries(failedInputs.map((name) => [name, STATED]));
      const question = { who, entitlement, duration, at, ...defined({ ticket, emergency }) };
      const answer = { errors: [], ...bundle.pdp.request({ ...question, given, failed }) };
      // What the case itself says is no surprise.
      return { ...answer, errors: answer.errors.filter((error: string) => !error.endsWith(STATED)) };
    }
    case 'approve': {
      const { delegatedBy, request, stage } = test;
      const vote = { who, request, stage, at };
      if (!delegatedBy) return bundle.pdp.approve({ ...vote, member: isMember(who, stage, request, bundle) });
      const member =
        isMember(delegatedBy, stage, request, bundle) && mayStandIn(who, stage, bundle.directory.stages);
      return bundle.pdp.approve({ ...vote, delegatedBy, member });
    }
    case 'extend':
      return extended(test, bundle);
    default:
      return bundle.pdp.may(test.action, { who, request: test.request, at });
  }
}

/** As jit decides it: the whole time as a request, then the extension, by the chain of that request where it has none. */
function extended(
  { who, request, by, ticket, at }: Case & { action: 'extend' },
  { pdp }: Bundle,
): CaseOutcome & { errors: string[] } {
  const { requester, entitlement, duration } = request;
  const total = duration + by;
  const asked = { who: requester, entitlement, duration: total, at, given: USUAL };
  const whole = pdp.request({ ...asked, ...(ticket !== undefined && { ticket }) });
  if (whole.outcome === 'denied') return whole;
  const about = { ...request, chain: whole.chain };
  return { errors: [], ...pdp.extend({ who, request: about, by, total, at }) };
}

/** Whether it is a member of the group of those who may stand in for members of this stage. */
function mayStandIn({ groups }: Who, stage: string, stages: readonly StageDef[]): boolean {
  const delegates = stages.find(({ name }) => name === stage)?.delegates;
  return delegates !== undefined && groups.includes(delegates);
}

/** Whether the folder's files, and the groups that the case states, make this person one of the stage. */
function isMember(who: Who, stage: string, request: RequestFacts, bundle: Bundle): boolean {
  const { directory, entitlements } = bundle;
  const def = directory.stages.find(({ name }) => name === stage);
  switch (def?.kind) {
    case 'manager':
      return directory.people[request.requester.email]?.manager === who.email;
    case 'owners':
    case 'group':
      return groupsOfStage(def, entitlements.get(request.entitlement)?.owners ?? []).some((name) =>
        who.groups.includes(name),
      );
    default:
      return false;
  }
}
