import { brokenAt, type AuditRecord } from '../../src/domain/record/seal.js';
import { evolve } from '../../src/domain/request/stories/index.js';
import type { Grant } from '../../src/domain/grant.js';
import type { Head } from '../../src/domain/request/head.js';
import { isOperator, type By, type State } from '../../src/domain/request/state.js';
import type { Event } from '../../src/domain/request/event.js';
import { upcastEvent } from '../../src/domain/record/upcast.js';

/** One request as the store has it. */
export interface Kept {
  head: Head;
  records: AuditRecord[];
  grant: Grant | undefined;
}
/** What went to the bot, signed: who it names, and all of its text. */
export interface Sent {
  slackId: string;
  team: string;
  text: string;
}

const MEMBERS = ['ana', 'bob', 'sam', 'kim', 'lee', 'cleo', 'dan', 'oli', 'mia'];

/** Whether Slack says that this account belongs to us, whatever workspace a payload names. */
export const isMember = (slackId: string): boolean =>
  MEMBERS.some((name) => slackId === `U0${name.toUpperCase()}`);

const SECURITY = ['sam', 'kim', 'lee'];
const OWNERS: Record<string, string[]> = { dba: ['dan'], engineers: ['ana', 'bob', 'dan', 'oli'] };
const mail = (name: string) => `${name}@corp.example`;

/** Who may fill a stage in the company of the default policies; said here once more, apart from the program. */
function entitled(stage: string, state: State): string[] {
  if (stage === 'manager')
    return ['ana', 'cleo'].map(mail).includes(state.requester.email) ? [mail('bob')] : [];
  if (stage === 'security') return SECURITY.map(mail);
  if (stage !== 'owners') return [];
  return state.entitlement.owners.flatMap((owner) => (OWNERS[owner] ?? []).map(mail));
}

/** What the record shows that nobody could have brought about: one sentence each, none when all is well. */
export function impossibilities({ head, records, grant }: Kept, sent: Sent[]): string[] {
  const found: string[] = [];
  const say = (what: string) => void found.push(`${head.id}: ${what}`);
  if (brokenAt(records) !== undefined) say('its chain does not hold');
  let state: State | undefined;
  for (const { event: stored } of records) {
    const event = upcastEvent(stored);
    if (event.by !== 'jit') found.push(...strange(head.id, event, event.by, sent));
    if (event.type === 'Voted') {
      const { by, stage } = event.vote;
      if (!state || !entitled(stage, state).includes(by.email)) say(`${by.email} voted for ${stage}`);
      if (by.email === state?.requester.email) say(`${by.email} voted for their own request`);
      if (state?.votes.some((vote) => vote.by.email === by.email)) say(`${by.email} voted twice`);
    }
    if (event.type === 'DurationShortened' || event.type === 'QuestionAsked') {
      const by = event.by !== 'jit' && 'email' in event.by ? event.by.email : 'jit';
      if (!state || !entitled(event.stage, state).includes(by)) say(`${event.type} by ${by}`);
      if (by === state?.requester.email) say(`${event.type} by the requester`);
    }
    if (event.type === 'DurationShortened' && !(event.to < (state?.duration ?? 0)))
      say('shortened to no less than it was');
    if (event.type === 'QuestionAnswered') {
      const by = event.by !== 'jit' && 'email' in event.by ? event.by.email : 'jit';
      if (by !== state?.requester.email) say(`${by} answered for the requester`);
    }
    if (event.type === 'RequestApproved') {
      const { startsAt, endsAt } = event.lease;
      if (endsAt - startsAt > (state?.duration ?? 0)) say('given for longer than was approved');
      for (const { name, quorum } of state?.chain ?? []) {
        const votes = state?.votes.filter((vote) => vote.stage === name).length ?? 0;
        if (votes < quorum) say(`approved with ${votes} of ${quorum} of ${name}`);
      }
      if (state?.chain.length === 0 && state.entitlement.environment !== 'sandbox') say('approved by nobody');
    }
    try {
      state = evolve(state, event);
    } catch (error) {
      say(String(error));
    }
  }
  if (canonical(state) !== canonical(head.state)) say('its state is not what its events lead to');
  const approved = records.some(({ event }) => event.type === 'RequestApproved');
  if (approved !== (grant !== undefined)) say('a grant without an approval, or an approval without a grant');
  return found;
}

/** Did a person of this workspace send what the event says they did? */
function strange(id: string, event: Event, by: Exclude<By, 'jit'>, sent: Sent[]): string[] {
  if (isOperator(by)) return [`${id}: ${event.type} by an operator, and nobody at a terminal took part`];
  const name = by.email.split('@')[0]!;
  const found: string[] = [];
  if (
    !MEMBERS.includes(name) ||
    by.account.id !== `U0${name.toUpperCase()}` ||
    by.account.tenant !== 'T0CORP'
  )
    found.push(`${id}: ${event.type} by ${JSON.stringify(by)}, who is no member`);
  const theirs = sent.filter(({ slackId }) => slackId === by.account.id);
  const named = 'asked' in event ? event.asked.entitlement.id : id.toLowerCase();
  if (!theirs.some(({ text }) => text.toLowerCase().includes(named)))
    found.push(`${id}: ${event.type} by ${by.email}, who sent nothing that names ${named}`);
  return found;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
