import { examine } from '../../src/domain/record/history.js';
import { brokenAt, type AuditRecord } from '../../src/domain/record/seal.js';
import { openStage } from '../../src/domain/chain.js';
import { isPerson } from '../../src/domain/record/values.js';
import { canonical, type Instant } from '../../src/domain/entitlement.js';
import { REQUESTER } from '../../src/domain/request/posts.js';
import { asRequest, isExtending } from '../../src/domain/request/extension.js';
import { evolve } from '../../src/domain/request/stories/index.js';
import { waitingStage } from '../../src/domain/request/stories/story.js';
import type { Grant } from '../../src/domain/grant.js';
import type { Head } from '../../src/domain/request/head.js';
import type { Owed } from '../../src/domain/request/outbox.js';
import type { Event } from '../../src/domain/request/event.js';
import type { State } from '../../src/domain/request/state.js';
import type { EngineChange, EngineStore } from '../../src/ports/record.js';
import { authorize, iso } from '../../src/sandbox/aws/policy/authorize.js';
import type { Cloud } from './aws.js';
import { FOREIGN } from './aws.js';
import { chainOf, EXTENSIONS, mail, MINUTE, nameOf, OWN, REQUESTERS, type Company } from './company.js';
import type { Process, Scheduler } from './scheduler.js';
import { wrongKeys } from './keys.js';
import { punctual } from './punctual.js';
import { mostApart, standIns, type Decided } from './stand-ins.js';
import { needsReview } from '../../src/domain/request/stories/reviewing.js';
import { emergencyJudge } from './emergency/judge.js';
import { drawn, type Dm, type Slack } from './slack.js';
import { lookAtStart } from './later.js';
import { storiesMet } from './met.js';
import type { Pace } from './trouble.js';
import { upcastEvent } from '../../src/domain/record/upcast.js';

const DAY = 86_400_000;
/** How long ago a fact may have been gathered that a decision rests on. */
const GATHERED = 60_000;
/** So long the last good answer of the policies counts while people cannot be looked up. */
const LAST_GOOD = 15 * 60_000;
/** By then an engine has seen that something is to end, and noted it where nobody else writes. */
const SEEN = 5_000;
/** What has waited for so long in a calm company has been reminded of and gone on: it does so after 20 minutes, or 50 after a question. */
const LONG = 60 * MINUTE;
/** Bytes of HEAD: DynamoDB takes four times as much. */
const LARGEST = 100_000;
/** More than 5 s is too far; AWS's `Date` is in whole seconds. */
const WRONG_CLOCK = 7_000;

type Approved = Extract<Event, { type: 'RequestApproved' }>;
type Extended = Extract<Event, { type: 'LeaseExtended' }>;
const NEWS_OF: Record<Dm['news'], Event['type'][]> = {
  sent: ['RequestSubmitted'],
  shortened: ['DurationShortened'],
  question: ['QuestionAsked'],
  scheduled: ['Voted'],
  doubted: ['StartDoubted'],
  decided: ['RequestApproved', 'RequestDenied'],
  active: ['GrantProvisioned'],
  'ending-soon': ['EndAnnounced'],
  extended: ['LeaseExtended', 'GrantProvisioned'],
  'not-extended': ['ExtensionRefused'],
  ended: ['RequestClosed', 'RequestCancelled', 'RequestLapsed'],
};

export type Judge = ReturnType<typeof judge>;

/** Watches everything that happens, from outside, and says what must never be. */
export function judge(
  time: Scheduler,
  company: Company,
  pace: Pace,
  parts: { cloud: () => Cloud; slack: () => Slack },
) {
  const problems = new Set<string>();
  const heads = new Map<string, Head>();
  const events = new Map<string, Event[]>();
  const grants = new Map<string, Grant>();
  const clicks: { by: string; id: string; stage: string; at: Instant }[] = [];
  /** Requests whose HEAD was rewritten by somebody who owns the front. */
  const forged = new Set<string>();
  const refusals = { at: 0 };
  /** Since when nothing goes wrong any more. */
  const calm = { since: Infinity };
  /** Requests of which an order to end them stands. */
  const orders = new Set<string>();
  const largest = { head: 0 };

  const blame = (what: string) => void problems.add(what);
  const ends = punctual(time, { pace, grants, blame, look: () => lookAtAws(), forged });
  const delegating = standIns(time, company, { blame, letters: () => parts.slack().letters });
  const eventsOf = (id: string) => events.get(id) ?? [];
  const emergencies = emergencyJudge({
    forged,
    blame,
    eventsOf,
    ids: () => heads.keys(),
    slack: () => parts.slack(),
    now: () => time.now(),
    gathered: GATHERED,
  });
  const find = <T extends Event['type']>(id: string, type: T) =>
    eventsOf(id).find((event): event is Extract<Event, { type: T }> => event.type === type);
  const askedOf = (id: string) => find(id, 'RequestSubmitted')?.asked;
  /** Ended before its time. What ended by itself may be closed by a clock that is a little ahead: its end still holds. */
  function isOver(id: string): boolean {
    const { gone, lease } = grants.get(id) ?? {};
    if (gone && lease && gone.checkedAt < lease.endsAt - WRONG_CLOCK) return true;
    return (find(id, 'RequestClosed')?.outcome ?? 'expired') !== 'expired';
  }

  /** The last end that was on record: what AWS may have been given goes no further. */
  function endOf(id: string): Instant | undefined {
    const leases = eventsOf(id).flatMap((event) =>
      event.type === 'RequestApproved' || event.type === 'LeaseExtended' ? [event.lease.endsAt] : [],
    );
    return leases.length > 0 ? Math.max(...leases) : undefined;
  }

  /** May this person do this at that time, by what was truly approved and has not been closed? */
  function entitled(email: string, account: string, action: string, at: Instant, only?: string): boolean {
    return [...heads.keys()].some((id) => {
      const asked = askedOf(id);
      const approval = find(id, 'RequestApproved');
      if (!asked || !approval || (only && only !== id)) return false;
      if (isOver(id) || ends.isOver(id, time.now())) return false;
      if (asked.requester.email !== email || asked.grant.account !== account) return false;
      if (asked.grant.kind === 'iam-policy' && !canonical(asked.grant.config).includes(action)) return false;
      return at < endOf(id)!;
    });
  }

  /** Asks AWS what it would answer now, at every end, and long after, should nobody ever do anything again. */
  function lookAtAws(): void {
    const { world } = parts.cloud();
    const now = time.now();
    const ends = [...heads.keys()].flatMap((id) => {
      const end = endOf(id);
      return end === undefined || end < now ? [] : [end, end + 1000];
    });
    const instants = [now, ...ends, now + 30 * DAY];
    for (const identity of world.identities.values()) {
      if (identity.type !== 'user' || !REQUESTERS.includes(identity.name)) continue;
      if (![...identity.inline.keys()].some((name) => name !== FOREIGN)) continue;
      for (const at of instants) {
        for (const action of ['s3:GetObject', 's3:DeleteObject']) {
          const context = { 'aws:CurrentTime': iso(at) };
          const resource = 'arn:aws:s3:::billing/x';
          if (!authorize(world, { principalArn: identity.arn, action, resource, context }).allowed) continue;
          if (!entitled(mail(identity.name), identity.account, action, at))
            blame(at > now ? 'access past its end' : 'access that nobody may have now');
        }
      }
    }
    for (const session of world.sessions.values()) {
      const id = session.tags['jit:request'];
      if (!id || session.expiresAt <= now) continue;
      for (const at of [now, ...ends, session.expiresAt - 1000]) {
        if (at < now || at >= session.expiresAt) continue;
        const { accessKeyId } = session.keys;
        const question = { accessKeyId, action: 's3:GetObject', context: { 'aws:CurrentTime': iso(at) } };
        if (!authorize(world, question).allowed) continue;
        if (!entitled(askedOf(id)?.requester.email ?? '', OWN, 's3:GetObject', at, id))
          blame(at > now ? 'a session past its end' : 'a session that nobody may have now');
      }
    }
  }

  /** Whoever is active has what they were promised. */
  function lookAtActive(): void {
    for (const [id, { state }] of heads) {
      if (state.status !== 'active' || state.grant.kind !== 'iam-policy') continue;
      if (forged.has(id) || orders.has(id)) continue;
      const { endsAt } = state.extension?.agreed?.from ?? state.lease;
      if (!policiesOf(state).includes(`jit-${id}`) && time.now() < endsAt - 10_000)
        blame('somebody active has no access');
    }
  }

  function policiesOf({ requester, grant }: State): string[] {
    const arn = `arn:aws:iam::${grant.account}:user/${nameOf(requester.email)}`;
    return [...(parts.cloud().world.identities.get(arn)?.inline.keys() ?? [])];
  }

  /** The votes, judged anew by what held in the company, and not by what the program thought. */
  function lookAtVotes(id: string, approval: Approved): void {
    const asked = askedOf(id);
    if (!asked) return blame('approved without having been asked for');
    const { requester, entitlement } = asked;
    const votes = eventsOf(id).flatMap((event) => (event.type === 'Voted' ? [event.vote] : []));
    const standing = votes.filter((vote) =>
      company.heldWithin(approval.at - GATHERED, time.now(), (facts) =>
        company.mayFill({ ...vote, escalated: wentOn(id, vote.stage) }, requester.email, facts),
      ),
    );
    const filled = (facts: Parameters<typeof chainOf>[1]) =>
      chainOf(entitlement.id, facts).every(({ name, quorum }) => {
        const people = new Set(standing.filter(({ stage }) => stage === name).map(({ by }) => by.email));
        return people.size >= quorum;
      });
    const needed = (at: Instant) => company.heldWithin(at - GATHERED, at + GATHERED, filled);
    // An emergency needs nobody.
    if (asked.emergency) return emergencies.given(id, approval.at);
    if (!needed(asked.requestedAt) || !needed(approval.at)) blame('granted without its votes');
    const seats = chainOf(entitlement.id, company.facts()).reduce((sum, { quorum }) => sum + quorum, 0);
    if (
      mostApart(standing) <
      Math.min(
        seats,
        asked.chain.reduce((sum, { quorum }) => sum + quorum, 0),
      )
    )
      blame('one person was counted twice');
    const { startsAt, endsAt } = approval.lease;
    const given = eventsOf(id).flatMap((event) => (event.type === 'DurationShortened' ? [event.to] : []));
    if (endsAt - startsAt > Math.min(asked.duration, ...given)) blame('given for longer than was approved');
    if (
      !company.heldWithin(
        approval.at - GATHERED,
        time.now(),
        ({ deactivated }) => !deactivated.includes(nameOf(requester.email)),
      )
    )
      blame('granted to somebody who had left');
  }

  function lookAtVote(id: string, event: Event, before: State | undefined): void {
    if (!before) return;
    if (event.type === 'Voted') delegating.voted(event.vote, before, wentOn(id, event.vote.stage));
    // An extension does not go on to anybody.
    if (event.type === 'ExtensionVoted' && isExtending(before))
      delegating.voted(event.vote, asRequest(before, before.extension), false);
    if (event.type !== 'RequestDenied' || event.reason.code !== 'vote' || !isPerson(event.by)) return;
    const { stage } = event.reason;
    delegating.denied({ ...event, by: event.by, stage }, before, wentOn(id, stage));
  }

  /** The same of an extension: by its own votes, before the old end, and no longer than the catalog allows. */
  function lookAtExtension(
    id: string,
    { number, lease, total, at }: Extended,
    before: State | undefined,
  ): void {
    const asked = askedOf(id);
    if (!asked || before?.status !== 'active') return blame('made longer what was not active');
    if (at >= before.lease.endsAt) blame('made longer after its end');
    if (lease.startsAt !== before.lease.startsAt || total > EXTENSIONS.total)
      blame('made longer by more than the catalog allows');
    if ((before.extended ?? []).length >= EXTENSIONS.most) blame('made longer too often');
    // An emergency needs nobody.
    if (asked.emergency) return emergencies.given(id, at);
    const { requester, entitlement } = asked;
    const votes = eventsOf(id).flatMap((event) =>
      event.type === 'ExtensionVoted' && event.number === number ? [event.vote] : [],
    );
    const standing = votes.filter(
      (vote) =>
        vote.by.email !== requester.email &&
        company.heldWithin(at - GATHERED, time.now(), (facts) =>
          company.mayFill({ ...vote, escalated: false }, requester.email, facts),
        ),
    );
    const filled = (facts: Parameters<typeof chainOf>[1]) =>
      chainOf(entitlement.id, facts).every(({ name, quorum }) => {
        const people = new Set(standing.filter(({ stage }) => stage === name).map(({ by }) => by.email));
        return people.size >= quorum;
      });
    if (!company.heldWithin(at - GATHERED, at + GATHERED, filled)) blame('made longer without its votes');
    if (mostApart(standing) < new Set(votes.map(({ by }) => by.email)).size)
      blame('one person was counted twice for an extension');
  }

  function wentOn(id: string, stage: string): boolean {
    return eventsOf(id).some((event) => event.type === 'StageEscalated' && event.stage === stage);
  }

  /** A round of reminders is on record: then its first line has been said. And each is told of what waits, in time. */
  function lookAtWaiting(id: string, event: Event, before: State | undefined): void {
    if (event.type === 'Reminded') {
      const end = `.${event.stage}.`;
      const said = parts
        .slack()
        .reminders.some(
          ({ request, key }) =>
            request === id && key.includes(end) && key.split(' ')[0]!.endsWith(`.${event.round}`),
        );
      if (!said) blame('a reminder is on record that nobody got');
    }
    if (event.type === 'StageEscalated' && before?.escalated?.some(({ stage }) => stage === event.stage))
      blame('a stage was escalated twice');
    if (event.type !== 'RequestLapsed' || !before) return;
    const stage = waitingStage(before);
    const waits = Math.min(time.now() - calm.since, time.now() - opened(id));
    if (stage !== 'manager' || waits < LONG) return;
    if (!before.reminders || before.reminders.stage !== stage) blame('nobody was reminded of what waited');
    if (!wentOn(id, stage)) blame('what nobody answered went on to nobody');
  }

  /** When the stage that waits began to. */
  function opened(id: string): Instant {
    const starts: Event['type'][] = [
      'PreflightPassed',
      'Voted',
      'VotesVoided',
      'ChainChanged',
      'QuestionAsked',
    ];
    return Math.max(...eventsOf(id).flatMap(({ type, at }) => (starts.includes(type) ? [at] : [])));
  }

  function lookAtSize(head: Head): void {
    largest.head = Math.max(largest.head, JSON.stringify(head).length);
    if (largest.head > LARGEST) blame('HEAD has grown too large');
  }

  /** The newest press counts, and what ends gives no more sessions; what a process has in hand is left to it. */
  function lookAtMints({ state, outbox }: Head): void {
    const waiting = outbox.filter(({ effect, attempts }: Owed) => effect.type === 'mint' && attempts === 0);
    if (waiting.length > 1) blame('two presses wait for a session each');
    if (waiting.length > 0 && state.status === 'ending') blame('what ends still owes a session');
  }

  /** A session was opened: was that still permitted, by what held in the company? */
  function lookAtPermission(id: string): void {
    const requester = askedOf(id)?.requester.email;
    if (requester === undefined) return;
    const since = time.now() - (company.silentSince(time.now() - LAST_GOOD) ? LAST_GOOD : 0) - GATHERED;
    const permitted = company.heldWithin(
      since,
      time.now(),
      ({ frozen, deactivated }) => !frozen && !deactivated.includes(nameOf(requester)),
    );
    if (!permitted) blame('a session was opened that is not permitted any more');
  }

  /** What is not owed any more has been done: of a stage that is open somebody has a card. */
  function lookAtAsking({ id, state, outbox }: Head, before: Head | undefined): void {
    const owesCards = (owed: Owed[] = []) => owed.some(({ effect }) => effect.type === 'cards');
    if (state.status !== 'pending' || !state.checked || owesCards(outbox) || !owesCards(before?.outbox))
      return;
    const open = openStage(state);
    const { cards, copies } = parts.slack();
    const isFor = (key: string) => `${key} `.startsWith(`${id} ${open?.name} `);
    if (open && ![...cards.keys(), ...copies.keys()].some(isFor))
      blame('nobody was asked, and nothing is owed');
  }

  function happened(id: string, event: Event, by: Process): void {
    events.set(id, [...eventsOf(id), event]);
    if (
      ['RequestApproved', 'ProvisionAttempted', 'LeaseExtended'].includes(event.type) &&
      Math.abs(by.skew) > WRONG_CLOCK
    )
      blame('granted by a clock that is wrong');
    if (event.type === 'RequestApproved') lookAtVotes(id, event);
    if (event.type === 'EmergencyReviewed') emergencies.reviewed(id, event);
    if (event.type === 'Voted' || event.type === 'ExtensionVoted') {
      const name = nameOf(event.vote.by.email);
      if (!clicks.some((click) => click.by === name && click.id === id && click.stage === event.vote.stage))
        blame('a vote that nobody gave');
    }
    if (event.type === 'RevocationStarted' && !forged.has(id)) {
      ends.ended(id);
      // Until an engine has seen it, it stands in HEAD alone; whoever writes there first has kept it from everybody.
      time.after(SEEN, () => forged.has(id) || ends.takenBack(id));
    }
    if (event.type === 'ProvisionAttempted' || event.type === 'MintAttempted') ends.attempted(id);
    if (event.type === 'CredentialsMinted') {
      const { lease } = grants.get(id) ?? {};
      const wrong = lease && wrongKeys(parts.cloud().world, id, event, lease.endsAt);
      if (wrong) blame(wrong);
    }
    if (event.type === 'RequestClosed') {
      lookAtAws();
      const attempts = eventsOf(id).flatMap((one) => (one.type === 'ProvisionAttempted' ? [one.until] : []));
      if (Math.abs(by.skew) < WRONG_CLOCK && time.now() < Math.max(...attempts) - 2 * WRONG_CLOCK)
        blame('closed while a call might still land');
    }
    if (event.type === 'GrantProvisioned') lookAtActive();
    if (event.type === 'RevocationStarted' && event.cause === 'failed') {
      // Our own words for a grant whose time was over before AWS could be asked.
      const refused = event.reason?.code === 'aws' && !['TooLate', 'Ended'].includes(event.reason.error);
      if (refused && refusals.at === 0) blame('a failure was reported that AWS knows nothing of');
    }
  }

  return {
    problems,
    heads,
    grants,
    forged,
    delegating,
    lookAtAws,
    /**
     * As far as it was measured: how long after an order AWS was asked, in ms; the largest HEAD, in bytes; votes in the place
     * of somebody; which stories met in one request.
     */
    measured: () => ({
      delays: [...ends.delays],
      largestHead: largest.head,
      votesInstead: delegating.given.instead,
      met: storiesMet([...events.values()]),
    }),
    /** A call to AWS begins that takes something away, whether or not it lands. */
    asks: (id: string) => ends.asks(id),
    /** END stands from now on. */
    ordered(id: string): void {
      if (orders.has(id)) return;
      orders.add(id);
      ends.takenBack(id);
      if (!forged.has(id)) ends.ended(id);
    },
    /** An order is due until the grant's own record says that it ends, or that there is nothing to end. */
    ordersDue: (): Instant[] =>
      [...orders].flatMap((id) => (grants.get(id)?.gone || grants.get(id)?.ending ? [] : [time.now()])),
    /** The grant's own record was written. */
    saved(grant: Grant): void {
      grants.set(grant.requestId, grant);
      if (grant.ending) ends.takenBack(grant.requestId);
      if (grant.gone) ends.gone(grant.requestId);
      if (grant.gone) lookAtAws();
    },
    wroteTwice: () => blame('one write landed twice'),
    calmFromNow: () => void (calm.since = time.now()),
    reminded(request: string, again: boolean): void {
      if (again && !forged.has(request))
        blame('somebody was reminded twice, though a look would have shown it');
    },
    awsRefuses: () => void (refusals.at = time.now()),
    clicked: (by: string, id: string, stage: string) => void clicks.push({ by, id, stage, at: time.now() }),

    /** A write has landed. */
    wrote({ head, records, grant, lease }: EngineChange, by: Process): void {
      const before = heads.get(head.id);
      heads.set(head.id, head);
      if (grant) grants.set(head.id, grant);
      if (grant?.gone) ends.gone(head.id);
      lookAtSize(head);
      if (!forged.has(head.id)) lookAtMints(head);
      const approved = records.some(({ event }) => event.type === 'RequestApproved');
      if (approved && (!grant || lease !== 'put')) blame('approved, and the duty to revoke is not on record');
      for (const { event } of records) {
        happened(head.id, upcastEvent(event), by);
        if (forged.has(head.id)) continue;
        const one = upcastEvent(event);
        if (one.type === 'LeaseExtended') lookAtExtension(head.id, one, before?.state);
        lookAtVote(head.id, one, before?.state);
        lookAtWaiting(head.id, one, before?.state);
        const wrong = lookAtStart(
          upcastEvent(event),
          { asked: askedOf(head.id), before: before?.state },
          { now: time.now(), wrongClock: WRONG_CLOCK, calmSince: calm.since },
        );
        if (wrong !== undefined) blame(wrong);
      }
      if (forged.has(head.id)) return;
      lookAtAsking(head, before);
      for (const owed of before?.outbox ?? []) {
        if (owed.effect.type !== 'tell' || head.outbox.some(({ id }) => id === owed.id)) continue;
        const { news } = owed.effect;
        const told = parts.slack().dms.some((dm) => dm.id === `${head.id}.${owed.id}`);
        const { status } = head.state;
        // The message to the requester was posted only then, or the next news says it, too.
        const saidElsewhere =
          (head.posts[REQUESTER]?.from ?? -1) >= Number.parseInt(owed.id, 10) ||
          (news === 'decided' &&
            before?.outbox.some(({ effect }) => 'news' in effect && effect.news === 'active'));
        const early = ['sent', 'shortened', 'question', 'scheduled', 'doubted'].includes(news);
        const overtaken = early ? status !== 'pending' : ['ending', 'closed'].includes(status);
        if (!told && !saidElsewhere && (news === 'decided' || news === 'ended' || !overtaken))
          blame(`"${news}" was never told`);
      }
    },

    /** AWS has changed. */
    landed(action: string, params: URLSearchParams, _by: Process): void {
      const name = params.get('PolicyName') ?? '';
      const id = /^jit-(?:revoke-)?(.*)$/.exec(name)?.[1] ?? '';
      if (action.endsWith('Policy')) {
        if (!heads.has(id)) blame(`${action} touched what is not ours`);
        const head = heads.get(id);
        if (action === 'DeleteUserPolicy' && head && !forged.has(id) && !orders.has(id)) {
          // After its end the grant's own record takes it away, whatever HEAD says.
          const early = time.now() < (grants.get(id)?.lease.endsAt ?? Infinity) - WRONG_CLOCK;
          if (early && !['ending', 'closed'].includes(head.state.status)) blame('taken away before its time');
        }
      }
      // What AWS itself has taken away does not come back.
      if (action === 'DeleteUserPolicy' || (action === 'PutRolePolicy' && id)) ends.takenBack(id);
      if (action === 'AssumeRole') lookAtPermission(params.get('RoleSessionName')?.slice(4) ?? '');
      lookAtAws();
      if (action.startsWith('Delete')) lookAtActive();
    },

    dm({ request, news }: Dm, again: boolean): void {
      if (!NEWS_OF[news].some((type) => find(request, type)))
        blame(`"${news}" was told before it was on record`);
      if (again && !forged.has(request)) blame('told twice, though a look would have shown it');
    },

    copy(request: string, again: boolean): void {
      if (again && !forged.has(request))
        blame('a manager was asked twice, though a look would have shown it');
    },

    card(request: string, shown: string): void {
      if (shown.startsWith('active') && !find(request, 'GrantProvisioned'))
        blame('a card was green before there was a grant');
    },

    /** Once a healthy process has had its time. */
    async closing(store: EngineStore, secrets: string[], log: string): Promise<void> {
      const texts = [log, JSON.stringify(parts.slack().dms), JSON.stringify([...parts.slack().cards])];
      const nonces = new Set<string>();
      for (const id of heads.keys()) {
        const head = forged.has(id) ? heads.get(id) : await store.head(id);
        const records = await store.records(id);
        const grant = await store.grant(id);
        texts.push(JSON.stringify([head, records, grant]));
        if (!head) {
          blame('a request was lost');
          continue;
        }
        lookAtEnd(head, records, grant);
        if (!forged.has(id)) {
          const end = await store.end(id);
          const findings = examine(id, { head, records, ...(grant && { grant }), ...(end && { end }) });
          for (const { n, what } of findings) blame(`verify doubts what is true: ${n ?? ''} ${what}`);
          if (nonces.has(head.state.justification)) blame('one signed request made two requests');
        }
        nonces.add(head.state.justification);
      }
      const decided = [...heads.keys()].flatMap(eventsOf).flatMap((one): Decided[] => {
        if (one.type === 'Voted' || one.type === 'ExtensionVoted') return [one.vote];
        return one.type === 'RequestDenied' && isPerson(one.by) ? [{ ...one, by: one.by }] : [];
      });
      await delegating.closing(store, decided);
      for (const identity of parts.cloud().world.identities.values()) {
        if ([...identity.inline.keys()].some((name) => name.startsWith('jit-') && name !== FOREIGN))
          blame('something of ours still stands in AWS');
        if (REQUESTERS.includes(identity.name) && !identity.inline.has(FOREIGN))
          blame('we took away what was not ours');
      }
      if (pace.recorded < Infinity) ends.closing();
      if (texts.some((text) => secrets.some((secret) => text.includes(secret)))) blame('a secret was kept');
    },
  };

  function lookAtEnd(
    { id, state, outbox, dueAt }: Head,
    records: AuditRecord[],
    grant: Grant | undefined,
  ): void {
    if (brokenAt(records) !== undefined) blame('the chain is broken');
    if (records.filter(({ event }) => event.type === 'RequestApproved').length > 1) blame('approved twice');
    if (grant && (!grant.gone || (grant.gone.cleanUpAt !== undefined && !grant.cleanedUp)))
      blame('a grant was never proven gone');
    if (forged.has(id)) return;
    const replayed = records.reduce<State | undefined>(
      (so, { event }) => evolve(so, upcastEvent(event)),
      undefined,
    );
    if (canonical(replayed) !== canonical(state)) blame('HEAD is not what the record says');
    if (state.status !== 'closed') blame(`left ${state.status}`);
    // A review that nobody gives is owed for ever.
    const owed = outbox.filter(({ effect }) => effect.type !== 'review-due' || !needsReview(state));
    if (owed.length > 0) blame(`still owed: ${owed.map(({ effect }) => effect.type).join()}`);
    if (dueAt !== undefined && outbox.length === 0) blame('still due');
    emergencies.closing({ id, state, outbox } as Head);
    // What was refused at once was told in the form, and no message is owed.
    if (find(id, 'RequestSubmitted') && parts.slack().living.get(id) !== drawn(state))
      blame('the message to the requester does not show how it ended');
    for (const [key, { buttons }] of parts.slack().copies) {
      if (key.startsWith(`${id} `) && buttons) blame('a copy of a card still has its buttons');
    }
    for (const [key, shown] of parts.slack().cards) {
      if (key.startsWith(`${id} `) && shown !== drawn(state)) blame('a card does not show how it ended');
    }
  }
}
