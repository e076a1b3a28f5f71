import type { Instant, PinnedGrant } from '../domain/entitlement.js';
import { GrantFault, PROVISION_TIMEOUT, type Provisioner } from '../ports.js';
import type { Aws } from './aws.js';
import { eventually, within } from './deadline.js';
import {
  INLINE_LIMIT,
  inlinePolicy,
  policyName,
  sameDocument,
  sizeOf,
  type InlineConfig,
} from './documents.js';
import { attempt } from './faults.js';
import { deleteInline, getInline, label, listInline, putInline, type Place } from './inline.js';

export function iamPolicy(deps: { aws: Aws; now: () => Instant }): Provisioner {
  const { aws, now } = deps;

  const at = <T>(grant: PinnedGrant, work: (place: Place) => Promise<T>): Promise<T> => {
    const { account, principal } = grant;
    return attempt(`IAM in account ${account}`, () =>
      within(PROVISION_TIMEOUT - 2_000, async (signal) => {
        if (!principal)
          throw new GrantFault('NoPrincipal', 'No IAM user or role is known for this person.', true);
        return work({ iam: await aws.iam(account, signal), principal, signal });
      }),
    );
  };

  return {
    async preflight(grant, requestId) {
      try {
        return await at(grant, async (place) => {
          const own = policyName(requestId);
          const others = (await listInline(place)).filter((name) => name !== own);
          let used = 0;
          for (const name of others) used += sizeOf((await getInline(place, name)) ?? '');
          const needed = sizeOf(inlinePolicy(configOf(grant), 0));
          const limit = INLINE_LIMIT[place.principal.type];
          if (used + needed <= limit) return undefined;
          return { code: 'no-room', used, needed, limit, principal: label(place.principal) };
        });
      } catch (fault) {
        if (!(fault instanceof GrantFault) || fault.code !== 'NoSuchEntity') throw fault;
        return { code: 'aws', error: fault.code, hint: fault.hint };
      }
    },

    provision: ({ requestId, grant, lease }) =>
      at(grant, async (place) => {
        if (now() >= lease.endsAt) {
          throw new GrantFault('Ended', 'The time of this grant is over. Ask for a new one.', true);
        }
        const name = policyName(requestId);
        const wanted = inlinePolicy(configOf(grant), lease.endsAt);
        await putInline(place, name, wanted);
        const found = await eventually(
          () => getInline(place, name),
          (document) => document !== undefined && sameDocument(document, wanted),
          place.signal,
        );
        if (found === undefined || !sameDocument(found, wanted)) {
          throw new GrantFault(
            'NotReadBack',
            `IAM does not show ${name} on ${label(place.principal)} yet.`,
            false,
          );
        }
        return {
          kind: 'iam-policy',
          account: grant.account,
          principal: label(place.principal),
          policy: name,
        };
      }),

    revoke: ({ requestId, grant }, now) =>
      at(grant, async (place) => {
        const name = policyName(requestId);
        await deleteInline(place, name);
        const found = await eventually(
          () => getInline(place, name),
          (document) => document === undefined,
          place.signal,
        );
        if (found !== undefined) {
          throw new GrantFault('NotReadBack', `IAM still shows ${name} on ${label(place.principal)}.`, false);
        }
        return { checkedAt: now, evidence: `no inline policy ${name} on ${label(place.principal)}` };
      }),

    // The revocation leaves nothing behind.
    cleanUp: async () => undefined,
  };
}

function configOf(grant: PinnedGrant): InlineConfig {
  return grant.config as InlineConfig;
}
