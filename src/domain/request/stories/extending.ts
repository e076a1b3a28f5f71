import { formatChain, isComplete, mergeChains, unfillable, type Chain } from '../../chain.js';
import { formatDuration, parseDuration } from '../../duration.js';
import type { ExtensionTerms, Millis } from '../../entitlement.js';
import type { Lease } from '../../lease.js';
import { defined } from '../../objects.js';
import { SKEW, tooLate } from '../../record/past.js';
import {
  BASIS,
  isChain,
  isInstant,
  isPerson,
  isPermitting,
  isRequester,
  wrongBasis,
  wrongReason,
} from '../../record/values.js';
import { refusalFor, type Refusal } from '../../refusal.js';
import { visibleLength } from '../text.js';
import type { CommandOf } from '../command.js';
import { deniedBy, rulingOf } from '../decision.js';
import type { EventOf } from '../event.js';
import { asRequest, isExtending, pastExtensions, totalWith, type Extending } from '../extension.js';
import type { Active, PastExtension, Reason, State } from '../state.js';
import { holding, wrongQuorum } from './confirming.js';
import {
  CARDS,
  LIVING,
  NOTHING,
  notTheirs,
  record,
  standing,
  tell,
  type Decided,
  type Decisions,
  type EventRow,
  type Owes,
} from './story.js';
import { voteOf, whyNotTheirs, whyNoVote, wrongDenialBy, wrongVote } from './voting.js';

// The requester wants the access for longer. It is agreed to as a request is, and what there is stays as it is until then.

/** Of one request: they are kept in HEAD. */
export const MOST_REFUSED_EXTENSIONS = 10;

const EXTEND: Owes = { effect: { type: 'extend' } };

export const EXTENDING_COMMANDS: Decisions<'Extend' | 'ConfirmExtension' | 'FailExtension'> = {
  Extend(command, state) {
    const { at, by, more, decision, basis, candidates, unknown } = command;
    const refusal = whyNotExtendable(command, state);
    if (refusal || state.status !== 'active') return { refusal: refusal ?? lost(state) };
    if (decision.outcome === 'denied') return { refusal: refusalFor({ ...decision, outcome: 'denied' }) };
    const { chain } = decision;
    const gap = unfillable(chain, candidates, [], [state.requester.email], unknown);
    if (gap) return { refusal: { code: 'unfillable', ...gap } };
    const contested = barredBy(command, state, chain);
    if (contested !== undefined) return { refusal: { code: 'contested', contested } };
    const number = pastExtensions(state).length + 1;
    const { endsAt } = state.lease;
    const asked = { number, more, total: totalWith(state, more), endsAt: endsAt + more };
    return record(
      at,
      { type: 'ExtensionRequested', ...asked, chain, ruling: rulingOf(decision), ...basis },
      by,
    );
  },

  ConfirmExtension(command, state) {
    const { at, number, voters, decision, longer } = command;
    if (!isExtending(state) || state.extension.number !== number || !isComplete(state.extension))
      return NOTHING;
    const { extension, lease } = state;
    if (voters.join() !== extension.votes.map(({ by }) => by.email).join()) return NOTHING;
    if (longer && (longer.endsAt !== extension.endsAt || longer.total !== extension.total)) return NOTHING;
    // The clock ends it.
    if (at >= lease.endsAt) return NOTHING;
    const reason = whyNotGiven(command, state);
    if (reason) return record(at, { type: 'ExtensionRefused', number, reason });
    if (decision.outcome === 'denied' || !longer) return NOTHING;
    const { basis, decidedAt, warnBefore, replaces } = command;
    const { startsAt, endsAt, total } = longer;
    const warnAt = endsAt - warnBefore;
    const made: Lease = { startsAt, endsAt, ...(warnBefore > 0 && warnAt > at && { warnAt }) };
    const ruling = rulingOf(decision);
    return record(at, {
      type: 'LeaseExtended',
      number,
      total,
      lease: made,
      ruling,
      decidedAt,
      ...(replaces && { replaces }),
      ...basis,
    });
  },

  FailExtension: ({ at, reason }, state) =>
    state.status === 'active' && state.extension?.agreed
      ? record(at, { type: 'ExtensionRefused', number: state.extension.number, reason })
      : NOTHING,
};

function lost(state: State): Refusal {
  return { code: 'not-active', ...standing(state) };
}

/** Why it cannot be made longer by so much, whatever policy says. */
function whyNotExtendable(
  { at, by, more, terms, grantHash }: CommandOf<'Extend'>,
  state: State,
): Refusal | undefined {
  const refusal = notTheirs(by, state);
  if (refusal) return refusal;
  if (state.status !== 'active') return lost(state);
  const { lease, extension, notExtended = [], extended = [], grant } = state;
  if (at >= lease.endsAt) return { code: 'not-active', status: 'ending' };
  if (extension) return { code: 'extension-waiting' };
  if (!terms) return { code: 'not-extendable' };
  if (extended.length >= terms.most) return { code: 'extended-enough', most: terms.most };
  if (notExtended.length >= MOST_REFUSED_EXTENSIONS)
    return { code: 'too-many-extensions', limit: MOST_REFUSED_EXTENSIONS };
  if (parseDuration(formatDuration(more)) !== more)
    return { code: 'unknown-duration', text: formatDuration(more) };
  if (totalWith(state, more) > terms.total)
    return { code: 'extension-too-long', total: terms.total, left: leftOf(state, terms) };
  return grantHash === grant.hash ? undefined : { code: 'extension-of-other' };
}

/** How much longer it can be made; 0: not at all. */
export function leftOf(state: Pick<Active, 'duration' | 'extended'>, terms: ExtensionTerms): Millis {
  if ((state.extended ?? []).length >= terms.most) return 0;
  return Math.max(0, terms.total - totalWith(state, 0));
}

/** Whether its requester is offered to make it longer, where the catalog has been looked up. */
export function isExtendable(state: State): state is Active {
  if (state.status !== 'active' || state.extension) return false;
  const { extensions } = state.entitlement;
  return extensions !== undefined && leftOf(state, extensions) > 0;
}

function whyNotGiven(command: CommandOf<'ConfirmExtension'>, state: Extending): Reason | undefined {
  const { requesterProblem, grantHash, longer, terms, decision, order, candidates, unknown } = command;
  const { extension, extended = [], grant, requester } = state;
  if (requesterProblem !== undefined) return { code: 'requester', problem: requesterProblem };
  if (grantHash !== grant.hash || !longer) return { code: 'changed' };
  const { most, total } = terms ?? { most: 0, total: 0 };
  if (extended.length >= most || extension.total > total) return { code: 'beyond-extensions', most, total };
  if (decision.outcome === 'denied') return deniedBy(decision);
  const chain = mergeChains([extension.chain, decision.chain], order);
  const contested = barredBy(command, state, chain);
  if (contested !== undefined) return { code: 'contested', request: contested };
  const votes = holding(command, asRequest(state, extension));
  if (formatChain(chain) === formatChain(extension.chain) && isComplete({ chain, votes })) return undefined;
  // Rather than to ask people anew while the end comes near, it is refused: the requester may ask again at once.
  const gap = unfillable(chain, candidates, votes, [requester.email], unknown);
  return gap ? { code: 'unfillable', ...gap } : { code: 'other-chain' };
}

/** Of an emergency that nobody would approve for longer: another one of the same person that is contested. */
function barredBy(
  { contested }: Pick<CommandOf<'Extend'>, 'contested'>,
  { emergency }: State,
  chain: Chain,
): string | undefined {
  return emergency && chain.length === 0 ? contested : undefined;
}

/** Whether a button was made for an extension, and not for the request. */
export function isOfExtension({ revision }: { revision: number }, state: State): boolean {
  return state.status !== 'pending' && revision > state.revision;
}

export function voteOnExtension(command: CommandOf<'Approve' | 'Deny'>, state: State): Decided {
  if (!isExtending(state))
    return {
      refusal: {
        code: 'extension-over',
        given: (state.extended ?? []).some(({ revision }) => revision === command.revision),
      },
    };
  const { at, by, stage } = command;
  const { extension } = state;
  const { number } = extension;
  const asked = asRequest(state, extension);
  const refusal = command.type === 'Approve' ? whyNoVote(command, asked) : whyNotTheirs(command, asked);
  if (refusal) return { refusal };
  if (command.type === 'Approve')
    return record(at, { type: 'ExtensionVoted', number, vote: voteOf(command) }, by);
  const text = command.text?.trim() ?? '';
  if (visibleLength(text) === 0) return { refusal: { code: 'reason-missing' } };
  return record(at, { type: 'ExtensionRefused', number, reason: { code: 'vote', stage, text } }, by);
}

/** The state with the extension that waits given. */
export function extendedNow({ extension, ...rest }: Active, at: Active['activeAt']): Active {
  if (!extension) return rest;
  const { agreed: _, ...given } = extension;
  return { ...rest, extended: [...(rest.extended ?? []), { ...given, at }] };
}

/** What is kept of one that waits and is not given. */
export function notGiven(
  { extension, notExtended = [] }: Pick<Active, 'extension' | 'notExtended'>,
  over: Pick<PastExtension, 'at' | 'by' | 'reason'>,
): Pick<Active, 'notExtended'> {
  if (!extension) return {};
  const { agreed: _, ...asked } = extension;
  return { notExtended: [...notExtended, { ...asked, ...over }] };
}

export const EXTENDING = {
  ExtensionRequested: {
    after: { active: true },
    recordedBy: 'people',
    members: {
      number: 'always',
      more: 'always',
      total: 'always',
      endsAt: 'always',
      chain: 'always',
      ruling: 'always',
      given: 'always',
      ...BASIS,
    },
    evolve: ({ at: requestedAt, number, more, total, endsAt, chain, ruling }, before) => ({
      ...before,
      extension: {
        number,
        more,
        total,
        requestedAt,
        endsAt,
        ruling,
        chain,
        revision: before.revision + number,
        votes: [],
      },
    }),
    owes: ({ chain }) => (chain.length === 0 ? [EXTEND, LIVING] : [CARDS]),
    law: wrongAsk,
  } satisfies EventRow<'ExtensionRequested', 'active'>,

  ExtensionVoted: {
    after: { active: true },
    recordedBy: 'people',
    members: { number: 'always', vote: 'always' },
    evolve: ({ vote }, before) => ({
      ...before,
      ...(before.extension && {
        extension: { ...before.extension, votes: [...before.extension.votes, vote] },
      }),
    }),
    owes: (_, state) => (isExtending(state) && isComplete(state.extension) ? [EXTEND, CARDS] : [CARDS]),
    law: (event, before) => wrongNumber(event, before) ?? wrongVote(event, asked(before)),
  } satisfies EventRow<'ExtensionVoted', 'active'>,

  ExtensionRefused: {
    after: { active: true },
    recordedBy: 'people',
    members: { number: 'always', reason: 'always' },
    evolve({ at, by, reason }, { extension, ...before }) {
      const from = extension?.agreed?.from;
      return {
        ...before,
        ...notGiven(
          { ...before, ...defined({ extension }) },
          {
            at,
            reason,
            ...(isPerson(by) && { by }),
          },
        ),
        ...(from && { lease: from, warned: from.warnAt === undefined || at >= from.warnAt }),
      };
    },
    owes: () => [CARDS, tell('not-extended')],
    law: wrongRefusal,
  } satisfies EventRow<'ExtensionRefused', 'active'>,

  LeaseExtended: {
    after: { active: true },
    members: {
      number: 'always',
      total: 'always',
      lease: 'always',
      ruling: 'always',
      decidedAt: 'always',
      replaces: 'sometimes',
      given: 'always',
      ...BASIS,
    },
    evolve: ({ at, lease, replaces }, before) => {
      const longer = { ...before, lease, warned: false };
      const { extension } = before;
      return replaces && extension
        ? { ...longer, extension: { ...extension, agreed: { at, from: before.lease } } }
        : extendedNow(longer, at);
    },
    owes: ({ replaces }) =>
      replaces ? [{ effect: { type: 'replace' } }, LIVING] : [CARDS, tell('extended')],
    law: wrongExtension,
  } satisfies EventRow<'LeaseExtended', 'active'>,
};

const NONE_WAITS = 'no extension of that number was waiting';

function wrongNumber({ number }: { number: number }, before: Active): string | undefined {
  return isExtending(before) && before.extension.number === number ? undefined : NONE_WAITS;
}

function asked(before: Active): ReturnType<typeof asRequest> {
  return asRequest(before, before.extension!);
}

function wrongAsk(event: EventOf<'ExtensionRequested'>, before: Active): string | undefined {
  const { at, by, number, more, total, endsAt, chain, ruling } = event;
  if (!isRequester(by, before)) return 'an extension was asked for by somebody other than the requester';
  const late = tooLate(at, before);
  if (late) return 'an extension was asked for after the end';
  if (before.extension) return 'an extension was asked for while another one waited';
  const past = pastExtensions(before).length;
  if (number !== past + 1) return 'an extension bears another number than is its turn';
  if ((before.notExtended ?? []).length >= MOST_REFUSED_EXTENSIONS)
    return 'more extensions were asked for than are let through';
  if (parseDuration(formatDuration(more)) !== more) return 'an extension is by no duration';
  if (endsAt !== before.lease.endsAt + more || total !== totalWith(before, more))
    return 'an extension leads to another end than its own';
  if (!isChain(chain)) return 'the chain of an extension is none that policy could ask for';
  if (!isPermitting(ruling)) return 'an extension was asked for without a policy that permits it';
  return wrongBasis(event);
}

function wrongRefusal(event: EventOf<'ExtensionRefused'>, before: Active): string | undefined {
  const { by, number, reason } = event;
  const { extension } = before;
  if (extension?.number !== number) return NONE_WAITS;
  if (isPerson(by))
    return extension.agreed
      ? 'an extension was denied after it had been given'
      : wrongDenialBy({ ...event, by }, asked(before));
  if (reason.code === 'vote') return 'a person’s denial was recorded without the person';
  const wrong = wrongReason(reason, 'extension');
  if (wrong) return wrong;
  if (reason.code === 'contested' && !(before.emergency && extension.chain.length === 0))
    return 'an extension was refused for a contested emergency, and was none that needs no approval';
  if ((reason.code === 'aws') !== (extension.agreed !== undefined))
    return 'an extension was refused for a reason of another moment';
  return extension.agreed || isComplete(extension)
    ? undefined
    : 'an extension was refused at a confirmation that nothing had led to';
}

function wrongExtension(event: EventOf<'LeaseExtended'>, before: Active): string | undefined {
  const { at, total, lease, ruling, decidedAt } = event;
  const none = wrongNumber(event, before);
  if (none || !before.extension) return none ?? NONE_WAITS;
  const { extension } = before;
  const late = tooLate(at, before);
  if (late) return 'it was made longer after its end';
  const wrong = wrongQuorum(asRequest(before, extension));
  if (wrong) return wrong;
  if (lease.startsAt !== before.lease.startsAt || lease.endsAt !== extension.endsAt)
    return 'its new lease is not the one that was approved';
  if (total !== extension.total) return 'its new lease is of another length than was approved';
  if (lease.warnAt !== undefined && !(lease.warnAt > at && lease.warnAt < lease.endsAt))
    return 'its new end was to be announced outside of its lease';
  if (!isPermitting(ruling)) return 'it was made longer without a policy that permits it';
  if (!isInstant(decidedAt) || decidedAt > at + SKEW || decidedAt < extension.requestedAt - SKEW)
    return 'policy decided on an extension before it was asked for, or after it was given';
  return wrongBasis(event);
}
