import type { Instant, Millis } from '../../src/domain/entitlement.js';
import { EFFECTS, type News } from '../../src/domain/request/effects.js';
import { INCIDENT, REQUESTER, REVIEW } from '../../src/domain/request/posts.js';
import { openStage } from '../../src/domain/chain.js';
import type { State } from '../../src/domain/request/state.js';
import {
  NotifyFault,
  plannedCopy,
  type Copy,
  type EmergencyAlert,
  type Notifier,
  type RequestView,
} from '../../src/ports/messages.js';
import type { Credentials } from '../../src/ports/access.js';
import type { Random } from './random.js';
import { hangs, type Patience, type Process, type Scheduler, type Silence } from './scheduler.js';

/** Words that reached somebody, or a channel. */
export interface Letter {
  key: string;
  landed: Instant;
  skew: Millis;
}

/** A message to the requester, as it stands in Slack. */
export interface Dm {
  id: string;
  request: string;
  news: News;
  begun: Instant;
  landed: Instant;
  /** The sender's clock minus the true one. */
  skew: Millis;
}

/** A manager's own copy of a card. */
export interface SentCopy {
  buttons: boolean;
  landed: Instant;
  /** As with a message to the requester. */
  skew: Millis;
}

/** A line of a round of reminders: in a thread, or to one person. */
interface Reminder extends Pick<Dm, 'request' | 'landed' | 'skew'> {
  key: string;
  stage: string;
}

/** As the engine's client is set up: one try, cut off after some seconds; what lands twice does so at Slack, at once. */
const NETWORK: Patience = {
  timeout: 5_000,
  lag: 0,
  again: 0,
  fault: () => new NotifyFault('timeout', false),
};

export type Slack = ReturnType<typeof slack>;

/** A workspace that can fail, lose answers and limit the rate, and in which a message can be looked up by its id. */
export function slack(
  time: Scheduler,
  random: Random,
  silence: Silence,
  watch: {
    dm: (dm: Dm, again: boolean) => void;
    card: (request: string, shown: string) => void;
    copy: (request: string, again: boolean) => void;
    reminded: (request: string, again: boolean) => void;
    delegating: { told: (again: boolean) => void };
  },
  /** Managers are asked by direct messages. */
  isDirect: boolean,
) {
  const dms: Dm[] = [];
  const reminders: Reminder[] = [];
  /** Of who stands in for whom. */
  const letters: Letter[] = [];
  const cards = new Map<string, string>();
  /** By request, stage and account. */
  const copies = new Map<string, SentCopy>();
  /** By request: what the requester's own message shows. */
  const living = new Map<string, string>();
  const shown = new Map<string, Credentials>();
  /** By request: what the incident channel shows of an emergency. */
  const incidents = new Map<string, string>();
  const alerts: { request: string; what: EmergencyAlert['what']; id: string; landed: Instant }[] = [];
  const limited = { chance: 0 };

  function notifierFor(process: Process): Notifier {
    const call = <T>(effect: () => T) =>
      hangs(time, silence, process, NETWORK) ??
      time.call(process, NETWORK, () => {
        if (random.chance(limited.chance))
          throw new NotifyFault('ratelimited', false, random.between(1, 30) * 1000);
        return effect();
      });
    const show = (key: string, state: State) =>
      call(() => {
        cards.set(key, drawn(state));
        watch.card(state.id, drawn(state));
      });

    /** A clock that is far off takes over what another has only just begun. */
    const isLookable = (other: { landed: Instant; skew: Millis }, begun: Instant) =>
      other.landed < begun && Math.abs(other.skew - process.skew) < EFFECTS.cards.claim - NETWORK.timeout;

    /** From those by which nothing more can be decided it takes the buttons, once. */
    async function settle({ id, votes }: State, open: string | undefined, known: Copy[]): Promise<Copy[]> {
      const kept: Copy[] = [];
      for (const { done, ...copy } of known) {
        const key = `${id} ${copy.stage} ${copy.to}`;
        // One that was only planned may have been sent.
        if (copy.ref === '' && !(await call(() => copies.has(key)))) continue;
        const isOpen = open === copy.stage && !votes.some(({ by }) => by.account.id === copy.to);
        if (!isOpen && !done) await call(() => void (copies.get(key)!.buttons = false));
        kept.push({ ...copy, place: 'D', ref: key, ...(!isOpen && { done: true }) });
      }
      return kept;
    }

    async function askDirectly(
      { state, asked }: RequestView,
      stage: string,
      known: Copy[],
      { retry, note }: Parameters<Notifier['cards']>[1],
    ): Promise<Copy[]> {
      const begun = time.now();
      if (!asked[stage]) throw new NotifyFault('people_unknown', false);
      const to = asked[stage]
        .flatMap(({ account }) => account?.id ?? [])
        .filter((one) => !known.some((copy) => copy.stage === stage && copy.to === one));
      if (to.length > 0) await note([...known, ...to.map((one) => plannedCopy(stage, one))]);
      for (const one of to) {
        const key = `${state.id} ${stage} ${one}`;
        if (retry && (await call(() => copies.has(key)))) continue;
        await call(() => {
          const before = copies.get(key);
          watch.copy(state.id, before !== undefined && isLookable(before, begun));
          copies.set(key, { buttons: true, landed: time.now(), skew: process.skew });
        });
      }
      return [...known, ...to.map((one) => ({ ...plannedCopy(stage, one), place: 'D', ref: one }))];
    }

    return {
      async cards(of, earlier) {
        const view = apart(of);
        const { state, posts } = view;
        const { retry } = earlier;
        const now = Object.fromEntries(Object.entries(posts).filter(([name]) => name !== REQUESTER));
        const open = state.status === 'pending' && state.checked ? openStage(state) : undefined;
        let known = await settle(state, open?.name, earlier.copies);
        for (const { name } of state.chain) {
          if (isDirect && name === 'manager') {
            if (now[name] || name !== open?.name) continue;
            known = await askDirectly(view, name, known, earlier);
            now[name] = { place: 'D', ref: name, shown: 'copies', direct: true };
            continue;
          }
          const key = `${state.id} ${name}`;
          if (!now[name] && retry && (await call(() => cards.has(key))))
            now[name] = { place: 'C', ref: key, shown: '' };
          if (!now[name] && name !== open?.name) continue;
          if (now[name]?.shown !== drawn(state)) await show(key, state);
          now[name] = { place: 'C', ref: key, shown: drawn(state) };
        }
        return { posts: now, copies: known };
      },
      async living({ state, posts }, { retry, event }) {
        const known =
          posts[REQUESTER] ??
          (retry && (await call(() => living.has(state.id)))
            ? { place: 'D', ref: state.id, shown: '' }
            : { place: 'D', ref: state.id, shown: '', from: event });
        if (known.shown !== drawn(state))
          await call(() => {
            living.set(state.id, drawn(state));
            watch.card(state.id, drawn(state));
          });
        return { posts: { [REQUESTER]: { ...known, shown: drawn(state) } } };
      },
      async tell({ state }, news, id, retry) {
        const begun = time.now();
        if (retry && (await call(() => dms.some((dm) => dm.id === id)))) return;
        await call(() => {
          const { skew } = process;
          const dm = { id, request: state.id, news, begun, landed: time.now(), skew };
          watch.dm(
            dm,
            dms.some((other) => other.id === id && isLookable(other, begun)),
          );
          dms.push(dm);
        });
      },
      async remind({ state: { id: request } }, { stage, to, inThread, id }, retry) {
        const begun = time.now();
        for (const place of [...(inThread ? ['the thread'] : []), ...to.map(({ email }) => email)]) {
          const key = `${id} ${place}`;
          if (retry && (await call(() => reminders.some((one) => one.key === key)))) continue;
          await call(() => {
            const { skew } = process;
            const again = reminders.some((one) => one.key === key && isLookable(one, begun));
            reminders.push({ key, request, stage, landed: time.now(), skew });
            watch.reminded(request, again);
          });
        }
        return { refused: [] };
      },
      async tellDelegation(_, id, retry) {
        const begun = time.now();
        for (const place of ['the delegate', 'the channel']) {
          const key = `${id} ${place}`;
          if (retry && (await call(() => letters.some((one) => one.key === key)))) continue;
          await call(() => {
            watch.delegating.told(letters.some((one) => one.key === key && isLookable(one, begun)));
            letters.push({ key, landed: time.now(), skew: process.skew });
          });
        }
      },
      incident: ({ state }) =>
        call(() => {
          const post = { place: 'C', ref: state.id, shown: state.status };
          const review = state.status === 'closed' && state.owesReview ? { [REVIEW]: post } : {};
          incidents.set(state.id, incidentOf(state));
          return { posts: { [INCIDENT]: post, ...review } };
        }),
      async alert({ state }, { what, id }) {
        await call(() => void alerts.push({ request: state.id, what, id, landed: time.now() }));
      },
      showCredentials: (waiting, _, credentials) => call(() => void shown.set(waiting, credentials)),
      showNoCredentials: () => call(() => undefined),
    };
  }

  return { notifierFor, dms, reminders, letters, cards, copies, living, shown, limited, incidents, alerts };
}

/** The cards of an extension are others than those of its request. */
function apart(view: RequestView): RequestView {
  const { extension, state } = view;
  return extension ? { ...view, state: { ...state, id: `${state.id}.${extension.number}` } } : view;
}

/** What a card says, as far as it matters here. */
export function drawn({ status, votes, revision, duration, questions = [], escalated = [] }: State): string {
  const said = questions.map(({ text, answer }) => `${text}: ${answer?.text ?? ''}`).join('; ');
  const more = escalated.map(({ stage, to }) => `${stage} to ${to}`).join('; ');
  return `${status}, ${votes.length} votes, revision ${revision}, ${duration} ms, ${said}, ${more}`;
}

/** What the incident channel says of an emergency, as far as it matters here. */
export function incidentOf(state: State): string {
  const reviews = state.status === 'closed' ? (state.reviews ?? []).map(({ verdict }) => verdict) : [];
  return [state.status, ...reviews].join(', ');
}
