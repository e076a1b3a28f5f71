import { seal } from '../../../src/domain/record/seal.js';
import { decide, evolve, react } from '../../../src/domain/request/stories/index.js';
import { leaseFrom } from '../../../src/domain/lease.js';
import { isComplete } from '../../../src/domain/chain.js';
import { coreWith, type Core } from './core.js';
import type { Law } from './laws.js';
import { deciding, early, forgetting, lenient, trusting } from './wrongs.js';
import * as laws from './laws.js';

/** A core that does what no core may do, and the law that finds it out. */
export interface Bug {
  does: string;
  breaks: Law;
  core: () => Core;
}

export const bugs: Bug[] = [
  {
    does: 'approves with the last vote, before grant and lease are written',
    breaks: laws.durableDuty,
    core: () =>
      coreWith({
        evolve(before, event) {
          const state = evolve(before, event);
          if (event.type !== 'Voted' || state.status !== 'pending' || !isComplete(state)) return state;
          const { checked: _, ...request } = state;
          const lease = leaseFrom(event.at, request.duration, 0);
          return { ...request, status: 'approved', approvedAt: event.at, settledBy: event.at, lease };
        },
        react: (event, state) =>
          event.type === 'Voted' ? [{ effect: { type: 'provision' } }] : react(event, state),
      }),
  },
  {
    does: 'counts votes instead of people',
    breaks: laws.quorum,
    core: () => lenient('already-voted'),
  },
  {
    does: 'counts both somebody and whoever stands in for them',
    breaks: laws.quorum,
    core: () => lenient('seat-taken'),
  },
  {
    does: 'lets somebody stand in for the requester',
    breaks: laws.quorum,
    core: () => lenient('delegators-request'),
  },
  { does: 'lets requesters vote', breaks: laws.quorum, core: () => lenient('own-request') },
  {
    does: 'counts a person with two Slack accounts twice',
    breaks: laws.quorum,
    core: () => lenient('identity-changed'),
  },
  {
    does: 'takes votes from people who are not of the stage',
    breaks: laws.quorum,
    core: () => lenient('not-in-stage'),
  },
  {
    does: 'takes votes that Cedar denies',
    breaks: laws.quorum,
    core: () => lenient('denied-by-policy'),
  },
  {
    does: 'looks neither at votes nor at policy again when it takes effect',
    breaks: laws.quorum,
    core: () => coreWith({ decide: trusting }),
  },
  {
    does: 'lets the newest chain replace the older one',
    breaks: laws.quorum,
    core: () =>
      coreWith({
        decide: deciding('Confirm', (command, state) =>
          command.decision.outcome === 'denied'
            ? undefined
            : decide(command, { ...state, chain: command.decision.chain }),
        ),
      }),
  },
  {
    does: 'does not ask policy and catalog again',
    breaks: laws.refusals,
    core: () => coreWith({ decide: trusting }),
  },
  {
    does: 'gives a request that was shortened for its old length',
    breaks: laws.noLonger,
    core: () =>
      coreWith({
        evolve: (before, event) => {
          const state = evolve(before, event);
          return event.type === 'DurationShortened' ? { ...state, duration: event.from } : state;
        },
      }),
  },
  {
    does: 'makes it longer with the first vote',
    breaks: laws.extendedByQuorum,
    core: () =>
      coreWith({
        decide: deciding('ConfirmExtension', (command, state) =>
          state.status === 'active' && state.extension
            ? decide(
                { ...command, decision: { ...state.extension.ruling, outcome: 'auto', chain: [] } },
                {
                  ...state,
                  extension: { ...state.extension, chain: [] },
                },
              )
            : undefined,
        ),
        react: (event, state) =>
          event.type === 'ExtensionVoted' ? [{ effect: { type: 'extend' } }] : react(event, state),
      }),
  },
  {
    does: 'counts a question as a vote',
    breaks: laws.nothingLost,
    core: () =>
      coreWith({
        evolve: (before, event) => {
          const state = evolve(before, event);
          if (event.type !== 'QuestionAsked') return state;
          const { stage, by, at } = state.questions!.at(-1)!;
          return { ...state, votes: [...state.votes, { stage, by, at, policies: [] }] };
        },
      }),
  },
  {
    does: 'makes access while it is being taken away',
    breaks: laws.repeatable,
    core: () =>
      coreWith({
        decide: deciding('AttemptProvision', ({ at, until }, { status }) =>
          status === 'ending'
            ? { events: [{ type: 'ProvisionAttempted', at, by: 'jit', until }] }
            : undefined,
        ),
        evolve: (state, event) =>
          event.type === 'ProvisionAttempted' && state?.status === 'ending'
            ? { ...state, settledBy: Math.max(state.settledBy, event.until) }
            : evolve(state, event),
      }),
  },
  {
    does: 'forgets to confirm when the last vote came before AWS had answered',
    breaks: laws.repeatable,
    core: () =>
      coreWith({
        react: (event, state) =>
          event.type === 'PreflightPassed' && state.chain.length > 0 ? [] : react(event, state),
      }),
  },
  {
    does: 'counts writes instead of what was read',
    breaks: laws.nothingLost,
    core: () => {
      let writes = 0;
      return coreWith({ version: (current) => (writes = current === 0 ? 1 : writes + 1) });
    },
  },
  {
    does: 'forgets earlier votes with each new one',
    breaks: laws.nothingLost,
    core: () =>
      coreWith({
        evolve: (before, event) => {
          const state = evolve(before, event);
          return event.type === 'Voted' ? { ...state, votes: [event.vote] } : state;
        },
      }),
  },
  {
    does: 'approves what is asked for later as soon as everybody has agreed',
    breaks: laws.notBefore,
    core: () =>
      coreWith({
        evolve: (before, event) => {
          const { startsAt: _, ...state } = evolve(before, event);
          return state;
        },
      }),
  },
  {
    does: 'begins to make access after its end',
    breaks: laws.timely,
    core: () => coreWith({ decide: deciding('AttemptProvision', early) }),
  },
  {
    does: 'begins to open sessions after the end',
    breaks: laws.timely,
    core: () => coreWith({ decide: deciding('AttemptMint', early) }),
  },
  {
    does: 'believes a look at AWS while a call may still land',
    breaks: laws.goneWhenClosed,
    core: () =>
      coreWith({
        decide: deciding('RecordGone', ({ at, proof }, state) =>
          state.status === 'ending'
            ? { events: [{ type: 'RequestClosed', at, by: 'jit', outcome: state.cause, proof }] }
            : undefined,
        ),
      }),
  },
  {
    does: 'does not remember until when a call may land',
    breaks: laws.goneWhenClosed,
    core: () =>
      coreWith({
        evolve: (state, event) =>
          event.type === 'ProvisionAttempted' && state?.status === 'approved' ? state : evolve(state, event),
      }),
  },
  { does: 'forgets to revoke', breaks: laws.endsInTheEnd, core: () => forgetting('revoke') },
  { does: 'forgets to clear away', breaks: laws.endsInTheEnd, core: () => forgetting('clean-up') },
  {
    does: 'does not hear the clock while access is active',
    breaks: laws.endsInTheEnd,
    core: () =>
      coreWith({
        decide: deciding('Tick', (_, { status }) => (status === 'active' ? { events: [] } : undefined)),
      }),
  },
  {
    does: 'seals each record for itself',
    breaks: laws.onRecord,
    core: () => coreWith({ seal: (id, { n }, event) => seal(id, { n, hash: '' }, event) }),
  },
  {
    does: 'changes the state by more than its events say',
    breaks: laws.onRecord,
    core: () => {
      let calls = 0;
      return coreWith({ evolve: (state, event) => ({ ...evolve(state, event), revision: calls++ }) });
    },
  },
];
