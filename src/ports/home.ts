import type { Account } from '../domain/person.js';
import type { Home } from './front.js';

/** Where each person sees what concerns them. */
export interface HomeScreen {
  /** @throws `NotifyFault`, or anything else for a passing fault */
  draw(account: Account, home: Home): Promise<void>;
}
