import { formatChain } from '../../domain/chain.js';
import { formatDuration } from '../../domain/duration.js';
import type { PolicyFacts } from '../cedar/entities.js';
import type { Improvement } from './improvements.js';
import type { ExplainedQuestion } from './question.js';
import type { Explanation, Mattered } from './explain.js';
import { wallTime } from '../questions/cells/when.js';

/** Of policies that only came close, the text names so many; all are in the explanation itself. */
const CLOSE = 10;

/** An explanation in words, for a terminal or for Slack: lines, those that belong to another indented by two spaces. */
export function explanation(explained: Explanation, facts: PolicyFacts): string[] {
  const { decision } = explained;
  const of = (...hows: Mattered['how'][]) => explained.policies.filter(({ how }) => hows.includes(how));
  return [
    asked(explained, facts),
    '',
    ...answer(explained, facts),
    ...section('Decided by:', of('decided').flatMap(policyLines)),
    ...section('Would permit it, if nothing forbade it:', of('overruled').flatMap(policyLines)),
    ...section('Came close:', capped([...of('failed'), ...of('away')])),
    ...section('Would change the answer:', decision.outcome === 'auto' ? [] : changeLines(explained, facts)),
  ];
}

function changeLines(explained: Explanation, facts: PolicyFacts): string[] {
  const { changes, open } = explained;
  const unproven = `Not understood: ${open.join('; ')}. So there may be more.`;
  return [
    ...changes.map((change) => changed(change, explained.question, facts)),
    ...(changes.length === 0 ? [nothing(explained, facts)] : []),
    ...(open.length > 0 ? [unproven] : []),
  ];
}

function asked({ question }: Explanation, { directory, entitlements }: PolicyFacts): string {
  const { who, entitlement, duration, at, ticket, emergency } = question;
  const found = entitlements.get(entitlement);
  const thing = found ? `${entitlement} (${found.environment}, ${found.risk} risk)` : entitlement;
  const known = who.groups.length > 0 ? `in ${who.groups.join(', ')}` : 'in no group';
  const unknown = (who.unknownGroups ?? []).map(({ name }) => name);
  const groups = unknown.length > 0 ? `${known}; not known: ${unknown.join(', ')}` : known;
  const time = `${wallTime(at, directory.timezone)} (${directory.timezone})`;
  const work = ticket === undefined ? 'without a ticket' : `with the ticket ${ticket}`;
  const how = emergency ? `${work}, in an emergency` : work;
  return `${who.email} (${groups}) asks for ${thing} for ${formatDuration(duration)}, ${how}, at ${time}.`;
}

function answer({ decision, seats, gap, question }: Explanation, { entitlements }: PolicyFacts): string[] {
  const offered = entitlements.get(question.entitlement)?.durations ?? [];
  const notOffered =
    offered.length > 0 && !offered.includes(question.duration)
      ? [
          `It is not offered for ${formatDuration(question.duration)}, only for ${offered.map(formatDuration).join(', ')}.`,
        ]
      : [];
  if (decision.outcome === 'denied') {
    const why = decision.errors.length + decision.policies.length === 0 ? ['No policy permits it.'] : [];
    return ['Denied.', ...[...why, ...decision.errors, ...decision.advice, ...notOffered].map(indented)];
  }
  if (decision.outcome === 'auto')
    return ['Granted at once: nobody need agree.', ...[...decision.advice, ...notOffered].map(indented)];
  const refusal = gap
    ? [
        `It would be refused all the same: ${gap.stage} needs ${gap.needed}, and ${gap.available} can be found.`,
      ]
    : [];
  return [
    `Needs approval: ${formatChain(decision.chain)}.`,
    ...seats.map(({ name, quorum, who }) => {
      // A stage often has the name of its group, which need not be said twice.
      const people = who.startsWith(`${name}: `) ? who : `${name}: ${who}`;
      return indented(`${quorum > 1 ? `${quorum} of ` : ''}${people}`);
    }),
    ...[...refusal, ...decision.advice, ...notOffered].map(indented),
  ];
}

function section(title: string, lines: string[]): string[] {
  return lines.length > 0 ? ['', title, ...lines.map(indented)] : [];
}

function capped(close: Mattered[]): string[] {
  const more = close.length - CLOSE;
  return [...close.slice(0, CLOSE).flatMap(policyLines), ...(more > 0 ? [`… and ${more} more`] : [])];
}

function policyLines(mattered: Mattered): string[] {
  const { policy, effect, chain, needs, clauses } = mattered;
  const title = `${effect} ${policy}${chain ? ` (${formatChain(chain)})` : ''}`;
  const scope = needs === undefined ? [] : [`needs ${needs}`];
  return [
    title,
    ...[
      ...scope,
      ...clauses.map(({ kind, text, was, values }) => {
        const read = values.length > 0 ? `: ${values.join(', ')}` : '';
        const truth = typeof was === 'object' ? `could not be evaluated (${was.error})` : `was ${was}`;
        return `${kind}: \`${text}\` ${truth}${read}`;
      }),
    ].map(indented),
  ];
}

function changed(change: Improvement, asked: ExplainedQuestion, { directory }: PolicyFacts): string {
  const { gain, answer } = change;
  const result = `${gain === 'shorter' ? 'fewer people' : gain}: ${answer}`;
  const { duration, ticket, anyTicket, emergency, from, until } = change;
  const work = ticket === undefined ? [] : [ticketText(ticket, anyTicket, asked)];
  const how = [
    ...(emergency ? ['in an emergency'] : []),
    ...(duration === undefined ? [] : [`for ${formatDuration(duration)}`]),
    ...(from === undefined
      ? []
      : [`from ${wallTime(from, directory.timezone)} until ${wallTime(until!, directory.timezone)}`]),
  ];
  return `${[...work, ...(how.length > 0 ? [`asked ${how.join(', ')}`] : [])].join(', ')}: ${result}`;
}

function ticketText(ticket: string, any: true | undefined, asked: ExplainedQuestion): string {
  if (asked.ticket !== undefined) return `with another ticket, such as ${ticket}`;
  return any ? 'with a ticket' : `with a ticket such as ${ticket}`;
}

function nothing({ decision, open, question }: Explanation, { directory }: PolicyFacts): string {
  const better = decision.outcome === 'denied' ? 'permits it' : 'makes it easier';
  const sure = open.length > 0 ? 'is known that' : 'to come';
  const others = directory.emergency && !question.emergency ? 'no ticket, no emergency' : 'no ticket';
  return `No shorter time on offer, ${others} and no hour ${sure} ${better}, nor all of them together.`;
}

const indented = (line: string) => `  ${line}`;
