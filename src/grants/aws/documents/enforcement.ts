import { everything } from './document.js';
import type { Guardrails } from './guardrails.js';
import { COMMERCIAL, partitionOfRegion } from './partitions.js';
import type { Condition, Statement } from './statements.js';

/**
 * Set to true where an AWS service calls another for the person, by a forward access session; absent from the person's
 * own calls. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
 */
const VIA_SERVICE = 'aws:ViaAWSService';

/**
 * The call by which a session makes shorter and narrower keys of itself. jit makes it, from its own network and region.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getscopedcredentials.html
 */
export const SCOPE_DOWN = 'sts:GetScopedCredentials';

/**
 * Guardrails as Denies, for a session policy. A condition on a key that is absent from the request holds when it is
 * negated, so a call that comes no known way is denied.
 *
 * The network is asked of the person's own calls only. What a service then calls for them comes from AWS's network, and
 * began with a call of this session, which was judged. Its region is asked all the same: that is where it acts.
 *
 * No guardrail is asked of `GetScopedCredentials`: what comes of it is denied all that the session is denied.
 * @param form the wording's number. Up to 2, the network was asked of services too, and `regions` exempted the global
 *   services of the commercial partition in every partition; up to 3, all guardrails were asked of every call
 */
export function denials(guardrails: Guardrails = {}, form: number): Statement[] {
  const { sourceIp, vpcEndpoints, vpcSourceIp, regions } = guardrails;
  // Not Bool: the person's own calls carry no such key, and the Deny would spare them.
  const own: Condition = form < 3 ? {} : { BoolIfExists: { [VIA_SERVICE]: ['false'] } };
  const notPublic: Condition = sourceIp ? { NotIpAddress: { 'aws:SourceIp': sourceIp } } : {};
  const statements: Statement[] = [];
  const deny = (Condition: Condition): Statement =>
    form < 4
      ? { ...everything('Deny'), Condition }
      : { Effect: 'Deny', NotAction: [SCOPE_DOWN], Resource: ['*'], Condition };
  if (vpcEndpoints)
    statements.push(deny({ ...notPublic, StringNotEquals: { 'aws:SourceVpce': vpcEndpoints }, ...own }));
  else if (sourceIp) statements.push(deny({ ...notPublic, ...own }));
  if (vpcSourceIp) {
    // One operator block holds both keys: two of the same name would overwrite one another.
    const elsewhere = { ...notPublic['NotIpAddress'], 'aws:VpcSourceIp': vpcSourceIp };
    statements.push(deny({ NotIpAddress: elsewhere, ...own }));
  }
  if (regions) {
    statements.push({
      Effect: 'Deny',
      NotAction: [...globalActions(regions, form), ...(form < 4 ? [] : [SCOPE_DOWN])],
      Resource: ['*'],
      Condition: { StringNotEquals: { 'aws:RequestedRegion': regions } },
    });
  }
  return statements;
}

/**
 * Guardrails as conditions of an Allow. Conditions of one statement are AND-ed, so each way in, public or private, takes
 * a statement of its own; and so do the actions that `regions` exempts.
 *
 * What a service calls for the person is judged as far as AWS lets: the call that it began with may be one that they may
 * make anyway, from anywhere. See `serviceWays`.
 * @param form the wording's number, as for `denials`
 */
export function guarded(statement: Statement, guardrails: Guardrails = {}, form: number): Statement[] {
  const { sourceIp, vpcEndpoints, vpcSourceIp, mfa } = guardrails;
  const ways: Condition[] = [];
  if (sourceIp) ways.push({ IpAddress: { 'aws:SourceIp': sourceIp } });
  if (vpcEndpoints) {
    ways.push({
      StringEquals: { 'aws:SourceVpce': vpcEndpoints },
      ...(vpcSourceIp && { IpAddress: { 'aws:VpcSourceIp': vpcSourceIp } }),
    });
    if (form >= 3) ways.push(...serviceWays(statement));
  }
  // Not BoolIfExists: calls with long-term keys carry no such key at all.
  const always: Condition = mfa ? { Bool: { 'aws:MultiFactorAuthPresent': ['true'] } } : {};
  return inRegions(statement, guardrails.regions, form).flatMap((part) =>
    (ways.length > 0 ? ways : [{}]).map((way) => withCondition(withCondition(part, way), always)),
  );
}

/**
 * The way of a service that acts for somebody who came through a VPC endpoint: AWS does not pass on through which. A
 * service that acts for somebody from a public address carries that address, which is then asked for as in a call of
 * their own; so here there must be none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
 * @returns none where the statement is only for a person's own calls
 */
function serviceWays({ Condition: { Bool = {} } = {} }: Statement): Condition[] {
  const noAddress: Condition = { Null: { 'aws:SourceIp': ['true'] } };
  // AWS compares names of keys without regard to case.
  const stated = Object.keys(Bool).find((key) => key.toLowerCase() === VIA_SERVICE.toLowerCase());
  if (stated === undefined) return [{ Bool: { [VIA_SERVICE]: ['true'] }, ...noAddress }];
  return Bool[stated]?.every((value) => value.toLowerCase() === 'true') ? [noAddress] : [];
}

/** What `regions` exempts: the services that are global in their partition. */
function globalServices([region = '']: string[], form: number): readonly string[] {
  return ((form < 3 ? undefined : partitionOfRegion(region)) ?? COMMERCIAL).globalServices;
}

const globalActions = (regions: string[], form: number): string[] =>
  globalServices(regions, form).map((service) => `${service}:*`);

function inRegions(statement: Statement, regions: string[] | undefined, form: number): Statement[] {
  if (!regions) return [statement];
  const globals = globalActions(regions, form);
  const isGlobal = (action: string) => globals.includes(`${serviceOf(action)}:*`);
  const inside: Condition = { StringEquals: { 'aws:RequestedRegion': regions } };
  const { Action, NotAction, ...rest } = statement;
  const mentioned = new Set((Action ?? NotAction ?? []).map(serviceOf));
  // A global service that NotAction mentions is not exempt: an action cannot be listed and left out at once.
  const left = globals.filter(
    (action) => NotAction && !mentioned.has('*') && !mentioned.has(serviceOf(action)),
  );
  const exempt = Action?.includes('*') ? globals : (Action?.filter(isGlobal) ?? left);
  const regional: Statement = NotAction
    ? { ...rest, NotAction }
    : { ...rest, Action: (Action ?? []).filter((action) => !isGlobal(action)) };
  return [
    ...(NotAction || regional.Action?.length ? [withCondition(regional, inside)] : []),
    ...(exempt.length > 0 ? [{ ...rest, Action: exempt }] : []),
  ];
}

const serviceOf = (action: string) => (action.split(':')[0] ?? '').toLowerCase();

/** Adds to a statement's conditions, key by key inside each operator. A key that is there already is a fault of ours. */
export function withCondition(statement: Statement, added: Condition): Statement {
  const merged: Condition = { ...statement.Condition };
  for (const [operator, keys] of Object.entries(added)) {
    const present = merged[operator] ?? {};
    const twice = Object.keys(keys).find((key) => key in present);
    if (twice !== undefined) throw new Error(`the condition ${operator} ${twice} is there already`);
    merged[operator] = { ...present, ...keys };
  }
  return Object.keys(merged).length === 0 ? statement : { ...statement, Condition: merged };
}
