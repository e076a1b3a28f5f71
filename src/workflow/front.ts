import { decide } from '../domain/decide.js';
import type { Person, UnknownGroup } from '../domain/directory.js';
import type { Entitlement, Millis } from '../domain/entitlement.js';
import type { Head } from '../domain/head.js';
import { sameAccount, samePerson } from '../domain/who.js';
import type { Refusal } from '../domain/refusal.js';
import { visibleLength } from '../domain/text.js';
import type { Command, State } from '../domain/request.js';
import type {
  Actor,
  Answer,
  Candidate,
  Clock,
  Front,
  OnCall,
  RequestStore,
  RequestView,
  StageButton,
} from '../ports.js';
import { candidatesFor, emails, requestFacts, Unknowable, who, type Facts } from './facts.js';
import { LONGEST_TEXT, tidy } from './form.js';
import { gatherInputs } from './gather-inputs.js';
import { inForce } from './in-force.js';
import { noting, OFFERS_BUDGET, offersOf, type Offer } from './offers.js';
import { requestsOf } from './own.js';
import { recent } from './recent.js';
import { recordForPerson, type Recorded } from './record.js';
import { revoke } from './revocation.js';
import { submit, whyNot } from './submit.js';
import { FRESH, suggestions, type Typist } from './suggest.js';

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

type Refused = { refusal: Refusal };

/** Of one's own requests that are over: a page for Slack. */
const NEWEST = 20;
/** Who are typing at about the same time. */
const TYPING = 1000;

/** What people may cause. It records claims and wishes; it cannot write a grant or a lease, and calls no AWS. */
export function front(deps: FrontDeps): Front {
  const { store, clock, bundle, directory, wake, log } = deps;
  const typing = recent<Typist>(TYPING, FRESH);
  const suggest = suggestions(deps);

  /** Runs `act` for a person whom Slack vouches for now; what cannot be known about people is a refusal. */
  async function asPerson<T>(actor: Actor, act: (person: Person) => Promise<Answer<T>>): Promise<Answer<T>> {
    const found = await directory.person(actor);
    if ('refusal' in found) {
      log.warn({ actor, code: found.refusal.code }, 'not let in');
      return found;
    }
    try {
      return await act(found.person);
    } catch (error) {
      if (!(error instanceof Unknowable)) throw error;
      log.warn({ actor, err: error }, 'refused: the directory does not answer');
      return { refusal: { code: 'directory-unavailable' } };
    }
  }

  /** Who somebody was a moment ago: good enough for what nothing follows from, and no look-up at each key. */
  async function whoTypes(actor: Actor): Promise<Answer<Typist>> {
    const now = clock.now();
    const key = JSON.stringify([actor.team, actor.slackId]);
    const known = typing.get(key, now);
    if (known) return { ok: known };
    return asPerson(actor, async (person) => ({
      ok: typing.put(key, { person, who: await who(deps, person) }, now),
    }));
  }

  async function change(
    id: string,
    seen: string,
    command: (head: Head) => Promise<Command | Refused>,
  ): Promise<Answer<State>> {
    const recorded: Recorded = await recordForPerson(store, id, seen, async (head) =>
      head ? command(head) : { refusal: { code: 'unknown-request' } },
    );
    if ('refusal' in recorded) return recorded;
    wake(id);
    return { ok: inForce(recorded.head.state, bundle()) };
  }

  async function voteCommand(
    type: 'Approve' | 'Deny',
    by: Person,
    { stage, revision }: StageButton,
    { state }: Head,
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
  async function rehearse(id: string, command: (head: Head) => Promise<Command>): Promise<Answer<State>> {
    const head = await store.head(id);
    if (!head) return { refusal: { code: 'unknown-request' } };
    const decided = decide(await command(head), head.state);
    return 'refusal' in decided ? decided : { ok: inForce(head.state, bundle()) };
  }

  const mintCommand = (by: Person, viewId: string): Command => ({
    type: 'RequestMint',
    at: clock.now(),
    by,
    viewId,
  });

  async function mayRead(person: Person, state: State, asked: Record<string, Candidate[]>): Promise<boolean> {
    const known = [state.requester, ...state.votes.map(({ by }) => by)];
    if (known.some((one) => sameAccount(person, one))) return true;
    // Who has the address of one of them by now is a stranger to this request, and to policies looks like that one.
    if (known.some((one) => samePerson(person, one) === 'changed')) return false;
    if (Object.values(emails(asked, [person])).some((people) => people.includes(person.email))) return true;
    const [asker, request] = await Promise.all([who(deps, person), requestFacts(deps, state)]);
    return bundle().pdp.may('audit', { who: asker, request, at: clock.now() }).outcome === 'allowed';
  }

  /** A request with those who are asked now. Whoever has nothing to do with it does not learn that it exists. */
  async function readable(person: Person, id: string): Promise<RequestView | Refused> {
    const head = await store.head(id);
    if (head) {
      const state = inForce(head.state, bundle());
      const { requester, entitlement, chain } = state;
      const { asked } = await candidatesFor(deps, chain, requester.email, entitlement.owners);
      if (await mayRead(person, state, asked))
        return { state, asked, posts: head.posts, ...(head.unasked && { unasked: head.unasked }) };
    }
    const { unknownGroups: groups } = await who(deps, person);
    return { refusal: { code: 'unknown-request', ...(groups && { groups }) } };
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
    submit: (actor, form, seen) => asPerson(actor, (person) => submit(deps, person, form, seen)),

    approve: (actor, button, seen) =>
      asPerson(actor, (by) => change(button.id, seen, (head) => voteCommand('Approve', by, button, head))),

    mayDeny: (actor, button) =>
      asPerson(actor, (by) => rehearse(button.id, (head) => voteCommand('Deny', by, button, head, '-'))),

    deny: (actor, button, reason, seen) =>
      asPerson(actor, (by) =>
        change(button.id, seen, (head) => voteCommand('Deny', by, button, head, reasonText(reason))),
      ),

    cancel: (actor, id, seen) =>
      asPerson(actor, (by) => change(id, seen, async () => ({ type: 'Cancel', at: clock.now(), by }))),

    revoke: (actor, id, reason, seen) =>
      asPerson(actor, (by) => revoke(deps, by, { id, text: reasonText(reason), seen })),

    mayMint: (actor, id) => asPerson(actor, (by) => rehearse(id, async () => mintCommand(by, ''))),

    mint: (actor, id, viewId, seen) =>
      asPerson(actor, (by) => change(id, seen, async () => mintCommand(by, viewId))),

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
