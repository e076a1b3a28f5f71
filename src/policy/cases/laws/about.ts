import type { Entitlement, Millis } from '../../../domain/entitlement.js';

/** Which requests a law speaks of. What does not stand here may be anything. */
export interface AboutRequests {
  entitlement?: string[] | undefined;
  environment?: string[] | undefined;
  account?: string[] | undefined;
  risk?: string[] | undefined;
  tags?: Record<string, string> | undefined;
  /** Who is in each of these groups, whatever else they are in, and in none of those. */
  requester?: { groups?: string[] | undefined; notIn?: string[] | undefined } | undefined;
  duration?: { over: Millis } | undefined;
  /** Whether a ticket is given. */
  ticket?: boolean | undefined;
  /** Whether it is asked for in an emergency. */
  emergency?: boolean | undefined;
  businessHours?: boolean | undefined;
  onCall?: boolean | undefined;
}

/** Whether a law speaks of requests for an entitlement. */
export function concerns(
  { tags = {}, ...about }: AboutRequests,
  { id, environment, account, risk, ...entitlement }: Entitlement,
): boolean {
  const isOne = (names: string[] | undefined, name: string) => names?.includes(name) ?? true;
  return (
    isOne(about.entitlement, id) &&
    isOne(about.environment, environment) &&
    isOne(about.account, account) &&
    isOne(about.risk, risk) &&
    Object.entries(tags).every(
      ([name, value]) => Object.hasOwn(entitlement.tags, name) && entitlement.tags[name] === value,
    )
  );
}

/** What such a request itself must be like, as conditions in Cedar. */
export function conditionsOf({
  requester,
  duration,
  ticket,
  emergency,
  businessHours,
  onCall,
}: AboutRequests): string[] {
  const inGroup = (name: string) => `principal in Jit::Group::${JSON.stringify(name)}`;
  const has = (name: string, is: boolean | undefined) =>
    is === undefined ? [] : [`context has ${name} && context.${name} == ${is}`];
  return [
    ...(requester?.groups ?? []).map(inGroup),
    ...(requester?.notIn ?? []).map((name) => `!(${inGroup(name)})`),
    ...(duration ? [`context.duration > duration("${duration.over}ms")`] : []),
    ...(ticket === undefined ? [] : [ticket ? 'context has ticket' : '!(context has ticket)']),
    ...(emergency === undefined ? [] : [emergency ? 'context.emergency' : '!context.emergency']),
    ...has('businessHours', businessHours),
    ...has('onCall', onCall),
  ];
}
