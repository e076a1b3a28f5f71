import type { Instant, Millis, PinnedGrant, Principal } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import type { Proof, Reason } from '../../domain/request/state.js';
import { GrantFault, PROVISION_TIMEOUT, type Provisioner } from '../../ports/access.js';
import type { Aws } from '../aws/client.js';
import { within } from '../../kit/deadline.js';
import { formOf, type SessionConfig } from './documents.js';
import { noLayer, opener, trial, tryScoping } from './session.js';
import { REVOKE_ALL, revocation, revocationName, LANDING, revokeOlder } from './revocation.js';
import { isOutOfReach, toEnd } from '../aws/ending.js';
import { attempt, ended, isFault } from '../aws/faults.js';
import { getInline, label, putInline, readBack, removeInline, type PrincipalPlace } from '../aws/inline.js';

const HOUR: Millis = 3_600_000;
const MINUTE: Millis = 60_000;

// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function stsSession(deps: {
  aws: Aws;
  /** In place of the federation endpoint of the role's partition. */
  signinUrl?: string | undefined;
  now: () => Instant;
}): Provisioner {
  const { aws, now } = deps;

  const end = <T>(ending: Grant, work: (place: PrincipalPlace) => Promise<T>): Promise<T> =>
    attempt(`IAM in account ${ending.grant.account}`, () =>
      within(PROVISION_TIMEOUT - 2_000, (signal) =>
        toEnd(aws, ending, signal, (iam) => work({ iam, principal: roleOf(ending.grant), signal })),
      ),
    );

  const revokeOthersToo = async (
    place: PrincipalPlace,
    { grant, requestId }: Grant,
    lastMintAt: Instant,
    at: Instant,
  ): Promise<Proof> => {
    // A session that may open further ones may have opened one of this same role since, under the same tag.
    const needed = configOf(grant).chaining ? Math.max(lastMintAt + LANDING, at) : lastMintAt + LANDING;
    const until = isoOf(await revokeOlder(place, needed, now));
    return {
      checkedAt: at,
      evidence:
        `inline policy ${REVOKE_ALL} on ${label(place.principal)} denies everything to all sessions that jit opened ` +
        `up to ${until}, those of jit-${requestId} among them: the role has no room for a Deny of this request alone. ` +
        `Whoever else works in this role through jit opens a new session after that time. Nothing is to be cleared away`,
      alarm: 'role-full',
    };
  };

  return {
    // Whatever else could be wrong with it stands in the catalog, and was looked at when that was loaded.
    preflight: (grant) => missingLayer(aws, grant),

    provision: async ({ grant, lease }) => {
      if (now() >= lease.endsAt) throw ended();
      const role = configOf(grant).roleArn;
      return { kind: 'sts-session', role, made: 'nothing: sessions are opened at need' };
    },

    mint: opener(deps),

    async revoke(grant, now) {
      const { requestId, lease, lastMintAt } = grant;
      if (lastMintAt === undefined) {
        return { checkedAt: now, evidence: `no session was ever opened for jit-${requestId}` };
      }
      const cleanUpAt = Math.min(lease.endsAt, lastMintAt + HOUR) + MINUTE;
      const name = revocationName(requestId);
      if (now >= lease.endsAt) {
        // An earlier try, begun before the end, may have left its Deny behind.
        const left = await end(grant, (place) => getInline(place, name)).catch(unlessPassing);
        return {
          checkedAt: now,
          evidence: `the session policy of jit-${requestId} has denied everything since ${isoOf(lease.endsAt)}`,
          ...(left !== undefined && { cleanUpAt }),
        };
      }
      return end(grant, async (place) => {
        const wanted = revocation(requestId);
        try {
          await putInline(place, name, wanted);
        } catch (fault) {
          if (isFault(fault, 'LimitExceeded')) return revokeOthersToo(place, grant, lastMintAt, now);
          // A role that is made anew has another id: sessions of the old one are not its sessions.
          if (isFault(fault, 'NoSuchEntity') && (await getInline(place, name)) === undefined) {
            const role = label(place.principal);
            return {
              checkedAt: now,
              evidence: `${role} does not exist any more, and its sessions can do nothing`,
            };
          }
          throw fault;
        }
        await readBack(place, name, wanted);
        return {
          checkedAt: now,
          evidence: `inline policy ${name} on ${label(place.principal)} denies everything to its sessions`,
          cleanUpAt,
        };
      });
    },

    cleanUp: (grant) =>
      end(grant, async (place) => void (await removeInline(place, revocationName(grant.requestId)))),
  };
}

/** Whose statements fit into two layers only is not offered where AWS makes one. */
async function missingLayer(aws: Aws, grant: PinnedGrant): Promise<Reason | undefined> {
  if (formOf(configOf(grant)) !== undefined) return undefined;
  const found = await attempt(`sts:AssumeRole of ${configOf(grant).roleArn}`, () =>
    within(PROVISION_TIMEOUT - 2_000, (signal) => tryScoping(aws, trial('preflight', '', grant), signal)),
  );
  if ('made' in found) return undefined;
  const { code, hint } = noLayer(found.refused);
  return { code: 'aws', error: code, hint };
}

/** Where jit may not even read, or does not get to, it has written nothing either. */
function unlessPassing(fault: unknown): undefined {
  if (isOutOfReach(fault) || (fault instanceof GrantFault && fault.permanent)) return undefined;
  throw fault;
}

const configOf = (grant: PinnedGrant) => grant.config as SessionConfig;

const roleOf = (grant: PinnedGrant): Principal => ({
  type: 'role',
  name: configOf(grant).roleArn.split('/').at(-1) ?? '',
});

const isoOf = (at: Instant) => new Date(at).toISOString();
