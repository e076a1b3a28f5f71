import { heldSessions } from '../../aws/listing.js';
import type { Playground } from '../../playground.js';
import type { PagePerson, TriedCall, TryIt } from '../model/model.js';

/** Where people of the sandbox sit: an address that is kept for documentation. */
const HERE = '203.0.113.10';
const REGION = 'eu-west-1';

/** Asks IAM's double whether AWS would allow this call now, by any principal that the person holds. */
export async function attempt(
  { clock, cloud, principalsOf, record }: Pick<Playground, 'clock' | 'cloud' | 'principalsOf' | 'record'>,
  person: PagePerson,
  { action, resource, region, sourceIp = HERE, mfa = true }: TryIt,
): Promise<TriedCall> {
  const heads = await record.heads();
  const theirs = new Set(
    heads.filter(({ state }) => state.requester.account.id === person.id).map(({ id }) => id),
  );
  // `arn:partition:service:region:account:…`
  const call = { region: region ?? (resource.split(':')[3] || REGION), sourceIp, mfa };
  const known = { 'aws:RequestedRegion': call.region, 'aws:SourceIp': sourceIp };

  const standing = principalsOf(person.id).map((principalArn) => {
    const signedIn = mfa && principalArn.includes(':user/');
    const context = { ...known, ...(signedIn && { 'aws:MultiFactorAuthPresent': 'true' }) };
    return { principal: principalArn, ...cloud.authorize({ principalArn, action, resource, context }) };
  });
  const sessions = heldSessions(cloud.sessions())
    .filter(
      ({ tags, sourceIdentity }) =>
        theirs.has(tags['jit:request'] ?? '') ||
        (sourceIdentity !== undefined && sourceIdentity === person.email),
    )
    .map(({ arn, accessKeyId }) => ({
      principal: arn,
      ...cloud.authorize({ accessKeyId, action, resource, context: known }),
    }));
  const by = [...standing, ...sessions].map(({ principal, allowed, why }) => ({ principal, allowed, why }));
  return { at: clock.now(), allowed: by.some(({ allowed }) => allowed), by, call };
}
