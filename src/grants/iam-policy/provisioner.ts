import type { Instant, PinnedGrant, Principal } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import type { Reason } from '../../domain/request/state.js';
import { GrantFault, PROVISION_TIMEOUT, type Provisioner } from '../../ports/access.js';
import type { Aws } from '../aws/client.js';
import { within } from '../../kit/deadline.js';
import { documentHash, sameDocument, sizeOf } from '../aws/documents/document.js';
import { INLINE_LIMIT, inlinePolicies, inlinePolicy, policyName, type InlineConfig } from './documents.js';
import { toEnd } from '../aws/ending.js';
import { attempt, ended, isFault } from '../aws/faults.js';
import {
  deleteInline,
  getInline,
  label,
  listInline,
  putInline,
  readBack,
  removeInline,
  type PrincipalPlace,
} from '../aws/inline.js';

// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function iamPolicy(deps: { aws: Aws; now: () => Instant }): Provisioner {
  const { aws, now } = deps;

  const inTime = <T>(
    { account, principal }: PinnedGrant,
    work: (principal: Principal, signal: AbortSignal) => Promise<T>,
  ): Promise<T> =>
    attempt(`IAM in account ${account}`, () =>
      within(PROVISION_TIMEOUT - 2_000, async (signal) => {
        if (!principal)
          throw new GrantFault('NoPrincipal', 'No IAM user or role is known for this person.', true);
        return work(principal, signal);
      }),
    );
  const give = <T>(grant: PinnedGrant, work: (place: PrincipalPlace) => Promise<T>): Promise<T> =>
    inTime(grant, async (principal, signal) =>
      work({ iam: await aws.iam(grant.account, signal), principal, signal }),
    );
  const end = <T>(ending: Grant, work: (place: PrincipalPlace) => Promise<T>): Promise<T> =>
    inTime(ending.grant, (principal, signal) =>
      toEnd(aws, ending, signal, (iam) => work({ iam, principal, signal })),
    );

  return {
    async preflight(grant, requestId) {
      try {
        return await give(grant, async (place) => {
          const { used, needed, limit } = await roomFor(place, grant, requestId);
          if (used + needed > limit)
            return { code: 'no-room', used, needed, limit, principal: label(place.principal) };
          return unremovable(place, requestId, {
            account: grant.account,
            elsewhere: aws.access(grant.account) !== undefined,
          });
        });
      } catch (fault) {
        if (!isFault(fault, 'NoSuchEntity')) throw fault;
        return { code: 'aws', error: fault.code, hint: fault.hint };
      }
    },

    provision: ({ requestId, grant, lease }) =>
      give(grant, async (place) => {
        if (now() >= lease.endsAt) throw ended();
        const name = policyName(requestId);
        const wanted = inlinePolicy(configOf(grant), lease.endsAt);
        try {
          await putInline(place, name, wanted);
        } catch (fault) {
          throw isFault(fault, 'LimitExceeded') ? await noRoom(place, grant, requestId, fault) : fault;
        }
        await readBack(place, name, wanted);
        return {
          kind: 'iam-policy',
          account: grant.account,
          principal: label(place.principal),
          policy: name,
          document: documentHash(wanted),
        };
      }),

    revoke: (ending, now) =>
      end(ending, async (place) => {
        const { requestId, grant, lease, receipt } = ending;
        const name = policyName(requestId);
        const where = `${name} on ${label(place.principal)}`;
        // Only for the record: the deletion waits for no reading that fails.
        const before = await getInline(place, name).catch(() => UNREAD);
        const refused = await removeInline(place, name);
        if (before === undefined && (await isGone(place))) {
          const principal = label(place.principal);
          return { checkedAt: now, evidence: `${principal} does not exist any more, and ${name} with it` };
        }
        const evidence =
          `no inline policy ${where}` +
          (refused === undefined ? '' : `, though IAM refuses to remove one (${refused})`);
        if (before === undefined || before === UNREAD) return { checkedAt: now, evidence };
        // As it was written; or as some version words it, whose call may have landed after the one on record.
        const own =
          documentHash(before) === receipt?.['document'] ||
          inlinePolicies(configOf(grant), lease.endsAt).some((text) => sameDocument(before, text));
        if (own) return { checkedAt: now, evidence };
        return {
          checkedAt: now,
          evidence: `${evidence}; it had been changed by hand, and CloudTrail says by whom`,
          alarm: 'changed-by-hand',
        };
      }),

    // The revocation leaves nothing behind.
    cleanUp: async () => undefined,
  };
}

const UNREAD = 'unread';

/** What the principal's other inline policies take, what this grant takes, and what there is. */
async function roomFor(
  place: PrincipalPlace,
  grant: PinnedGrant,
  requestId: string,
): Promise<{ used: number; needed: number; limit: number }> {
  const own = policyName(requestId);
  let used = 0;
  for (const name of await listInline(place)) {
    if (name !== own) used += sizeOf((await getInline(place, name)) ?? '');
  }
  const needed = sizeOf(inlinePolicy(configOf(grant), 0));
  return { used, needed, limit: INLINE_LIMIT[place.principal.type] };
}

/**
 * Whether jit could not take away again what it would give: tried on a policy of this request's that never is there. It
 * has a name of its own, since a call that lands late must not hit the policy that was made meanwhile (invariant 5).
 */
async function unremovable(
  place: PrincipalPlace,
  requestId: string,
  { account, elsewhere }: { account: string; elsewhere: boolean },
): Promise<Reason | undefined> {
  try {
    await deleteInline(place, `jit-check-${requestId}`);
    return undefined;
  } catch (fault) {
    if (!isFault(fault, 'AccessDenied')) throw fault;
    const whom = label(place.principal);
    const writer = elsewhere ? 'the management role of the account' : 'jit';
    const action = place.principal.type === 'user' ? 'iam:DeleteUserPolicy' : 'iam:DeleteRolePolicy';
    return {
      code: 'aws',
      error: fault.code,
      hint:
        `jit may not remove inline policies of ${whom} in account ${account}, so it gives none. Ask the people who run jit: ` +
        `${whom} has to carry jit’s permissions boundary, and ${writer} has to be allowed ${action}.`,
    };
  }
}

/** Others took the room since `preflight`: the same fault, with the numbers where they can be had. */
async function noRoom(
  place: PrincipalPlace,
  grant: PinnedGrant,
  requestId: string,
  fault: GrantFault,
): Promise<GrantFault> {
  try {
    const { used, needed, limit } = await roomFor(place, grant, requestId);
    const hint =
      `The inline policies of ${label(place.principal)} take ${used} of ${limit} characters, and this grant needs ` +
      `${needed}. Remove one that is not needed any more, or wait for another grant to end, and ask again.`;
    return new GrantFault(fault.code, hint, true);
  } catch {
    return fault;
  }
}

async function isGone(place: PrincipalPlace): Promise<boolean> {
  try {
    await listInline(place);
    return false;
  } catch (fault) {
    return isFault(fault, 'NoSuchEntity');
  }
}

const configOf = (grant: PinnedGrant) => grant.config as InlineConfig;
