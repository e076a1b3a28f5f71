import { sameAddress } from './email.js';

/** A person as Slack knows them; both halves are kept, so that an e-mail that changes hands is noticed. */
export interface Person {
  /** As `emailOf` writes it; older records keep letters outside of ASCII as they were typed. */
  email: string;
  slackId: string;
  /** The workspace that is served, whichever one a payload names. */
  team: string;
}

/** Whether two sightings are of one account: what somebody did is theirs whatever their e-mail is by now. */
export function sameAccount(a: Account, b: Account): boolean {
  return a.slackId === b.slackId && a.team === b.team;
}

type Account = Pick<Person, 'slackId' | 'team'>;

/**
 * Whether two sightings are of one person. An e-mail can change hands and a Slack account can change its e-mail:
 * where only one half agrees, nobody may act on what the other half did.
 */
export function samePerson(a: Person, b: Person): 'same' | 'other' | 'changed' {
  const account = sameAccount(a, b);
  // Older records keep letters outside of ASCII as they were typed.
  const address = sameAddress(a.email, b.email);
  if (account && address) return 'same';
  return account || address ? 'changed' : 'other';
}
