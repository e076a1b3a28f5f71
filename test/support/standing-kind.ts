import type { Grant } from '../../src/domain/grant.js';
import type { Aws } from '../../src/grants/aws/client.js';
import { document } from '../../src/grants/aws/documents/document.js';
import { guarded } from '../../src/grants/aws/documents/enforcement.js';
import { toEnd } from '../../src/grants/aws/ending.js';
import { attempt } from '../../src/grants/aws/faults.js';
import {
  label,
  putInline,
  readBack,
  removeInline,
  type PrincipalPlace,
} from '../../src/grants/aws/inline.js';
import { FORM, policyName, type InlineConfig } from '../../src/grants/iam-policy/documents.js';
import { within } from '../../src/kit/deadline.js';
import { GrantFault, PROVISION_TIMEOUT, type Provisioner } from '../../src/ports/access.js';

/** An inline policy without an end: the double of a kind whose access lasts until jit takes it away. */
export function standing(aws: Aws, now: () => number): Provisioner {
  const inAccount = <T>({ grant }: Grant, work: (signal: AbortSignal) => Promise<T>) =>
    attempt(`IAM in account ${grant.account}`, () => within(PROVISION_TIMEOUT, work));
  const placeOf = ({ grant }: Grant, iam: PrincipalPlace['iam'], signal: AbortSignal): PrincipalPlace => ({
    iam,
    principal: grant.principal!,
    signal,
  });
  return {
    preflight: async () => undefined,
    provision: (grant) =>
      inAccount(grant, async (signal) => {
        if (now() >= grant.lease.endsAt) throw new GrantFault('Ended', 'Its time is over.', true);
        const place = placeOf(grant, await aws.iam(grant.grant.account, signal), signal);
        const { statements, guardrails } = grant.grant.config as InlineConfig;
        const wanted = document(statements.flatMap((statement) => guarded(statement, guardrails, FORM)));
        await putInline(place, policyName(grant.requestId), wanted);
        await readBack(place, policyName(grant.requestId), wanted);
        return { kind: 'standing', policy: policyName(grant.requestId) };
      }),
    revoke: (grant, checkedAt) =>
      inAccount(grant, (signal) =>
        toEnd(aws, grant, signal, async (iam) => {
          const place = placeOf(grant, iam, signal);
          const name = policyName(grant.requestId);
          await removeInline(place, name);
          return { checkedAt, evidence: `no inline policy ${name} on ${label(place.principal)}` };
        }),
      ),
    cleanUp: async () => undefined,
  };
}
