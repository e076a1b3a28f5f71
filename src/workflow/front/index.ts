import type { Front } from '../../ports/front.js';
import { offering } from './ask/offers.js';
import { preview } from './ask/preview.js';
import { submit } from './ask/submit.js';
import { changes } from './change.js';
import { delegating } from './delegate/index.js';
import type { FrontDeps } from './deps.js';
import { atHome } from './home.js';
import { reading } from './read.js';
import { reviewing } from './emergency/review.js';
import { ending } from './revoke.js';
import { choosingShell } from './shell.js';
import { suggesting } from './suggest/index.js';

/** What people may cause. It records claims and wishes; it cannot write a grant or a lease, and calls no AWS. */
export function front(deps: FrontDeps): Front {
  return {
    ...offering(deps),
    ...suggesting(deps),
    refuse: (seen) => deps.store.remember(seen),
    preview: preview(deps),
    submit: submit(deps),
    ...changes(deps),
    ...ending(deps),
    ...reviewing(deps),
    ...delegating(deps),
    ...reading(deps),
    ...atHome(deps),
    ...choosingShell(deps),
  };
}
