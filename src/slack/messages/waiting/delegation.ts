import { samePerson, type Person } from '../../../domain/person.js';
import type { DelegationNews } from '../../../ports/messages.js';
import { list } from '../../../words/english.js';
import { context, section, type Message } from '../blocks.js';
import { free, mention, when } from '../mrkdwn.js';

/** Invariant 17, for both. */
export const ONE_COUNTS = 'Only one of you two can approve each request.';

/** For who stands in. */
export function toStandIn({ delegation, what, by, stages }: DelegationNews): Message {
  const away = mention(delegation.from);
  if (what === 'ended') return message([`${endOf({ delegation, by })} You no longer stand in for them.`]);
  return message(
    [
      `You stand in for ${away} until ${when(delegation.until)}.`,
      `You may decide what waits for them as ${namesOf(stages)}. You decide in your own name. ${ONE_COUNTS}`,
    ],
    '/jit pending shows all that waits for you',
  );
}

/** For who was away, where somebody else has ended it. */
export function toAbsentee({ delegation, by }: Pick<DelegationNews, 'delegation' | 'by'>): Message {
  const who = by ? mention(by) : 'jit';
  return message(
    [`${who} ended your delegation: ${mention(delegation.to)} no longer stands in for you.`],
    '/jit away begins another one',
  );
}

/** For the channels of the stages. */
export function toChannel({ delegation, what, by, stages }: DelegationNews): Message {
  const [away, other] = [mention(delegation.from), mention(delegation.to)];
  return message([
    what === 'started'
      ? `${away} is away until ${when(delegation.until)}. ${other} stands in for them as ${namesOf(stages)}.`
      : `${endOf({ delegation, by })} ${other} no longer stands in for them.`,
  ]);
}

/** Why it is over: they are back, somebody ended it, or time was up. */
function endOf({
  delegation: { from, until },
  by,
}: {
  delegation: DelegationNews['delegation'];
  by: Person | undefined;
}): string {
  if (!by) return `${mention(from)} was away until ${when(until)}.`;
  return samePerson(by, from) === 'same'
    ? `${mention(from)} is back.`
    : `${mention(by)} ended ${mention(from)}’s delegation.`;
}

function namesOf(stages: DelegationNews['stages']): string {
  return list(stages.map(({ name }) => `*${free(name, 100)}*`));
}

function message(lines: string[], note?: string): Message {
  const text = lines.join('\n');
  return { text, blocks: [section(text), ...(note === undefined ? [] : [context(note)])] };
}
