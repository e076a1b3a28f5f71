import type { Stranger } from '../domain/refusal.js';
import type { Reason } from '../domain/request/state.js';
import { visibleLength } from '../domain/request/text.js';
import { only, people, rowFor, spelled } from './english.js';
import type { Pen } from './pen.js';

type Code = Reason['code'];
type ReasonOf<C extends Code> = Extract<Reason, { code: C }>;
interface Row<R extends Reason> {
  /** For the people concerned, with what they can do about it. */
  told(reason: R, pen: Pen): string;
  /** For a cell of `jit audit export`: what has been exported once reads the same ever after. */
  cell(reason: R): string;
}

const REASONS = {
  policy: {
    told: ({ advice, policies, errors }, pen) =>
      [
        ...advice.map((text) => pen.free(text, 500)),
        policies.length > 0 ? `Decided by ${policyIds(policies, pen)}.` : 'No policy permits it.',
        ...(errors.length > 0
          ? ['A policy could not be evaluated, so the answer is no. Please tell the people who run jit.']
          : []),
      ].join('\n'),
    cell: ({ errors, advice }) => [...errors, ...advice].join('; ') || 'no policy permits it',
  },
  unfillable: {
    told: ({ stage, needed, available }, pen) =>
      `The stage ${pen.name(stage)} needs ${people(needed)}, but ${only(available)} available besides the requester. Please ask the people who manage the groups to add more.`,
    cell: ({ stage, needed, available }) => `${stage} needs ${needed}, and ${available} can be found`,
  },
  vote: {
    told: ({ text }, pen) => `Reason:\n${pen.quote(text, 1500)}`,
    cell: ({ stage, text }) => `${stage}: ${text}`,
  },
  changed: {
    told: () =>
      'The catalog has changed since this was asked for, so it is no longer what the approvers saw. Please ask again.',
    cell: () => 'the catalog has changed since it was asked',
  },
  requester: {
    told: ({ problem }, pen) => `The requester may not have this any more: ${requester(problem, pen)}`,
    cell: ({ problem }) => `the requester: ${problem}`,
  },
  'no-room': {
    told: ({ principal, limit, used, needed }, pen) =>
      `AWS allows ${pen.code(principal)} ${limit} characters of inline policy: ${used} are in use, and this needs ${needed} more. End other access first, then ask again.`,
    cell: ({ principal, used, limit, needed }) =>
      `${principal} has no room in IAM: ${used} of ${limit} used, ${needed} needed`,
  },
  aws: {
    told: ({ error, hint }, pen) => `AWS answered ${pen.code(error)}: ${pen.free(hint, 800)}`,
    cell: ({ error, hint }) => `${error}: ${hint}`,
  },
  'taken-back': {
    told: ({ text }, pen) => (visibleLength(text) === 0 ? 'No reason was given.' : pen.quote(text, 1500)),
    cell: ({ text }) => text,
  },
  contested: {
    told: ({ request }, pen) =>
      `An earlier emergency of the requester, ${pen.code(request)}, is contested. Until another reviewer signs it off, they get no emergency access without approval.`,
    cell: ({ request }) => `the emergency ${request} is contested`,
  },
  'emergency-open': {
    told: ({ request }, pen) =>
      `The requester has asked for the same thing in an emergency before, ${pen.code(request)}, and that is not over.`,
    cell: ({ request }) => `the emergency ${request} for the same thing is not over`,
  },
  'end-stands': {
    told: () =>
      'Someone ordered this access to end, but the order does not prove who. The people who run jit can find out.',
    cell: () => 'its end was ordered, and the order does not say by whom',
  },
  'beyond-extensions': {
    told: ({ most, total }) =>
      most === 0
        ? 'The catalog no longer offers extensions of this access.'
        : `The catalog now allows ${count(most)}, and ${spelled(total)} in all.`,
    cell: ({ most, total }) => `the catalog now allows ${most} extensions, and ${spelled(total)} in all`,
  },
  'other-chain': {
    told: () => 'Who has to agree, or who may, changed while it was being decided. You can ask again.',
    cell: () => 'who has to agree has changed since it was asked',
  },
  'access-over': {
    told: () => 'The access ended before it was decided.',
    cell: () => 'the access was over first',
  },
} as const satisfies { [C in Code]: Row<ReasonOf<C>> };

const count = (extensions: number) => (extensions === 1 ? 'one extension' : `${extensions} extensions`);

/** Why a request closed or failed, for the people concerned. */
export function because(reason: Reason, pen: Pen): string {
  const row = rowFor<Row<never>>(REASONS, reason.code);
  return row ? row.told(reason as never, pen) : pen.free(reason.code, 100);
}

/** The same as it is exported. */
export function becauseCell(reason: Reason): string {
  return rowFor<Row<never>>(REASONS, reason.code)?.cell(reason as never) ?? reason.code;
}

/** The first eight ids of policies. */
export function policyIds(ids: string[], pen: Pen): string {
  const shown = ids.slice(0, 8).map(pen.code).join(', ');
  return ids.length > 8 ? `${shown} and ${ids.length - 8} more` : shown;
}

/** What has become of the requester since. */
const REQUESTER = {
  'identity-changed': 'their Slack account and e-mail address are no longer the ones that asked.',
  'other-workspace': 'they do not belong to this workspace.',
  'unknown-workspace': 'Slack does not say which workspace they belong to.',
  guest: 'they are now a guest in Slack.',
  bot: 'their Slack account is now a bot.',
  deactivated: 'their Slack account is deactivated.',
  'unknown-person': 'Slack no longer knows them.',
  'no-email': 'their Slack account no longer has an e-mail address.',
  'unconfirmed-email': 'they have not confirmed their e-mail address in Slack.',
  'directory-unavailable': 'jit cannot check who they are at the moment.',
} as const satisfies Record<Stranger['code'] | 'identity-changed', string>;

function requester(problem: string, pen: Pen): string {
  return rowFor<string>(REQUESTER, problem) ?? pen.free(problem, 500);
}
