import {
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  paginateListRolePolicies,
  paginateListUserPolicies,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import type { Principal } from '../../domain/entitlement.js';
import { GrantFault } from '../../ports/access.js';
import { eventually } from '../../kit/deadline.js';
import { sameDocument } from './documents/document.js';
import { attempt, codeOf } from './faults.js';

/** A principal, through a client of its account, for as long as the signal allows. */
export interface PrincipalPlace {
  iam: IAMClient;
  principal: Principal;
  signal: AbortSignal;
}

const callOf = ({ iam, principal, signal: abortSignal }: PrincipalPlace) => ({
  iam,
  ...principal,
  options: { abortSignal },
});

export async function putInline(
  place: PrincipalPlace,
  PolicyName: string,
  PolicyDocument: string,
): Promise<void> {
  const { iam, type, name, options } = callOf(place);
  await attempt(called(place, 'Put'), () =>
    type === 'user'
      ? iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName, PolicyDocument }), options)
      : iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName, PolicyDocument }), options),
  );
}

/** @returns the document, or undefined where there is no such policy, or no such principal */
export async function getInline(place: PrincipalPlace, PolicyName: string): Promise<string | undefined> {
  const { iam, type, name, options } = callOf(place);
  const answer = await attempt(called(place, 'Get'), () =>
    orGone<{ PolicyDocument?: string | undefined }>(
      type === 'user'
        ? iam.send(new GetUserPolicyCommand({ UserName: name, PolicyName }), options)
        : iam.send(new GetRolePolicyCommand({ RoleName: name, PolicyName }), options),
    ),
  );
  if (!answer) return undefined;
  const { PolicyDocument: text = '' } = answer;
  // IAM percent-encodes documents; emulators often do not.
  return text.startsWith('{') ? text : decodeURIComponent(text);
}

/** Makes sure that IAM shows what was put, waiting about a second for it. Throws `NotReadBack`, passing. */
export async function readBack(place: PrincipalPlace, name: string, wanted: string): Promise<void> {
  const isThere = (document?: string) => document !== undefined && sameDocument(document, wanted);
  const found = await eventually(() => getInline(place, name), isThere, place.signal);
  if (isThere(found)) return;
  throw new GrantFault('NotReadBack', `IAM does not show ${name} on ${label(place.principal)} yet.`, false);
}

/**
 * Takes a policy away, and reads back that it is gone, waiting about a second for it. That IAM refuses to remove one
 * counts only where it is still there: without the right to remove it, an absent policy is as absent.
 * @returns the refusal's code, if there was one
 * @throws the refusal, or `NotReadBack`, passing
 */
export async function removeInline(place: PrincipalPlace, name: string): Promise<string | undefined> {
  let refusal: GrantFault | undefined;
  try {
    await deleteInline(place, name);
  } catch (fault) {
    if (!(fault instanceof GrantFault && fault.permanent)) throw fault;
    refusal = fault;
  }
  const isGone = (document?: string) => document === undefined;
  const found = await eventually(() => getInline(place, name), isGone, place.signal);
  if (isGone(found)) return refusal?.code;
  throw (
    refusal ?? new GrantFault('NotReadBack', `IAM still shows ${name} on ${label(place.principal)}.`, false)
  );
}

/** What is gone already, or whose principal is, counts as deleted. */
export async function deleteInline(place: PrincipalPlace, PolicyName: string): Promise<void> {
  const { iam, type, name, options } = callOf(place);
  await attempt(called(place, 'Delete'), () =>
    orGone<unknown>(
      type === 'user'
        ? iam.send(new DeleteUserPolicyCommand({ UserName: name, PolicyName }), options)
        : iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName }), options),
    ),
  );
}

/** Names of all inline policies. A principal that does not exist is a fault, `NoSuchEntity`. */
export async function listInline(place: PrincipalPlace): Promise<string[]> {
  const { iam: client, type, name, options } = callOf(place);
  return attempt(`iam:List${kind(place)}Policies on ${label(place.principal)}`, async () => {
    const pages =
      type === 'user'
        ? paginateListUserPolicies({ client }, { UserName: name }, options)
        : paginateListRolePolicies({ client }, { RoleName: name }, options);
    const names: string[] = [];
    for await (const page of pages) names.push(...(page.PolicyNames ?? []));
    return names;
  });
}

/** `user ana.lopez` */
export function label(principal: Principal): string {
  return `${principal.type} ${principal.name}`;
}

const kind = ({ principal }: PrincipalPlace) => (principal.type === 'user' ? 'User' : 'Role');

const called = (place: PrincipalPlace, verb: string) =>
  `iam:${verb}${kind(place)}Policy on ${label(place.principal)}`;

async function orGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (codeOf(error) === 'NoSuchEntity') return undefined;
    throw error;
  }
}
