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

export async function putInline(
  place: PrincipalPlace,
  PolicyName: string,
  PolicyDocument: string,
): Promise<void> {
  const { iam, principal, signal } = place;
  await attempt(call(place, 'Put'), () =>
    principal.type === 'user'
      ? iam.send(new PutUserPolicyCommand({ UserName: principal.name, PolicyName, PolicyDocument }), {
          abortSignal: signal,
        })
      : iam.send(new PutRolePolicyCommand({ RoleName: principal.name, PolicyName, PolicyDocument }), {
          abortSignal: signal,
        }),
  );
}

/** @returns the document, or undefined where there is no such policy, or no such principal */
export async function getInline(place: PrincipalPlace, PolicyName: string): Promise<string | undefined> {
  const { iam, principal, signal } = place;
  const answer = await attempt(call(place, 'Get'), () =>
    orGone<{ PolicyDocument?: string | undefined }>(
      principal.type === 'user'
        ? iam.send(new GetUserPolicyCommand({ UserName: principal.name, PolicyName }), {
            abortSignal: signal,
          })
        : iam.send(new GetRolePolicyCommand({ RoleName: principal.name, PolicyName }), {
            abortSignal: signal,
          }),
    ),
  );
  return answer && decode(answer.PolicyDocument ?? '');
}

/** Makes sure that IAM shows what was put, waiting about a second for it. Throws `NotReadBack`, passing. */
export async function readBack(place: PrincipalPlace, name: string, wanted: string): Promise<void> {
  const found = await eventually(
    () => getInline(place, name),
    (document) => document !== undefined && sameDocument(document, wanted),
    place.signal,
  );
  if (found !== undefined && sameDocument(found, wanted)) return;
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
  const found = await eventually(
    () => getInline(place, name),
    (document) => document === undefined,
    place.signal,
  );
  if (found === undefined) return refusal?.code;
  throw (
    refusal ?? new GrantFault('NotReadBack', `IAM still shows ${name} on ${label(place.principal)}.`, false)
  );
}

/** What is gone already, or whose principal is, counts as deleted. */
export async function deleteInline(place: PrincipalPlace, PolicyName: string): Promise<void> {
  const { iam, principal, signal } = place;
  await attempt(call(place, 'Delete'), () =>
    orGone<unknown>(
      principal.type === 'user'
        ? iam.send(new DeleteUserPolicyCommand({ UserName: principal.name, PolicyName }), {
            abortSignal: signal,
          })
        : iam.send(new DeleteRolePolicyCommand({ RoleName: principal.name, PolicyName }), {
            abortSignal: signal,
          }),
    ),
  );
}

/** Names of all inline policies. A principal that does not exist is a fault, `NoSuchEntity`. */
export async function listInline(place: PrincipalPlace): Promise<string[]> {
  const { iam, principal, signal } = place;
  return attempt(`iam:List${kind(place)}Policies on ${label(principal)}`, async () => {
    const client = { client: iam };
    const pages =
      principal.type === 'user'
        ? paginateListUserPolicies(client, { UserName: principal.name }, { abortSignal: signal })
        : paginateListRolePolicies(client, { RoleName: principal.name }, { abortSignal: signal });
    const names: string[] = [];
    for await (const page of pages) names.push(...(page.PolicyNames ?? []));
    return names;
  });
}

/** `user ana.lopez` */
export function label(principal: Principal): string {
  return `${principal.type} ${principal.name}`;
}

function kind({ principal }: PrincipalPlace): string {
  return principal.type === 'user' ? 'User' : 'Role';
}

function call(place: PrincipalPlace, verb: string): string {
  return `iam:${verb}${kind(place)}Policy on ${label(place.principal)}`;
}

async function orGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (codeOf(error) === 'NoSuchEntity') return undefined;
    throw error;
  }
}

/** IAM percent-encodes documents; emulators often do not. */
function decode(text: string): string {
  return text.startsWith('{') ? text : decodeURIComponent(text);
}
