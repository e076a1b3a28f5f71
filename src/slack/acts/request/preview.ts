import type { Entitlement, Millis } from '../../../domain/entitlement.js';
import type { DirectoryConfig } from '../../../domain/directory.js';
import type { Foreseen, ForeseenStage, Preview, Running } from '../../../ports/front.js';
import { inMinutes, people, spelled } from '../../../words/english.js';
import { sentenceFor } from '../../../words/refusal.js';
import { escape, free, mention, when, code } from '../../messages/mrkdwn.js';

/** Who decides, as mrkdwn: it names what it is about, so that it stays true when the person has chosen again since. */
export function previewText(
  { name }: Entitlement,
  { duration, startsAt, foreseen, running }: Preview,
  { justification }: DirectoryConfig,
): string {
  const time = duration === undefined ? '' : ` for ${spelled(duration)}`;
  const start = startsAt === undefined ? '' : ` from ${when(startsAt)}`;
  const head = [`*${free(name, 150)}*${time}${start}`, ...(running ? [hasAlready(running)] : [])].join('\n');
  if ('refusal' in foreseen)
    return `${head}\n*Not possible like this.* ${escape(sentenceFor(foreseen.refusal))}`;
  const advice = foreseen.advice.map((text) => free(text, 500));
  return [head, `${wayOf(foreseen, justification.ticket?.example)}.`, ...advice].join('\n');
}

/** Whoever has it already perhaps wants it for longer, and not twice. */
function hasAlready({ id, until, isExtendable }: Running): string {
  const longer = isExtendable ? ` To have it for longer, type ${code(`/jit extend ${id}`)}.` : '';
  return `You have this already, until ${when(until)}.${longer}`;
}

/** `People usually need 20 minutes of this.` */
export function usualText(usual: Millis): string {
  return `People usually need ${inMinutes(usual)} of this.`;
}

/** `Needs Bob, then 2 of security (4 people; 3 of them in working hours)`, or `Granted at once`. */
function wayOf({ chain, needsTicket }: Foreseen, example: string | undefined): string {
  const ticket = `a ticket${example === undefined ? '' : ` such as ${free(example, 100)}`}`;
  if (chain.length === 0)
    return needsTicket ? `Needs ${ticket}, and is then granted at once` : 'Granted at once';
  return `Needs ${[...(needsTicket ? [ticket] : []), ...chain.map(stageText)].join(', then ')}`;
}

function stageText({ name, quorum, people: who, isWhole, atWork }: ForeseenStage): string {
  const [one] = who;
  if (one && who.length === 1 && quorum === 1 && isWhole)
    return mention(one) + (atWork === 0 ? ' (outside their working hours now)' : '');
  const stage = `${quorum} of ${free(name, 150)}`;
  // Of people who are not all known, no number is true.
  return isWhole ? `${stage} (${people(who.length)}${working(who.length, atWork)})` : stage;
}

function working(all: number, atWork: number | undefined): string {
  if (atWork === undefined) return '';
  const some = atWork === all ? 'all' : atWork === 0 ? 'none' : atWork;
  return `; ${some} of them in working hours`;
}
