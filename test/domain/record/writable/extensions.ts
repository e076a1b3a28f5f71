import { asRequest, isExtending } from '../../../../src/domain/request/extension.js';
import type { Command } from '../../../../src/domain/request/command.js';
import type { Event } from '../../../../src/domain/request/event.js';
import type { State } from '../../../../src/domain/request/state.js';
import {
  basisIn,
  filled,
  isMadeOf,
  isRuling,
  isSomebody,
  isStage,
  isWhole,
  people,
  permitting,
  plenty,
  SKEW,
  verdict,
  VOTE,
  type Of,
} from './facts.js';

type OfExtension = Of<'ExtensionRequested' | 'ExtensionVoted' | 'ExtensionRefused' | 'LeaseExtended'>;

const PLENTY = { most: 1_000, total: Number.MAX_SAFE_INTEGER };

/** Every command that could have led to this of an extension. */
export function extensions(event: OfExtension, state: State | undefined): Command[] {
  if (state?.status !== 'active') return [];
  const { at, by } = event;
  const person = typeof by === 'object' && 'email' in by ? by : undefined;
  switch (event.type) {
    case 'ExtensionRequested': {
      const { more, chain, ruling } = event;
      const basis = basisIn(event);
      if (!person || !basis || !('given' in event)) return [];
      if (!(isRuling(ruling) && permitting(ruling) && isChain(chain))) return [];
      return [
        {
          type: 'Extend',
          at,
          by: person,
          more,
          basis,
          terms: PLENTY,
          grantHash: state.grant.hash,
          decision: {
            ...ruling,
            outcome: chain.length === 0 ? 'auto' : 'needs-approval',
            chain,
          },
          candidates: plenty(
            {
              chain,
              votes: [],
            },
            [],
          ),
        },
      ];
    }
    case 'ExtensionVoted': {
      const { vote } = event;
      if (!person || !isExtending(state) || !isMadeOf(vote, VOTE) || !permitting(vote)) return [];
      if (vote.delegatedBy && !isSomebody(vote.delegatedBy)) return [];
      const { extension } = state;
      const more = vote.delegatedBy && { delegatedBy: vote.delegatedBy };
      return [
        {
          type: 'Approve',
          at,
          by: person,
          stage: vote.stage,
          revision: extension.revision,
          verdict: verdict(vote.policies),
          candidates: plenty(extension, [(vote.delegatedBy ?? vote.by).email]),
          ...more,
        },
      ];
    }
    case 'ExtensionRefused':
      return [{ type: 'Tick', at }, ...refusals(event, state, person)];
    case 'LeaseExtended':
      return confirmation(event, state, { given: event });
    default:
      return event satisfies never;
  }
}

function refusals(event: Of<'ExtensionRefused'>, state: State, person: Event['by'] | undefined): Command[] {
  const { at, reason } = event;
  if (state.status !== 'active' || !isWhole(reason)) return [];
  if (
    person &&
    typeof person === 'object' &&
    'email' in person &&
    isExtending(state) &&
    reason.code === 'vote'
  ) {
    const { extension } = state;
    return [
      {
        type: 'Deny',
        at,
        by: person,
        stage: reason.stage,
        text: reason.text,
        verdict: verdict(['p']),
        revision: extension.revision,
        candidates: plenty(extension, [person.email]),
      },
    ];
  }
  if (reason.code === 'aws')
    return filled(reason.error) && filled(reason.hint) ? [{ type: 'FailExtension', at, reason }] : [];
  return confirmation(event, state, { reason });
}

function confirmation(
  { at, number }: OfExtension & { number: number },
  state: State,
  { given, reason }: { given?: Of<'LeaseExtended'>; reason?: Of<'ExtensionRefused'>['reason'] },
): Command[] {
  if (!isExtending(state)) return [];
  const { extension } = state;
  const { chain, votes, endsAt } = extension;
  const ruling = given?.ruling ?? extension.ruling;
  const basis = basisIn(given ?? {});
  const { decidedAt = at } = given ?? {};
  if (!basis || (given && !('given' in given))) return [];
  if (given && !(isRuling(ruling) && permitting(ruling))) return [];
  if (!(decidedAt <= at + SKEW && decidedAt >= extension.requestedAt - SKEW)) return [];
  if (given && given.replaces !== undefined && !given.replaces) return [];
  const longer = reason?.code === 'other-chain' ? [...chain, { name: 'more', quorum: 1 }] : chain;
  const denied = reason?.code === 'policy' ? reason : undefined;
  if (reason?.code === 'requester' && !filled(reason.problem)) return [];
  const beyond = reason?.code === 'beyond-extensions' ? reason : undefined;
  if (beyond && ![beyond.most, beyond.total].every(Number.isFinite)) return [];
  const lack = reason?.code === 'unfillable' ? reason : undefined;
  const asked = asRequest(state, extension);
  const candidates = lack
    ? people({ chain: longer, votes: [] }, lack)
    : people({ chain: longer, votes }, undefined);
  return [
    {
      type: 'ConfirmExtension',
      at,
      number,
      basis,
      decidedAt,
      replaces: given?.replaces ?? false,
      voters: votes.map((vote) => vote.by.email),
      valid: lack ? [] : asked.votes.map((vote) => vote.by.email),
      decision: denied
        ? {
            ...ruling,
            ...denied,
            outcome: 'denied',
          }
        : {
            ...ruling,
            outcome: longer.length === 0 ? 'auto' : 'needs-approval',
            chain: longer,
          },
      candidates,
      order: longer.map(({ name }) => name),
      warnBefore: given?.lease.warnAt === undefined ? 0 : endsAt - given.lease.warnAt,
      terms: beyond
        ? {
            most: beyond.most,
            total: beyond.total,
          }
        : PLENTY,
      ...(reason?.code === 'contested' && { contested: reason.request }),
      longer: { startsAt: state.lease.startsAt, endsAt, total: extension.total },
      ...(reason?.code !== 'changed' && { grantHash: state.grant.hash }),
      ...(reason?.code === 'requester' && { requesterProblem: reason.problem }),
    },
  ];
}

const isChain = (chain: Of<'ExtensionRequested'>['chain']) =>
  chain.every(isStage) && new Set(chain.map(({ name }) => name)).size === chain.length;
