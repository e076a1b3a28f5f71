import { parseChain } from '../../src/domain/chain.js';
import type { DirectoryConfig, UnknownGroup } from '../../src/domain/directory.js';
import type { Person } from '../../src/domain/person.js';
import { parseDuration } from '../../src/domain/duration.js';
import type { Entitlement } from '../../src/domain/entitlement.js';
import { INCIDENT, REQUESTER, REVIEW } from '../../src/domain/request/posts.js';
import type { Grant } from '../../src/domain/grant.js';
import type { Stranger } from '../../src/domain/refusal.js';
import { bundleWith } from './bundle.js';
import { kindOf } from './kinds.js';
import { GrantFault, type Credentials, type GrantKind, type Provisioner } from '../../src/ports/access.js';
import { NotifyFault, type DelegationNews, type Notifier } from '../../src/ports/messages.js';
import type { Actor, Candidate, Directory, Rest } from '../../src/ports/people.js';
import type { Store } from '../../src/store/change.js';
import { memoryStore } from '../../src/store/memory/store.js';
import { engine } from '../../src/workflow/engine/loop.js';
import { front } from '../../src/workflow/front/index.js';
import { slackAccount } from './accounts.js';
import { rotaUnknown } from './people.js';
import { HOUR } from './units.js';

export { HOUR };

/** For jobs that run in no process: there is nothing besides the engine to bring up to date. */
export const NO_PROCESS = { refreshPolicies: async () => undefined, complete: async () => undefined };
const START = Date.parse('2026-11-20T10:00:00Z');
const TEAM = 'T1';

export const actor = (name: string): Actor => ({ provider: 'slack', id: `U-${name}`, tenant: TEAM });
const mail = (name: string) => `${name}@corp.example`;
export const person = (name: string): Person => ({
  email: mail(name),
  account: slackAccount(`U-${name}`, TEAM),
});

/**
 * The workflow on a real store, with everything around it in a test's hands: people, policy, AWS, Slack, time.
 */
export function world(make: (of: { now: () => number }) => Store = memoryStore) {
  let now = START;
  let ids = 0;
  const policy = {
    chain: 'manager, 2 of security' as string,
    denied: undefined as { policies: string[]; advice: string[] } | undefined,
    wantsTicket: false,
    /** The chain of an emergency; absent: it is one like any other request. */
    emergency: undefined as string | undefined,
    mayReview: new Set(['sam', 'kim', 'ana'].map(mail)),
    /** No request for longer than that. */
    longest: Infinity,
    /** No extension by more than that, if so. */
    mostMore: undefined as number | undefined,
    /** What policies say of extensions; undefined: nothing. */
    extendChain: undefined as string | undefined,
    forbidsVote: new Set<string>(),
    mayRevoke: new Set([mail('sam')]),
  };
  const people = {
    stages: { manager: ['bob'], security: ['sam', 'kim', 'lee'] } as Record<string, string[]>,
    refused: {} as Record<string, Stranger['code']>,
    unavailable: false,
    lookUps: 0,
    emails: {} as Record<string, string>,
    /** Slack ids of candidates, where the directory knows them. */
    known: {} as Record<string, string>,
    /** Time zones of candidates, where they are known. */
    zones: {} as Record<string, string>,
    /** Groups that cannot be looked up, by the stage that they feed, or by their own name. */
    unknown: {} as Record<string, UnknownGroup[]>,
    /** Who is in which group. */
    groups: {} as Record<string, string[]>,
    /** Groups of which nobody can say who is in them. */
    lost: [] as UnknownGroup[],
    /** When people are at rest, by name. */
    rests: {} as Record<string, Rest>,
  };
  const aws = {
    live: new Map<string, number>(),
    provisions: 0,
    mints: 0,
    denies: new Set<string>(),
    fails: [] as unknown[],
    /** Runs when a provisioning call is under way, before it lands. */
    during: undefined as (() => Promise<void>) | undefined,
    skew: 0 as number | undefined,
  };
  const slack = {
    cards: [] as { status: string; votes: number; retry: boolean }[],
    living: [] as string[],
    told: [] as string[],
    modals: [] as string[],
    /** For which shell credentials were shown. */
    shells: [] as string[],
    reminded: [] as { stage: string; to: string; inThread: boolean; round: number; retry: boolean }[],
    remindFails: [] as NotifyFault[],
    /** Who stands in for whom, as it was told. */
    delegations: [] as (DelegationNews & { id: string; retry: boolean })[],
    /** What stands in the incident channel, as it was drawn; and whom the card of a review is for. */
    incidents: [] as { status: string; review: string | undefined }[],
    alerts: [] as { what: string; to: string; others: number; id: string; retry: boolean }[],
    incidentFails: [] as NotifyFault[],
    alertFails: [] as NotifyFault[],
    fails: [] as NotifyFault[],
    livingFails: [] as NotifyFault[],
  };
  const log: { level: string; about: object; message: string }[] = [];
  const logger = Object.fromEntries(
    (['info', 'warn', 'error'] as const).map((level) => [
      level,
      (about: object, message: string) => void log.push({ level, about, message }),
    ]),
  ) as Record<'info' | 'warn' | 'error', (about: object, message: string) => void>;

  const entitlement: Entitlement = {
    id: 'orders-db-admin',
    name: 'Orders database admin',
    description: 'Schema changes.',
    environment: 'production',
    account: '111122223333',
    risk: 'high',
    owners: ['dba'],
    tags: {},
    durations: ['15m', '1h', '4h'].map((text) => parseDuration(text)!),
    grant: { kind: 'sts-session', config: { roleArn: 'arn:aws:iam::111122223333:role/jit/OrdersDbAdmin' } },
  };
  const config: DirectoryConfig = {
    channel: 'C0ACCESS',
    timezone: 'Europe/Berlin',
    justification: {
      minLength: 10,
      ticket: { pattern: '[A-Z]+-[0-9]+', example: 'OPS-12', required: false },
    },
    approvalTimeout: 8 * HOUR,
    startWithin: 3 * 86_400_000,
    warnBefore: HOUR / 6,
    groups: {},
    stages: [
      { name: 'manager', kind: 'manager' },
      { name: 'security', kind: 'group', group: 'security' },
    ],
    people: {},
    accounts: {},
  };
  const ruling = (policies: string[], advice: string[] = []) => ({ policies, advice, bundle: 'b1' });
  const chainOf = (text: string) => {
    const chain = parseChain(text);
    if (typeof chain === 'string') throw new Error(chain);
    return chain;
  };
  const bundle = bundleWith({
    emergencyPermits: ['e'],
    entitlements: new Map([[entitlement.id, entitlement]]),
    directory: config,
    pdp: {
      request({ ticket, duration, emergency }) {
        const special = emergency && config.emergency ? policy.emergency : undefined;
        if (special !== undefined) {
          const chain = chainOf(special);
          return { ...ruling(['e']), outcome: chain.length ? 'needs-approval' : 'auto', chain };
        }
        if (duration > policy.longest)
          return { ...ruling(['eight-hours'], ['Eight hours at most.']), outcome: 'denied', errors: [] };
        if (policy.denied) return { ...policy.denied, bundle: 'b1', outcome: 'denied', errors: [] };
        if (policy.wantsTicket && ticket === undefined)
          return { ...ruling(['needs-ticket'], ['Give a ticket.']), outcome: 'denied', errors: [] };
        const chain = chainOf(policy.chain);
        return { ...ruling(['p']), outcome: chain.length ? 'needs-approval' : 'auto', chain };
      },
      approve({ who, member }) {
        const allowed = member && !policy.forbidsVote.has(who.email);
        return { ...ruling(allowed ? ['v'] : []), outcome: allowed ? 'allowed' : 'denied', errors: [] };
      },
      extend({ by, request: { chain: own = [] } }) {
        if (policy.mostMore !== undefined && by > policy.mostMore)
          return { ...ruling(['no-longer'], ['That is too long.']), outcome: 'denied', errors: [] };
        const written = policy.extendChain === undefined ? own : parseChain(policy.extendChain);
        if (typeof written === 'string') throw new Error(written);
        return { ...ruling(['e']), outcome: written.length ? 'needs-approval' : 'auto', chain: written };
      },
      may(action, { who }) {
        const allowed = (action === 'review' ? policy.mayReview : policy.mayRevoke).has(who.email);
        return { ...ruling(allowed ? ['r'] : []), outcome: allowed ? 'allowed' : 'denied', errors: [] };
      },
    },
  });

  function candidatesNamed(names: string[] = [], asOf?: number): Candidate[] {
    const found = names.map((name) => {
      const id = people.known[name];
      const timezone = people.zones[name];
      return {
        email: mail(name),
        ...(id && { account: slackAccount(id, TEAM) }),
        ...(timezone && { timezone }),
      };
    });
    return asOf === undefined ? found : found.filter(({ account }) => account);
  }

  const directory: Directory = {
    name: 'Slack',
    async person({ id: slackId }) {
      people.lookUps++;
      if (people.unavailable) return { refusal: { code: 'directory-unavailable' } };
      const name = slackId.slice(2);
      const code = people.refused[name];
      if (code) return { refusal: { code } };
      return { person: { email: people.emails[name] ?? mail(name), account: slackAccount(slackId, TEAM) } };
    },
    async personEnding(actor, requester) {
      if (actor.id === requester.account.id) return { person: requester };
      return directory.person(actor);
    },
    async groups({ email }) {
      if (people.unavailable) throw new Error('Slack is away');
      const groups = Object.entries(people.groups).filter(([, names]) => names.map(mail).includes(email));
      const lost = people.lost.map(({ name }) => name);
      return {
        groups: groups.map(([name]) => name).filter((name) => !lost.includes(name)),
        unknown: people.lost,
      };
    },
    async candidates(stage, _requester, _owners, asOf) {
      if (people.unavailable) throw new Error('Slack is away');
      return { people: candidatesNamed(people.stages[stage], asOf), unknown: people.unknown[stage] ?? [] };
    },
    async members(groups, asOf) {
      if (people.unavailable) throw new Error('Slack is away');
      return {
        people: groups.flatMap((group) => candidatesNamed(people.groups[group], asOf)),
        unknown: groups.flatMap((group) => people.unknown[group] ?? []),
      };
    },
    rest: async ({ id }) => people.rests[id.slice(2)],
    principal: () => 'no IAM principals here',
    refresh: async () => undefined,
    status: () => ({ lost: [] }),
  };

  async function landing<T>(land: () => T): Promise<T> {
    const during = aws.during;
    aws.during = undefined;
    await during?.();
    const fault = aws.fails.shift();
    if (fault) throw fault;
    return land();
  }
  const credentials = (grant: Grant): Credentials => ({
    accessKeyId: `ASIA${grant.requestId}`,
    secretAccessKey: 'very-secret',
    sessionToken: 'token-secret',
    region: 'eu-west-1',
    expiresAt: grant.lease.endsAt,
  });
  const provisioner: Provisioner = {
    preflight: async () => undefined,
    provision: (grant) =>
      landing(() => {
        aws.provisions++;
        aws.live.set(grant.requestId, grant.lease.endsAt);
        return { made: true };
      }),
    revoke: (grant, at) =>
      landing(() => {
        aws.live.delete(grant.requestId);
        const early = grant.lastMintAt !== undefined && at < grant.lease.endsAt;
        if (early) aws.denies.add(grant.requestId);
        return { checkedAt: at, evidence: 'gone', ...(early && { cleanUpAt: grant.lease.endsAt + 60_000 }) };
      }),
    cleanUp: (grant) => landing(() => void aws.denies.delete(grant.requestId)),
    mint: (grant) => landing(() => (aws.mints++, credentials(grant))),
  };
  const notifier: Notifier = {
    async cards({ state }, { retry, copies }) {
      const fault = slack.fails.shift();
      if (fault) throw fault;
      slack.cards.push({ status: state.status, votes: state.votes.length, retry });
      return { posts: { manager: { place: 'C0ACCESS', ref: '1.0', shown: state.status } }, copies };
    },
    async living({ state, posts }, { event }) {
      const fault = slack.livingFails.shift();
      if (fault) throw fault;
      slack.living.push(state.status);
      const post = posts[REQUESTER] ?? { place: 'D0ANA', ref: '2.0', from: event };
      return { posts: { [REQUESTER]: { ...post, shown: state.status } } };
    },
    async tell(_, news, id) {
      const fault = slack.fails.shift();
      if (fault) throw fault;
      slack.told.push(`${news} ${id.split('.').slice(1).join('.')}`);
    },
    async remind(_, { stage, to, inThread, id }, retry) {
      const fault = slack.remindFails.shift();
      if (fault) throw fault;
      const names = to.map(({ email }) => email.split('@')[0]);
      slack.reminded.push({
        stage,
        to: names.join(' '),
        inThread,
        round: Number(id.split('.').at(-1)),
        retry,
      });
      return { refused: [] };
    },
    async incident({ state, posts }, { reviewers }) {
      const fault = slack.incidentFails.shift();
      if (fault) throw fault;
      const review = state.status === 'closed' && state.owesReview;
      slack.incidents.push({
        status: state.status,
        review: review ? reviewers.map(({ email }) => email.split('@')[0]).join(' ') : undefined,
      });
      const post = posts[INCIDENT] ?? { place: 'C0INCIDENTS', ref: '3.0' };
      return {
        posts: {
          [INCIDENT]: { ...post, shown: state.status },
          ...(review && { [REVIEW]: { place: 'C0INCIDENTS', ref: '4.0', shown: state.status } }),
        },
      };
    },
    async alert(_, { what, to, others, id }, retry) {
      const fault = slack.alertFails.shift();
      if (fault) throw fault;
      slack.alerts.push({
        what,
        to: to.map(({ email }) => email.split('@')[0]).join(' '),
        others,
        id,
        retry,
      });
    },
    async tellDelegation(news, id, retry) {
      const fault = slack.fails.shift();
      if (fault) throw fault;
      slack.delegations.push({ ...news, id, retry });
    },
    async showCredentials(waiting, _, { accessKeyId }, shell) {
      slack.shells.push(shell);
      slack.modals.push(`${waiting}: ${accessKeyId}`);
    },
    async showNoCredentials(waiting, why, hint) {
      slack.modals.push(`${waiting}: ${why}${hint ? `: ${hint}` : ''}`);
    },
  };

  const clock = { now: () => now, skew: async () => aws.skew };
  const store = make({ now: () => now });
  const kinds: GrantKind[] = [
    kindOf('sts-session', { fills: ({ roleArn }) => (typeof roleArn === 'string' ? roleArn : '') }),
  ];
  const shared = { directory, bundle: () => bundle, kinds, store, clock, log: logger, onCall: rotaUnknown };
  const makeEngine = (over: Partial<Parameters<typeof engine>[0]> = {}) =>
    engine({ ...shared, provisioners: { 'sts-session': provisioner }, notifier, ...over });
  const people_ = front({ ...shared, newId: () => `R${++ids}`, wake: () => undefined });
  const engine_ = makeEngine();
  let signatures = 0;
  const seen = () => `signature-${++signatures}`;

  return {
    policy,
    people,
    aws,
    slack,
    log,
    store,
    clock,
    config,
    entitlement,
    /** What both halves of the workflow are made of. */
    deps: shared,
    front: people_,
    engine: engine_,
    makeEngine,
    notifier,
    seen,
    start: START,
    now: () => now,
    pass: (ms: number) => void (now += ms),
    form: {
      entitlement: 'orders-db-admin',
      duration: '1h',
      justification: 'fixing the orders schema',
      ticket: 'OPS-12',
    },
    /** From here on an early end takes up no room on a role. */
    roomy() {
      for (const kind of kinds) delete kind.fills;
    },
    /** Everything that is due now, however often it takes. */
    async settle() {
      for (let round = 0; round < 20 && (await engine_.sweep()).looked.length > 0; round++);
    },
    async ask(who = 'ana') {
      const answer = await people_.submit(actor(who), this.form, seen());
      if ('refusal' in answer) throw new Error(answer.refusal.code);
      await this.settle();
      return answer.ok.state.id;
    },
    async vote(who: string, id: string, stage: string) {
      const { revision } = (await store.head(id))!.state;
      const answer = await people_.approve(actor(who), { id, stage, revision }, seen());
      await this.settle();
      return 'refusal' in answer ? answer.refusal.code : 'ok';
    },
    async approved(who = 'ana') {
      const id = await this.ask(who);
      for (const [voter, stage] of [
        ['bob', 'manager'],
        ['sam', 'security'],
        ['kim', 'security'],
      ] as const)
        expect(await this.vote(voter, id, stage)).toBe('ok');
      return id;
    },
    async state(id: string) {
      return (await store.head(id))!.state;
    },
    async history(id: string) {
      return (await store.records(id)).map(({ event }) => event.type);
    },
    denied: new GrantFault('AccessDenied', 'Give the bot iam:PutUserPolicy.', true),
    throttled: new GrantFault('Throttling', 'AWS is busy.', false),
  };
}
