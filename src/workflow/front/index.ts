import { decide } from '../../domain/request/stories/index.js';
import type { Person } from '../../domain/person.js';
import type { UnknownGroup } from '../../domain/directory.js';
import type { Entitlement, Millis } from '../../domain/entitlement.js';
import type { Head } from '../../domain/request/head.js';
import { sameAccount, samePerson } from '../../domain/person.js';
import { visibleLength } from '../../domain/text.js';
import type { Command } from '../../domain/request/command.js';
import type { State } from '../../domain/request/state.js';
import { Unknowable, type OnCall } from '../../ports/policy.js';
import type { Actor, Candidate } from '../../ports/people.js';
import type { Answer, Front, StageButton } from '../../ports/front.js';
import type { Clock } from '../../ports/clock.js';
import { RecordFault, type RequestStore } from '../../ports/record.js';
import type { RequestView } from '../../ports/messages.js';
import { disclosure, UNKNOWN, type About, type Refused } from './disclosure.js';
import { candidatesFor, emails, requestFacts, who, type Facts } from '../facts.js';
import { LONGEST_TEXT, tidy } from './ask/form.js';
import { gatherInputs } from '../gather-inputs.js';
import { inForce } from '../in-force.js';
import { noting, OFFERS_BUDGET, offersOf, type Offer } from './ask/offers.js';
import { requestsOf } from '../own-requests.js';
import { recent } from './suggest/ttl-cache.js';
import { recordForPerson, type Recorded } from '../record-command.js';
import { readHead, revoke } from './revoke.js';
import { submit, whyNot } from './ask/submit.js';
import { FRESH, suggestions, type Typist } from './suggest/finder.js';

export interface FrontDeps extends Facts {
  store: RequestStore;
  clock: Clock;
  newId: () => string;
  /** Something has changed: whoever can may look at once. The stream and the sweep are the guarantee. */
  wake: (id: string) => void;
  /** Absent: nobody can be asked who is on call. */
  onCall?: OnCall;
  log: { warn(about: object, message: string): void };
}

type Found = Awaited<ReturnType<FrontDeps['directory']['person']>>;

/** Of one's own requests that are over: a page. */
const NEWEST = 20;
/** Who are typing at about the same time. */
const TYPING = 1000;

/** What people may cause. It records claims and wishes; it cannot write a grant or a lease, and calls no AWS. */
export function front(deps: FrontDeps): Front {
  const { store, clock, bundle, directory, wake, log } = deps;
  const typing = recent<Typist>(TYPING, FRESH);
  const suggest = suggestions(deps);
  const told = disclosure(deps, mayRead);
  const { nobodys, unknownTo, why } = told;

  /** Runs `act` for a person whom the directory vouches for now; what cannot be known about people is a refusal. */
  async function asPerson<T>(
    actor: Actor,
    act: (person: Person) => Promise<Answer<T>>,
    look: () => Promise<Found> = () => directory.person(actor),
  ): Promise<Answer<T>> {
    const found = await look();
    if ('refusal' in found) {
      log.warn({ actor, code: found.refusal.code }, 'not let in');
      return found;
    }
    try {
      return await act(found.person);
    } catch (error) {
      const spoilt = error instanceof RecordFault && error.code === 'unreadable' ? error.request : undefined;
      if (spoilt !== undefined) return { refusal: { code: 'unreadable-request', request: spoilt } };
      if (!(error instanceof Unknowable)) throw error;
      log.warn({ actor, err: error }, 'refused: the directory does not answer');
      return { refusal: { code: 'directory-unavailable' } };
    }
  }

  /** Who somebody was a moment ago: good enough for what nothing follows from, and no look-up at each key. */
  async function whoTypes(actor: Actor): Promise<Answer<Typist>> {
    const now = clock.now();
    const key = `${actor.provider}/${actor.id}`;
    const known = typing.get(key, now);
    if (known) return { ok: known };
    return asPerson(actor, async (person) => ({
      ok: typing.put(key, { person, who: await who(deps, person) }, now),
    }));
  }

  /** As `asPerson`, for what ends access: nobody waits for a look-up to hand back what is theirs. */
  async function asOneWhoEnds<T>(
    actor: Actor,
    id: string,
    act: (person: Person) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const { state } = (await readHead(store, id)) ?? nobodys(id);
    return asPerson(actor, act, () => directory.personEnding(actor, state.requester));
  }

  /** A signed request that was refused has no effect when it comes again, whatever has changed (invariant 14). */
  async function once<T>(seen: string, act: Promise<Answer<T>>): Promise<Answer<T>> {
    const answer = await act;
    if ('refusal' in answer && answer.refusal.code !== 'replayed') await store.remember(seen);
    return answer;
  }

  async function change(
    by: Person,
    id: string,
    seen: string,
    command: (about: About) => Promise<Command>,
  ): Promise<Answer<State>> {
    let met: Head | undefined;
    let made: Command | undefined;
    const recorded: Recorded = await recordForPerson(store, id, seen, async (head) => {
      met = head;
      made = await command(head ?? nobodys(id));
      return head ? made : UNKNOWN;
    });
    if ('refusal' in recorded) return why(by, id, { met, made, refused: recorded });
    wake(id);
    return { ok: inForce(recorded.head.state, bundle()) };
  }

  async function voteCommand(
    type: 'Approve' | 'Deny',
    by: Person,
    { stage, revision }: StageButton,
    { state }: About,
    text?: string,
  ): Promise<Command> {
    const at = clock.now();
    const { requester, chain } = state;
    const { owners } = inForce(state, bundle()).entitlement;
    const { asked, unknown } = await candidatesFor(deps, chain, requester.email, owners);
    const candidates = emails(asked, [by]);
    const verdict = bundle().pdp.approve({
      who: await who(deps, by),
      request: await requestFacts(deps, state),
      stage,
      member: candidates[stage]?.includes(by.email) ?? false,
      at,
    });
    const given = text === undefined ? {} : { text };
    return { type, at, by, stage, revision, verdict, candidates, unknown, ...given };
  }

  /** What `command` would meet now, without recording anything. */
  async function rehearse(
    by: Person,
    id: string,
    command: (about: About) => Promise<Command>,
  ): Promise<Answer<State>> {
    const met = await store.head(id);
    const made = await command(met ?? nobodys(id));
    const decided = met ? decide(made, met.state) : UNKNOWN;
    return 'refusal' in decided
      ? why(by, id, { met, made, refused: decided })
      : { ok: inForce(met!.state, bundle()) };
  }

  const mintCommand = (by: Person, waiting: string): Command => ({
    type: 'RequestMint',
    at: clock.now(),
    by,
    waiting,
  });

  async function mayRead(person: Person, state: State, asked: Record<string, Candidate[]>): Promise<boolean> {
    const known = [state.requester, ...state.votes.map(({ by }) => by)];
    if (known.some((one) => sameAccount(person.account, one.account))) return true;
    // Who has the address of one of them by now is a stranger to this request, and to policies looks like that one.
    if (known.some((one) => samePerson(person, one) === 'changed')) return false;
    if (Object.values(emails(asked, [person])).some((people) => people.includes(person.email))) return true;
    const [asker, request] = await Promise.all([who(deps, person), requestFacts(deps, state)]);
    return bundle().pdp.may('audit', { who: asker, request, at: clock.now() }).outcome === 'allowed';
  }

  /** A request with those who are asked now. Whoever has nothing to do with it does not learn that it exists. */
  async function readable(person: Person, id: string): Promise<RequestView | Refused> {
    const head = await store.head(id);
    const state = inForce((head ?? nobodys(id)).state, bundle());
    const { requester, entitlement, chain } = state;
    const { asked } = await candidatesFor(deps, chain, requester.email, entitlement.owners);
    if (!(await mayRead(person, state, asked)) || !head) return unknownTo(person);
    return { state, asked, posts: head.posts, ...(head.unasked && { unasked: head.unasked }) };
  }

  async function offersFor(
    person: Person,
    entitlements: Iterable<Entitlement>,
    budget?: Millis,
  ): Promise<{ offers: Offer[] | undefined; lost: UnknownGroup[] }> {
    const about = [...entitlements];
    const at = clock.now();
    const [asker, inputs] = await Promise.all([who(deps, person), gatherInputs(deps, person, about, at)]);
    const { pdp, lost } = noting(bundle().pdp);
    const time = { now: () => clock.now(), budget };
    const offers = await offersOf({ pdp, who: asker, at, inputs }, about, time);
    return { offers, lost: [...lost.values()] };
  }

  const reasonText = (text: string) => {
    const kept = Array.from(tidy(text)).slice(0, LONGEST_TEXT).join('');
    return visibleLength(kept) > 0 ? kept : '';
  };

  const calls: Front = {
    offers: (actor) =>
      asPerson(actor, async (person) => {
        const { offers, lost } = await offersFor(person, bundle().entitlements.values(), OFFERS_BUDGET);
        // That there is nothing is said only where all of it is known.
        return offers?.length === 0 && lost.length > 0 ? groupUnknown(lost) : { ok: offers };
      }),

    offer: (actor, entitlement) =>
      asPerson(actor, async (person) => {
        const wanted = bundle().entitlements.get(entitlement);
        const { offers } = await offersFor(person, wanted ? [wanted] : []);
        return { ok: offers?.[0] };
      }),

    mayAsk: (actor) =>
      asPerson(actor, async (person) => {
        const typist = { person, who: await who(deps, person) };
        const { found, more, lost } = await suggest.find(typist, '', 1);
        const some = found.length > 0 || more;
        return !some && lost.length > 0 ? groupUnknown(lost) : { ok: some };
      }),

    async suggest(actor, query, limit) {
      const asker = await whoTypes(actor);
      if ('refusal' in asker) return asker;
      return { ok: (await suggest.find(asker.ok, query, limit)).found };
    },

    async whyNot(actor, entitlement) {
      const answer = await asPerson(actor, async (person) => ({
        ok: await whyNot(deps, person, entitlement),
      }));
      return 'refusal' in answer ? answer.refusal : answer.ok;
    },
    refuse: (seen) => store.remember(seen),

    submit: (actor, form, seen) =>
      once(
        seen,
        asPerson(actor, (person) => submit(deps, person, form, seen)),
      ),

    approve: (actor, button, seen) => {
      const act = (by: Person) =>
        change(by, button.id, seen, (about) => voteCommand('Approve', by, button, about));
      return once(seen, asPerson(actor, act));
    },

    mayDeny: (actor, button) =>
      asPerson(actor, (by) =>
        rehearse(by, button.id, (about) => voteCommand('Deny', by, button, about, '-')),
      ),

    deny: (actor, button, reason, seen) => {
      const act = (by: Person) =>
        change(by, button.id, seen, (about) => voteCommand('Deny', by, button, about, reasonText(reason)));
      return once(seen, asPerson(actor, act));
    },

    cancel: (actor, id, seen) => {
      const act = (by: Person) => change(by, id, seen, async () => ({ type: 'Cancel', at: clock.now(), by }));
      return once(seen, asOneWhoEnds(actor, id, act));
    },

    revoke: (actor, id, reason, seen) => {
      const about = { id, text: reasonText(reason), seen };
      return once(
        seen,
        asOneWhoEnds(actor, id, (by) => revoke(deps, by, about, told)),
      );
    },

    mayMint: (actor, id) => asPerson(actor, (by) => rehearse(by, id, async () => mintCommand(by, ''))),

    mint: (actor, id, waiting, seen) =>
      once(
        seen,
        asPerson(actor, (by) => change(by, id, seen, async () => mintCommand(by, waiting))),
      ),

    mine: (actor) =>
      asPerson(actor, async (person) => {
        const { open, closed, more } = await requestsOf(store, person, NEWEST);
        const shown = (states: State[]) => states.map((state) => inForce(state, bundle()));
        return { ok: { open: shown(open), closed: shown(closed), more } };
      }),

    explain: (actor, id) =>
      asPerson(actor, async (person) => {
        const { explain, entitlements } = bundle();
        const found = await readable(person, id);
        if ('refusal' in found) return found;
        const { state } = found;
        const { requester, entitlement, duration, requestedAt: at, ticket } = state;
        const current = entitlements.get(entitlement.id);
        const [asker, inputs] = await Promise.all([
          who(deps, requester),
          gatherInputs(deps, requester, current ? [current] : [], clock.now()),
        ]);
        const question = { who: asker, entitlement: entitlement.id, duration, at, ...(ticket && { ticket }) };
        const lines = explain?.({ ...question, ...(current && inputs(current)) }) ?? [];
        return { ok: { state, lines } };
      }),

    status: (actor, id) =>
      asPerson(actor, async (person) => {
        const found = await readable(person, id);
        return 'refusal' in found ? found : { ok: { ...found, records: await store.records(id) } };
      }),
  };
  return calls;
}

function groupUnknown(groups: UnknownGroup[]): Refused {
  return { refusal: { code: 'group-unknown', groups } };
}
