import type { Instant } from '../../src/domain/entitlement.js';
import type { EventOf } from '../../src/domain/request/event.js';
import type { Aws } from '../../src/grants/index.js';
import type { scopeDown } from '../../src/grants/sts-session/scoped.js';
import type { Provisioner } from '../../src/ports/access.js';
import type { World } from '../../src/sandbox/aws/world.js';
import type { Mistake } from './seams.js';

// A session is opened in two calls, and its keys are made by the second: much may happen between them.

/** What is wrong with keys that have just gone on record, by what AWS knows of them. */
export function wrongKeys(
  { sessions }: World,
  id: string,
  { accessKeyId, expiresAt, lingering }: EventOf<'CredentialsMinted'>,
  endsAt: Instant,
): string | undefined {
  const session = sessions.get(accessKeyId);
  if (!session) return 'keys are on record that AWS never gave';
  if (session.tags['jit:request'] !== id) return 'somebody was given keys of another request’s session';
  // As STS tells it.
  const until = Math.floor(session.expiresAt / 1000) * 1000;
  if (until > endsAt && lingering?.until !== until) return 'keys outlive their lease, and it is not said';
  return expiresAt > session.expiresAt ? 'keys are said to work longer than AWS takes them' : undefined;
}

/** In the second call. */
export const KEYS: Mistake[] = [
  {
    name: 'a mint between two scoped calls: keys are made of the session before',
    aws(real: Aws) {
      let last: ReturnType<Aws['stsAs']> | undefined;
      return {
        ...real,
        stsAs(keys) {
          const client = last ?? real.stsAs(keys);
          last = real.stsAs(keys);
          return client;
        },
      };
    },
  },
  {
    name: 'keys for a quarter of an hour, whatever is left',
    seams: {
      'scoped.scopeDown':
        (actual: typeof scopeDown) =>
        (wish: Parameters<typeof scopeDown>[0]): ReturnType<typeof scopeDown> =>
          actual({ ...wish, endsAt: wish.now() + 15 * 60_000 }),
    },
  },
  {
    name: 'keys that linger, and the record does not say so',
    provisioner: (real: Provisioner) => ({
      ...real,
      ...(real.mint && {
        async mint(...about: Parameters<NonNullable<Provisioner['mint']>>) {
          const { lingering: _, ...credentials } = await real.mint!(...about);
          return credentials;
        },
      }),
    }),
  },
];
