import { REQUESTER } from '../../src/domain/request/posts.js';
import { ulid } from 'ulid';
import { grantKinds } from '../../src/grants/kinds.js';
import { loadFolder } from '../../src/policy/load.js';
import type { Provisioner } from '../../src/ports/access.js';
import type { Directory } from '../../src/ports/people.js';
import type { Store } from '../../src/store/change.js';
import { engine } from '../../src/workflow/engine/loop.js';
import { front } from '../../src/workflow/front/index.js';
import { slackAccount } from '../support/accounts.js';
import { rotaUnknown } from '../support/people.js';

const HOUR = 3_600_000;
const TEAM = 'T0CORP';

export type Time = ReturnType<typeof time>;

/** A clock that stands still until it is moved. */
export function time() {
  let at = Date.parse('2026-11-20T10:00:00Z');
  return { now: () => at, skew: async () => 0, pass: (ms: number) => void (at += ms) };
}

/** The parts of one lifecycle, in their order. */
export type Step = 'asked' | 'looked at' | 'agreed to' | 'given' | 'ended';

/** The program with the default policies, and with people, AWS and Slack that answer at once. */
export async function company(store: Store, clock: Time) {
  const loaded = await loadFolder('policies', { kinds: grantKinds });
  if ('problems' in loaded) throw new Error('the default bundle does not load');
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const shared = {
    bundle: () => loaded.bundle,
    kinds: grantKinds,
    directory,
    store,
    clock,
    log: silent,
    onCall: rotaUnknown,
  };
  const work = engine({
    ...shared,
    provisioners: { 'sts-session': provisioner },
    notifier: {
      cards: async ({ state }, { copies }) => ({
        posts: { manager: { place: 'C0ACCESS', ref: '1700000000.000100', shown: state.status } },
        copies,
      }),
      living: async ({ state }, { event }) => ({
        posts: {
          [REQUESTER]: { place: 'D0ANA', ref: '1700000000.000200', shown: state.status, from: event },
        },
      }),
      tell: async () => undefined,
      remind: async () => ({ refused: [] }),
      incident: async () => ({ posts: {} }),
      alert: async () => undefined,
      tellDelegation: async () => undefined,
      showCredentials: async () => undefined,
      showNoCredentials: async () => undefined,
    },
  });
  const people = front({ ...shared, newId: () => ulid(), wake: () => undefined });
  let signatures = 0;
  let askers = 0;
  const actor = (slackId: string) => ({ provider: 'slack', id: slackId, tenant: TEAM });
  const seen = () => `signature-${++signatures}`;
  const form = {
    entitlement: 'staging-deployer',
    duration: '1h',
    justification: 'deploying the new orders service',
    ticket: 'OPS-12',
  };

  async function ask(): Promise<string> {
    // Each by another person: one alone may not ask so often.
    const answer = await people.submit(actor(`U0ASK${++askers}`), form, seen());
    if ('refusal' in answer) throw new Error(answer.refusal.code);
    return answer.ok.state.id;
  }

  async function agree(id: string): Promise<void> {
    const button = { id, stage: 'manager', revision: 0 };
    const answer = await people.approve(actor('U0BOB'), button, seen());
    if ('refusal' in answer) throw new Error(answer.refusal.code);
  }

  return {
    /** From the ask to live access. @param at hears of each step before it begins */
    async begin(at: (step: Step) => void = () => undefined): Promise<string> {
      at('asked');
      const id = await ask();
      at('looked at');
      await work.advance(id);
      at('agreed to');
      await agree(id);
      at('given');
      await work.advance(id);
      return id;
    },
    /** By then what has begun is to end. */
    passTime: () => clock.pass(HOUR),
    async end(id: string, at: (step: Step) => void = () => undefined): Promise<void> {
      at('ended');
      await work.advance(id);
    },
    /** Somebody opens their App Home. @param slackId `U0BOB` may decide all that waits */
    openHome: (slackId: string) => people.openHome(actor(slackId)),
    /** Throws where anything is left to do. */
    async check(id: string): Promise<void> {
      const head = await store.head(id);
      if (head?.state.status !== 'closed' || head.dueAt !== undefined)
        throw new Error(`${id} is ${head?.state.status}`);
    },
  };
}

const email = (slackId: string) => `${slackId.slice(2).toLowerCase()}@corp.example`;

const directory: Directory = {
  name: 'Slack',
  person: async ({ id, tenant }) => ({ person: { email: email(id), account: slackAccount(id, tenant) } }),
  personEnding: async (_, person) => ({ person }),
  groups: async () => ({ groups: ['engineers'], unknown: [] }),
  candidates: async () => ({
    people: [{ email: 'bob@corp.example', account: slackAccount('U0BOB') }],
    unknown: [],
  }),
  members: async () => ({ people: [], unknown: [] }),
  rest: async () => undefined,
  principal: () => 'nobody has one here',
  refresh: async () => undefined,
  status: () => ({ lost: [] }),
};

const provisioner: Provisioner = {
  preflight: async () => undefined,
  provision: async () => ({ kind: 'sts-session' }),
  revoke: async (_, at) => ({ checkedAt: at, evidence: 'no session is left' }),
  cleanUp: async () => undefined,
};
