import { formatDuration, parseDuration } from '../../../../src/domain/duration.js';
import type { Command } from '../../../../src/domain/request/command.js';
import type { Event } from '../../../../src/domain/request/event.js';
import type { State } from '../../../../src/domain/request/state.js';
import {
  FLIGHT,
  PROOF,
  SKEW,
  VOTE,
  filled,
  isMadeOf,
  isSomebody,
  isWhole,
  permitting,
  plenty,
  verdict,
  type Memory,
} from './facts.js';
import { submissions } from './submissions.js';
import { confirmations } from './confirmations.js';
import { endings } from './endings.js';
import { extensions } from './extensions.js';
import { escalations } from './escalations.js';

/** Every command that could have led to what comes next. */
export function commandsFor(rest: Event[], state: State | undefined, memory: Memory): Command[] {
  const [event] = rest as [Event, ...Event[]];
  const { at, by } = event;
  const pending = state?.status === 'pending' ? state : undefined;
  const only = (may: boolean, command: () => Command): Command[] => (may ? [command()] : []);
  const person = typeof by === 'object' && 'email' in by ? by : undefined;
  switch (event.type) {
    case 'RequestSubmitted':
    case 'RequestRefused':
      return submissions(event);
    case 'PreflightPassed': {
      const { note } = event;
      return only(note === undefined || note !== '', () => ({
        type: 'PassPreflight',
        at,
        ...(note && { note }),
      }));
    }
    case 'Voted':
      return only(
        person !== undefined &&
          pending !== undefined &&
          isMadeOf(event.vote, VOTE) &&
          permitting(event.vote) &&
          (!event.vote.delegatedBy || isSomebody(event.vote.delegatedBy)),
        () => ({
          type: 'Approve',
          at,
          by: person!,
          stage: event.vote.stage,
          revision: pending!.revision,
          verdict: verdict(event.vote.policies),
          candidates: plenty(pending!, [(event.vote.delegatedBy ?? event.vote.by).email]),
          ...(event.vote.delegatedBy && { delegatedBy: event.vote.delegatedBy }),
        }),
      );
    case 'DurationShortened': {
      const [, voted] = rest;
      const { to, stage } = event;
      const offered = parseDuration(formatDuration(to)) === to;
      const may =
        offered &&
        voted?.type === 'Voted' &&
        isMadeOf(voted.vote, VOTE) &&
        permitting(voted.vote) &&
        (!voted.vote.delegatedBy || isSomebody(voted.vote.delegatedBy));
      return only(person !== undefined && pending !== undefined && may, () => ({
        type: 'Shorten',
        at,
        by: person!,
        stage,
        to,
        offered: [to],
        revision: pending!.revision,
        verdict: verdict(voted?.type === 'Voted' ? voted.vote.policies : []),
        ...(voted?.type === 'Voted' && voted.vote.delegatedBy
          ? {
              delegatedBy: voted.vote.delegatedBy,
              candidates: plenty(pending!, [voted.vote.delegatedBy.email]),
            }
          : { candidates: plenty(pending!, [person!.email]) }),
      }));
    }
    case 'QuestionAsked':
      return only(person !== undefined && pending !== undefined, () => ({
        type: 'AskQuestion',
        at,
        by: person!,
        stage: event.stage,
        text: event.text,
        revision: pending!.revision,
        verdict: verdict(['p']),
        candidates: plenty(pending!, [person!.email]),
      }));
    case 'QuestionAnswered': {
      const { question, text } = event;
      return only(person !== undefined, () => ({ type: 'AnswerQuestion', at, by: person!, question, text }));
    }
    case 'Reminded': {
      const { stage, round } = event;
      return [{ type: 'RecordReminders', at, stage, round }];
    }
    case 'StageEscalated':
      return pending ? escalations(event, pending) : [];
    case 'StartDoubted':
    case 'VotesVoided':
    case 'ChainChanged':
    case 'RequestApproved':
      return confirmations(rest, state);
    case 'RequestDenied': {
      const { reason, delegatedBy } = event;
      const wide = pending && plenty(pending, person ? [person.email] : []);
      // Who has voted in a seat of their own may have lost it since.
      const seats = delegatedBy
        ? { [reason.code === 'vote' ? reason.stage : '']: [delegatedBy.email] }
        : wide;
      const denies: Command[] =
        person && pending && reason.code === 'vote' && (!delegatedBy || isSomebody(delegatedBy))
          ? [
              {
                type: 'Deny',
                at,
                by: person,
                stage: reason.stage,
                revision: pending.revision,
                verdict: verdict(['p']),
                candidates: seats!,
                text: reason.text,
                ...(delegatedBy && { delegatedBy }),
              },
            ]
          : [];
      const refused = reason.code === 'aws' && filled(reason.error) && filled(reason.hint);
      const failed = only(isWhole(reason) && (reason.code === 'no-room' || refused), () => ({
        type: 'FailPreflight',
        at,
        reason,
      }));
      return [...denies, ...failed, ...confirmations(rest, state)];
    }
    case 'RequestCancelled':
      return only(person !== undefined, () => ({ type: 'Cancel', at, by: person! }));
    case 'RequestLapsed':
    case 'EndAnnounced':
      return [{ type: 'Tick', at }];
    case 'ProvisionAttempted':
      return only(event.until > at && event.until <= at + FLIGHT, () => ({
        type: 'AttemptProvision',
        at,
        until: event.until,
      }));
    case 'GrantProvisioned':
      return only(memory.provisions > 0 && 'receipt' in event, () => ({
        type: 'RecordProvisioned',
        at,
        receipt: event.receipt,
      }));
    case 'MintRequested':
      return only(person !== undefined && filled(event.waiting), () => ({
        type: 'RequestMint',
        at,
        by: person!,
        waiting: event.waiting,
      }));
    case 'MintAttempted': {
      const { permittedAt = Infinity } = event;
      const startsAt = state?.status === 'active' ? state.lease.startsAt : 0;
      const may = memory.presses > 0 && permittedAt <= at + SKEW && permittedAt >= startsAt - SKEW;
      return only(may, () => ({ type: 'AttemptMint', at, permittedAt }));
    }
    case 'MintRefused': {
      const { reason } = event;
      const policy = isWhole(reason) && reason.code === 'policy' && reason.errors.length === 0;
      const left = isWhole(reason) && reason.code === 'requester' && filled(reason.problem);
      return only(memory.presses > 0 && (policy || left), () => ({ type: 'RefuseMint', at, reason }));
    }
    case 'CredentialsMinted': {
      const { accessKeyId, expiresAt } = event;
      const lease = state && 'lease' in state ? state.lease : undefined;
      const within = lease !== undefined && expiresAt > lease.startsAt && expiresAt <= lease.endsAt;
      return only(memory.mintsUnderWay > 0 && filled(accessKeyId) && within, () => ({
        type: 'RecordMint',
        at,
        accessKeyId,
        expiresAt,
      }));
    }
    case 'ExtensionRequested':
    case 'ExtensionVoted':
    case 'ExtensionRefused':
    case 'LeaseExtended':
      return extensions(event, state);
    case 'RevocationStarted':
      return endings(event, state, memory);
    case 'RequestClosed': {
      const { proof } = event;
      const { checkedAt, evidence, cleanUpAt = 0 } = proof;
      const may =
        isMadeOf(proof, PROOF) && checkedAt <= at + SKEW && filled(evidence) && Number.isFinite(cleanUpAt);
      return only(may, () => ({ type: 'RecordGone', at, proof }));
    }
    case 'EmergencyReviewed': {
      const { verdict: said, text = '', policies } = event;
      const contests = said === 'contested';
      const may =
        person !== undefined &&
        permitting({ policies }) &&
        (contests || said === 'signed-off') &&
        (event.text === undefined || event.text !== '');
      return only(may, () => ({
        type: 'Review',
        at,
        by: person!,
        contests,
        text,
        group: 'security',
        reviews: true,
        verdict: verdict(policies),
      }));
    }
    case 'CleanedUp': {
      const due = state?.status === 'closed' ? (state.proof?.cleanUpAt ?? Infinity) : Infinity;
      return only(at >= due - SKEW, () => ({ type: 'RecordCleanUp', at }));
    }
    default:
      return event satisfies never;
  }
}
