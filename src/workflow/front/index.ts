import type { Front } from '../../ports/front.js';
import { offer, offers, whyNot } from './ask/offers.js';
import { submit } from './ask/submit.js';
import type { FrontDeps } from './deps.js';
import { explain, mine, status } from './read.js';
import { cancel, mayMint, mint } from './requester.js';
import { revoke } from './revoke.js';
import { finder, mayAsk, suggest } from './suggest/index.js';
import { approve, deny, mayDeny } from './vote.js';

/** What people may cause. It records claims and wishes; it cannot write a grant or a lease, and calls no AWS. */
export function front(deps: FrontDeps): Front {
  const found = finder(deps);
  return {
    offers: offers(deps),
    offer: offer(deps),
    mayAsk: mayAsk(deps, found),
    suggest: suggest(deps, found),
    whyNot: whyNot(deps),
    refuse: (seen) => deps.store.remember(seen),
    submit: submit(deps),
    approve: approve(deps),
    mayDeny: mayDeny(deps),
    deny: deny(deps),
    cancel: cancel(deps),
    revoke: revoke(deps),
    mayMint: mayMint(deps),
    mint: mint(deps),
    mine: mine(deps),
    explain: explain(deps),
    status: status(deps),
  };
}
