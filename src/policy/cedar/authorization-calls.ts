import type { Context, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import type { Entitlement, Instant } from '../../domain/entitlement.js';
import type { AskedAbout, Pdp, RequestFacts, Who } from '../../ports/policy.js';
import {
  cedarDuration,
  cedarTime,
  entitlement,
  ref,
  request,
  uid,
  user,
  type Call,
  type Entity,
  type PolicyFacts,
} from './entities.js';
import { requestContext, type RequestAsk } from '../inputs/index.js';
import { uidOf } from './slices.js';

/** The questions as Cedar hears them. All throw, with a sentence, when a part of the question cannot be read. */

export function requestCall(ask: RequestAsk, facts: PolicyFacts): Call {
  const who = user(ask.who, facts);
  const what = entitlement(ask.entitlement, ask.about ? asAsked(ask.entitlement, ask.about, facts) : facts);
  return call('request', who, what, requestContext(ask, facts), [who, what]);
}

/** The facts in which this entitlement is what it was asked for as; only its tags are those of today. */
function asAsked(id: string, { kind, ...about }: AskedAbout, facts: PolicyFacts): PolicyFacts {
  return only({ ...blank(id), ...facts.entitlements.get(id), ...about, grant: { kind, config: {} } }, facts);
}

const blank = (id: string) => ({ id, name: id, description: '', tags: {}, durations: [] });

const only = (then: Entitlement, facts: PolicyFacts): PolicyFacts => ({
  ...facts,
  entitlements: new Map([[then.id, then]]),
});

/**
 * The group in the context has exactly the people entitled to the stage now, of whom the voter is one or is not. Who
 * stands in for one of them counts as in it, and the context says for whom.
 */
export function approveCall(ask: Parameters<Pdp['approve']>[0], facts: PolicyFacts): Call {
  // Names in the files are trimmed: none begins with a space.
  const group = ` entitled to ${ask.stage}`;
  const { delegatedBy } = ask;
  const context = {
    stage: ask.stage,
    group: ref('Group', group),
    now: cedarTime(ask.at),
    // An older schema does not know of extensions, and no policy under it can ask.
    ...(facts.extends !== false && ask.extension && { extension: true }),
  };
  const membership = ask.member ? [uid('Group', group)] : [];
  if (!delegatedBy) return onRequest('approve', ask, facts, context, membership);
  if (facts.delegates === false)
    throw new Error(
      'schema.cedarschema has no delegatedBy for "approve"; copy the one of the default policy folder',
    );
  const away = user(delegatedBy, facts, membership);
  const { entities, ...call } = onRequest(
    'approve',
    ask,
    facts,
    { ...context, delegatedBy: ref('User', away.uid.id) },
    membership,
  );
  // Of two entities with one id Cedar would take either.
  const isThere = entities.some((one) => keyOf(one.uid) === keyOf(away.uid));
  return { ...call, entities: isThere ? entities : [...entities, away] };
}

const keyOf = (id: Entity['uid'] | Call['entities'][number]['uid']) => {
  const { type, id: name } = uidOf(id);
  return `${type} ${name}`;
};

/** Throws where the schema in force does not know how long it would be in all, and is asked it. */
export function extendCall(ask: Parameters<Pdp['extend']>[0], facts: PolicyFacts): Call {
  const context = {
    by: cedarDuration(ask.by),
    now: cedarTime(ask.at),
    ...(facts.extends !== false && { total: cedarDuration(ask.total) }),
  };
  return onRequest('extend', ask, facts, context, []);
}

export function mayCall(
  action: 'revoke' | 'audit' | 'review',
  ask: { who: Who; request: RequestFacts; at: Instant },
  facts: PolicyFacts,
): Call {
  const { entitlement: id, pinned } = ask.request;
  // What has left the catalog must still be taken back: judged as what it was when it was asked for.
  const then = facts.entitlements.has(id) || !pinned ? facts : only({ ...blank(id), ...pinned }, facts);
  return onRequest(action, ask, then, { now: cedarTime(ask.at) }, []);
}

function onRequest(
  action: string,
  ask: { who: Who; request: RequestFacts },
  facts: PolicyFacts,
  context: Context,
  membership: TypeAndId[],
): Call {
  const who = user(ask.who, facts, membership);
  const what = request(ask.request, facts.emergencies);
  const requester = user(ask.request.requester, facts);
  // Of two entities with one id Cedar would take either.
  const people = requester.uid.id === who.uid.id ? [who] : [who, requester];
  return call(action, who, what, context, [...people, what, entitlement(ask.request.entitlement, facts)]);
}

function call(action: string, who: Entity, what: Entity, context: Context, entities: Entity[]): Call {
  const type = 'Jit::Action';
  return { principal: who.uid, action: { type, id: action }, resource: what.uid, context, entities };
}
