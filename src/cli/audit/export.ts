import { formatDuration } from '../../domain/duration.js';
import type { AuditRecord } from '../../domain/record/seal.js';
import type { Instant } from '../../domain/entitlement.js';
import type { LedgerEvent, LedgerRecord } from '../../domain/record/ledger.js';
import { isOperator, type AskedFor, type By } from '../../domain/request/state.js';
import type { Event } from '../../domain/request/event.js';
import { upcastEvent } from '../../domain/record/upcast.js';
import { rowFor, spelled } from '../../words/english.js';
import { factIn } from '../../words/event.js';
import { asWritten, doer } from '../../words/pen.js';
import { becauseCell } from '../../words/reason.js';
import { eachLedger, eachOnRecord, type Reader } from './verify.js';

/** One audit event as a line: who did what to which request, when, why, and by which policies. */
const COLUMNS = [
  'at',
  'request',
  'n',
  'event',
  'who',
  'slackId',
  'requester',
  'what',
  'account',
  'why',
  'ticket',
  'policies',
  'bundle',
  'outcome',
  'endsAt',
  'hash',
] as const;
export type Row = Record<(typeof COLUMNS)[number], string>;

/** @param asked what the request's first record says of it; absent when that is not there */
export function rowOf({ requestId, n, event: stored, hash }: AuditRecord, asked: AskedFor | undefined): Row {
  const event = upcastEvent(stored);
  const { by } = event;
  const ruling = 'ruling' in event ? event.ruling : 'asked' in event ? event.asked.ruling : undefined;
  const endsAt = event.type === 'RequestApproved' ? event.lease.endsAt : undefined;
  return {
    at: iso(event.at),
    request: requestId,
    n: String(n),
    event: event.type,
    who: doer(by, asWritten),
    slackId: slackId(by),
    requester: asked?.requester.email ?? '',
    what: asked?.entitlement.id ?? '',
    account: asked?.entitlement.account ?? '',
    why: cell(event, 'why'),
    ticket: 'asked' in event ? (event.asked.ticket ?? '') : '',
    policies: policies(event).join(' '),
    bundle: ruling?.bundle ?? '',
    outcome: cell(event, 'outcome'),
    endsAt: endsAt === undefined ? '' : iso(endsAt),
    hash,
  };
}

function slackId(by: By): string {
  return by === 'jit' || isOperator(by) || by.account.provider !== 'slack' ? '' : by.account.id;
}

function policies(event: Event): string[] {
  if ('reason' in event && event.reason?.code === 'policy') return event.reason.policies;
  if ('ruling' in event) return event.ruling.policies;
  if (event.type === 'Voted') return event.vote.policies;
  if (event.type === 'RevocationStarted') return event.policies ?? [];
  if (event.type === 'EmergencyReviewed') return event.policies;
  return 'asked' in event ? event.asked.ruling.policies : [];
}

interface Cells<E extends Event> {
  why?: (event: E) => string;
  outcome?: string | ((event: E) => string);
}

/** What each event says in the columns `why` and `outcome`. */
const CELLS = {
  RequestSubmitted: { why: whyAsked },
  RequestRefused: {
    why: ({ asked, reason }) => `${whyAsked({ asked })} (refused: ${becauseCell(reason)})`,
    outcome: 'denied',
  },
  PreflightPassed: {},
  Voted: {
    why: ({ vote: { stage, delegatedBy } }) =>
      `for ${stage}${delegatedBy ? `, standing in for ${delegatedBy.email}` : ''}`,
  },
  DurationShortened: {
    why: ({ from, to, stage }) => `for ${stage}: ${formatDuration(to)} instead of ${formatDuration(from)}`,
  },
  QuestionAsked: { why: ({ stage, text }) => `for ${stage}: ${text}` },
  QuestionAnswered: { why: ({ question, text }) => `to question ${question}: ${text}` },
  Reminded: { why: ({ stage, round }) => `of ${stage}, round ${round}` },
  StageEscalated: {
    why: ({ stage, to, why }) =>
      `${stage} to ${to}: ${why === 'time' ? 'nobody answered in time' : 'too few people were left'}`,
  },
  StartDoubted: { why: ({ reason }) => becauseCell(reason) },
  VotesVoided: { why: ({ people, why }) => `${people.join(', ')}: ${why}` },
  ChainChanged: {},
  RequestApproved: {},
  RequestDenied: {
    why: ({ reason, delegatedBy }) =>
      `${becauseCell(reason)}${delegatedBy ? ` (standing in for ${delegatedBy.email})` : ''}`,
    outcome: 'denied',
  },
  RequestCancelled: { outcome: 'cancelled' },
  RequestLapsed: { outcome: 'lapsed' },
  ProvisionAttempted: {},
  GrantProvisioned: {},
  ExtensionRequested: { why: ({ more, endsAt }) => `${spelled(more)} more, until ${iso(endsAt)}` },
  ExtensionVoted: {},
  ExtensionRefused: { why: ({ reason }) => becauseCell(reason) },
  LeaseExtended: { why: ({ lease }) => `until ${iso(lease.endsAt)}` },
  EndAnnounced: {},
  MintRequested: {},
  MintAttempted: {},
  MintRefused: { why: ({ reason }) => becauseCell(reason) },
  CredentialsMinted: {
    why: ({ accessKeyId, lingering }) =>
      lingering
        ? `${accessKeyId}, whose keys AWS takes until ${new Date(lingering.until).toISOString()}: ${lingering.why}`
        : accessKeyId,
  },
  RevocationStarted: {
    why: ({ reason, cause, unknownGroups }) =>
      [reason ? becauseCell(reason) : cause, ...without(unknownGroups)].join(' '),
  },
  RequestClosed: { why: ({ proof }) => proof.evidence, outcome: ({ outcome }) => outcome },
  CleanedUp: {},
  EmergencyReviewed: {
    why: ({ verdict, text = '' }) => [verdict.replace('-', ' '), ...(text === '' ? [] : [text])].join(': '),
  },
} as const satisfies { [E in Event as E['type']]: Cells<E> };

function whyAsked({ asked: { justification, emergency } }: { asked: AskedFor }): string {
  return emergency ? `emergency: ${justification}` : justification;
}

function cell(event: Event, column: keyof Cells<Event>): string {
  const said = rowFor<Cells<never>>(CELLS, event.type)?.[column] ?? '';
  return typeof said === 'string' ? said : said(event as never);
}

function without(groups: string[] = []): string[] {
  return groups.length > 0 ? [`(groups that could not be looked up: ${groups.join(', ')})`] : [];
}

/** Danger: a forged record may hold anything, so what is no time is exported as it is. */
function iso(at: Instant): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? String(at) : time.toISOString();
}

const FORMATS = {
  /** With the record itself, so that others can check the chain without us. */
  jsonl: { head: '', line: (row: Row, record: object) => `${JSON.stringify({ ...row, record })}\n` },
  csv: { head: csv([...COLUMNS]), line: (row: Row) => csv(COLUMNS.map((column) => row[column])) },
} as const;

export type ExportFormat = keyof typeof FORMATS;

/** A fact in a ledger as a line, under the ledger's name in the place of a request. */
function ledgerRow({ ledger, n, event, hash }: LedgerRecord): Row {
  const none = Object.fromEntries(COLUMNS.map((column) => [column, ''])) as Row;
  // Who did it is written as in a request, by the same programs.
  const by = event.by as By;
  const who = doer(by, asWritten);
  return {
    ...none,
    at: iso(event.at),
    request: ledger,
    n: String(n),
    event: event.type,
    who,
    slackId: slackId(by),
    why: said(event),
    policies: 'policies' in event && Array.isArray(event.policies) ? event.policies.join(' ') : '',
    hash,
  };
}

/** Danger: a forged fact may be of another shape than its name says; it is exported all the same. */
function said(event: LedgerEvent): string {
  try {
    return factIn(event, { ...asWritten, instant: iso });
  } catch {
    return '';
  }
}

/**
 * The audit events of all requests, request by request in the order of their ids (which is that of their making), and
 * then those of all ledgers.
 * @param since leaves out what happened before
 * @throws naming the request or ledger whose record cannot be read: half an export must not pass for a whole one
 */
export async function* exported(
  reader: Reader,
  format: ExportFormat,
  since: Instant = -Infinity,
): AsyncGenerator<string> {
  const { head, line } = FORMATS[format];
  if (head) yield head;
  for await (const { id, found } of eachOnRecord(reader, await reader.ids())) {
    if ('code' in found) throw new Error(`the request ${id} cannot be exported: ${found.what}`);
    const first = found.records[0] && upcastEvent(found.records[0].event);
    const asked = first && 'asked' in first ? first.asked : undefined;
    for (const record of found.records)
      if (record.event.at >= since) yield line(rowOf(record, asked), record);
  }
  for await (const { name, found } of eachLedger(reader, await reader.ledgers())) {
    if ('code' in found) throw new Error(`the ledger ${name} cannot be exported: ${found.what}`);
    for (const record of found.records) if (record.event.at >= since) yield line(ledgerRow(record), record);
  }
}

/**
 * RFC 4180, everything quoted. A cell that a spreadsheet would take for a formula gets an apostrophe before it
 * (OWASP, CSV injection): a requester's justification must not run in the auditor's office.
 */
function csv(cells: string[]): string {
  const safe = cells.map((cell) =>
    /^[\s\p{Cc}\p{Cf}]*[=+\-@|%＝＋－＠]|^[\t\r\n]/u.test(cell) ? `'${cell}` : cell,
  );
  return `${safe.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\r\n`;
}
