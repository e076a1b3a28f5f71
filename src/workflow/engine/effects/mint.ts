import { defined } from '../../../domain/objects.js';
import type { NoCredentials } from '../../../domain/request/effects.js';
import { personLedger } from '../../../domain/record/ledger.js';
import { settle, withoutCredentials } from '../../../domain/request/outbox.js';
import type { State } from '../../../domain/request/state.js';
import type { Shell } from '../../../ports/shell.js';
import { shellOf } from '../../shell-note.js';
import { recordForEngine, type Keep, type Known } from '../../record-command.js';
import { isPermanent, RECORDING, type CarryOut, type EngineDeps } from '../effect.js';
import { usableGrant, whyNothingIsGiven } from '../may-give.js';
import { stillPermitted, type Denied } from '../still-permitted.js';
import { codeOf } from '../../../kit/error-code.js';

/** A person who has waited longer has turned away; they press again. */
const PATIENCE = 60_000;
/** It stands in HEAD until it is told. */
const LONGEST_HINT = 1_000;

/**
 * Opens a session and shows its credentials in the modal that waits for them. They are in this function and in
 * that modal, and nowhere else (invariant 9).
 */
export const mint: CarryOut<'mint'> = async (deps, head, owed) => {
  const { store, provisioners, notifier, clock, log } = deps;
  const { waiting, requestedAt } = owed.effect;
  const { id, state } = head;
  /** Telling the window is a message: nothing waits for it. */
  const telling =
    (why: NoCredentials, hint?: string): Keep =>
    () => ({
      outbox: (outbox) => [
        ...settle(outbox, [owed.id]),
        withoutCredentials(owed, { waiting, why, ...defined({ hint }) }, clock.now()),
      ],
    });
  const none = (why: NoCredentials, hint?: string, known: Known = {}) => ({
    keep: telling(why, hint),
    known,
  });
  const late = clock.now() - requestedAt > PATIENCE;
  // By a wrong clock a session would be given for another time than policy has just been asked about.
  const nothing = await whyNothingIsGiven(deps);
  if (late && !nothing) return none('late');
  const before = await usableGrant(deps, state);
  const provisioner = before && provisioners[before.grant.kind];
  if (!before) return none('ended');
  if (!provisioner?.mint) return none('failed', 'This access is not a session; it needs no credentials.');
  if (nothing) return late ? none('unknown') : { later: clock.now() + 3_000, why: nothing };
  const standing = await stillPermitted(deps, before);
  if (standing === 'unknown') return none('unknown');
  if ('denied' in standing) {
    const { denied: reason } = standing;
    const done = { type: 'RefuseMint', at: clock.now(), reason } as const;
    return { done, keep: telling('denied', hintOf(deps, reason)) };
  }
  // On record before the call: whoever ends this early must know that a session may exist.
  const at = clock.now();
  const attempt = { type: 'AttemptMint', at, ...standing } as const;
  const known = await recordForEngine(store, id, attempt, undefined, { head });
  const { grant } = known;
  if (known.events.length === 0 || !grant) return none('ended', undefined, known);
  if (clock.now() - at > RECORDING) return { later: clock.now(), why: 'the record is slow', known };
  try {
    const [credentials, shell] = await Promise.all([
      provisioner.mint(grant, clock.now()),
      shellFor(deps, state),
    ]);
    const { accessKeyId, expiresAt, lingering } = credentials;
    const minted = { type: 'RecordMint', at: clock.now(), accessKeyId, expiresAt, lingering } as const;
    const recorded = await recordForEngine(store, id, minted, undefined, known);
    if (recorded.head.state.status !== 'active') return none('ended', undefined, recorded);
    // If the person has closed the window, they press again: nothing is lost.
    await notifier
      .showCredentials(waiting, recorded.head.state, credentials, shell)
      .catch((error: unknown) => {
        log.info({ request: id, code: codeOf(error) }, 'the credentials modal could not be updated');
      });
    return { known: recorded };
  } catch (error) {
    if (isPermanent(error)) return none('failed', error.hint, known);
    return { later: clock.now() + 3_000, why: codeOf(error), known };
  }
};

/** What they have chosen; where that cannot be read, the usual one will do. */
async function shellFor({ store, log }: EngineDeps, { id, requester }: State): Promise<Shell> {
  const ledger = await store.ledger(personLedger(requester.account)).catch((error: unknown) => {
    log.info({ request: id, code: codeOf(error) }, 'the shell of a person could not be read');
    return undefined;
  });
  return shellOf(ledger);
}

/** What policy says to the person, and which policies they are. */
function hintOf({ directory }: EngineDeps, reason: Denied): string {
  if (reason.code === 'requester')
    return `Your ${directory.name} account is not the full member any more that it was at the time of the request.`;
  const { policies, advice } = reason;
  const named = policies.length > 0 ? [`Refused by ${policies.join(', ')}.`] : [];
  return [...advice, ...named].join(' ').slice(0, LONGEST_HINT);
}
