import type { OwedNews } from '../../domain/delegation.js';
import { defined } from '../../domain/objects.js';
import type { PersonLedger } from '../../domain/record/ledger.js';
import { applyToLedger, NEWS_CLAIM } from '../../domain/record/ledger-head.js';
import { backOff } from '../../domain/request/outbox.js';
import { sideBySide } from '../../kit/side-by-side.js';
import { NotifyFault } from '../../ports/messages.js';
import type { EngineDeps } from '../engine/effect.js';
import { MOST_TRIES } from '../engine/message.js';
import { known } from '../facts.js';
import { delegableFor, isDelegable } from '../seats/stand-ins.js';
import { redrawWaiting } from './redraw.js';

/** Ledgers of which something is due, that one run looks at. */
const MOST = 1_000;
/** One run does no more of one ledger: what is left is due, and the next one does it. */
const MOST_STEPS = 50;

/**
 * Ends the delegations whose time is over, and tells of those that have begun or ended. What is to be told stands in the
 * ledger from the write on that owes it, so that it is told whichever process dies; and at once, or by the next sweep.
 */
export async function keepDelegations(deps: EngineDeps): Promise<void> {
  const { store, clock, log } = deps;
  await sideBySide(await store.dueLedgers(clock.now(), MOST), async (name) => {
    try {
      for (let step = 0; step < MOST_STEPS && (await nextStep(deps, name)); step++);
    } catch (error) {
      log.error(
        { ledger: name, err: error },
        'a delegation could not be looked at; the next sweep tries again',
      );
    }
  });
}

/** Does the next thing that is due. @returns whether there was one */
async function nextStep(deps: EngineDeps, name: PersonLedger): Promise<boolean> {
  const { store, clock } = deps;
  const head = await store.ledger(name);
  const now = clock.now();
  if (!head) return false;
  const { delegation, outbox = [] } = head;
  if (delegation && delegation.until <= now) {
    await store.append(applyToLedger(name, head, [{ type: 'DelegationEnded', at: now, by: 'jit' }]));
    return true;
  }
  const news = outbox.find(({ notBefore }) => notBefore <= now);
  if (!news) return false;
  // It counts as tried from here on: whoever takes it over looks before it posts.
  const claimed = { ...news, attempts: news.attempts + 1, notBefore: now + NEWS_CLAIM };
  const taken = applyToLedger(name, head, [], instead(news, [claimed]));
  if ((await store.append(taken)) === 'written') await tell(deps, name, claimed);
  return true;
}

async function tell(deps: EngineDeps, name: PersonLedger, news: OwedNews): Promise<void> {
  const { store, clock, log, notifier } = deps;
  const { delegation, what, by, attempts, id } = news;
  const later = await (async () => {
    const { stages } = await delegableFor(deps, delegation.from);
    const theirs = await known(deps.directory.groups(delegation.to));
    const isTheirs = (group: string) =>
      theirs.groups.includes(group) || theirs.unknown.some(({ name: lost }) => lost === group);
    const places = stages
      .filter(({ delegates }) => isTheirs(delegates))
      .map(({ name: stage, channel }) => ({ name: stage, ...defined({ channel }) }));
    // A delegate who has left the group meanwhile may decide nothing.
    if (what === 'started' && places.length === 0) return undefined;
    const said = { delegation, what, ...defined({ by }), stages: places };
    await notifier.tellDelegation(said, `${name}.${id}`, attempts > 1);
    return undefined;
  })().catch((error: unknown) => {
    const fault = error instanceof NotifyFault ? error : undefined;
    log.warn({ ledger: name, what, attempts, err: error }, 'it could not be told who stands in for whom');
    if (fault?.permanent || attempts > MOST_TRIES) return undefined;
    return clock.now() + (fault?.retryAfter ?? backOff(attempts));
  });
  const keep = instead(news, later === undefined ? [] : [{ ...news, notBefore: later }]);
  // Before it counts as told: whoever dies here leaves it to the next.
  if (attempts === 1 || later === undefined) await redrawWaiting(deps, isDelegable(deps));
  deps.concerns?.([delegation.from.account, delegation.to.account]);
  // Somebody wrote meanwhile: what came of it is put on what they wrote.
  for (let written = 'conflict'; written === 'conflict';) {
    const head = await store.ledger(name);
    if (!head?.outbox?.some(isThis(news))) return;
    written = await store.append(applyToLedger(name, head, [], keep));
  }
}

/** This piece of news, if nobody has taken it over. */
const isThis = (news: OwedNews) => (one: OwedNews) =>
  one.id === news.id && one.attempts === news.attempts && one.notBefore === news.notBefore;

const instead = (news: OwedNews, by: OwedNews[]) => (outbox: OwedNews[]) =>
  outbox.flatMap((one) => (isThis(news)(one) ? by : [one]));
