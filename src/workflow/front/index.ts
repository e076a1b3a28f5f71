import type { Front } from '../../ports/front.js';
import { offer, offers } from './ask/offers.js';
import { submit } from './ask/submit.js';
import { whyNot } from './ask/why-not.js';
import { cancel } from './cancel.js';
import type { FrontDeps } from './deps.js';
import { mayMint, mint } from './open-session.js';
import { explain } from './read/explain.js';
import { mine } from './read/mine.js';
import { status } from './read/status.js';
import { revoke } from './revoke.js';
import { finder } from './suggest/finder.js';
import { mayAsk, suggest } from './suggest/suggest.js';
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
