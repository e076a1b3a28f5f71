import { sameAddress } from './email.js';

/** Where somebody is known who uses the program: an account, by the one who vouches for it. */
export interface Account {
  /** Who vouches for it, such as a chat or an identity provider: the name of its adapter. */
  provider: string;
  /** Within the provider, the organisation that is served, whichever one a payload names. */
  tenant: string;
  id: string;
}

/** A person; both halves are kept, so that an e-mail that changes hands is noticed. */
export interface Person {
  /** As `emailOf` writes it; older records keep letters outside of ASCII as they were typed. */
  email: string;
  account: Account;
}

/** Who asks, votes, uses or ends: so far, people. */
export type Subject = Person;

/** Whether two sightings are of one account: what somebody did is theirs whatever their e-mail is by now. */
export function sameAccount(a: Account, b: Account): boolean {
  return a.provider === b.provider && a.tenant === b.tenant && a.id === b.id;
}

/**
 * Whether two sightings are of one person. An e-mail can change hands and an account can change its e-mail:
 * where only one half agrees, nobody may act on what the other half did.
 */
export function samePerson(a: Person, b: Person): 'same' | 'other' | 'changed' {
  const account = sameAccount(a.account, b.account);
  // Older records keep letters outside of ASCII as they were typed.
  const address = sameAddress(a.email, b.email);
  if (account && address) return 'same';
  return account || address ? 'changed' : 'other';
}
