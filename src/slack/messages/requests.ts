import type { Button } from '@slack/types';
import type { AuditRecord } from '../../domain/record/seal.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import { upcastEvent } from '../../domain/record/upcast.js';
import type { State } from '../../domain/request/state.js';
import type { GrantKind } from '../../ports/access.js';
import type { OwnRequests } from '../../ports/front.js';
import type { RequestView } from '../../ports/messages.js';
import { eventIn } from '../../words/event.js';
import { doer } from '../../words/pen.js';
import { actions, context, reference, say, section, sections, type Message } from './blocks.js';
import { againButton, buttonsOf } from './buttons.js';
import { chainLines } from './chain.js';
import { code, free, line, mention, pen, quote, when } from './mrkdwn.js';
import { policies, proofOf, standing, what, whyOf } from './phrases.js';

/** Requests. */
const SHOWN = 20;
const EVENTS = 15;

export const NEVER_ASKED = 'You have not asked for anything yet. Type /jit to ask.';

/** A person's own requests, each with the one button that makes sense for it. */
export function listing({ open, closed, more }: OwnRequests, kinds: readonly GrantKind[]): Message {
  const states = [...open, ...closed];
  if (states.length === 0) return say(NEVER_ASKED);
  const heading =
    open.length > 0 && closed.length > 0
      ? 'Your requests: open ones first, then closed ones, newest first:'
      : 'Your requests, newest first:';
  return choice(heading, states, (state) => buttonsOf(state, kinds)[0] ?? againButton(state), more);
}

/**
 * Requests to choose from, each with the button that does it.
 * @param older there are older ones that are not among them
 */
export function choice(
  heading: string,
  states: State[],
  buttonFor: (state: State) => Button | undefined,
  older = false,
): Message {
  const left = states.length - SHOWN;
  const rest = older ? 'older ones' : left === 1 ? '1 older one' : `${left} older ones`;
  return {
    text: heading,
    blocks: [
      section(heading),
      ...states
        .slice(0, SHOWN)
        .map((state) => section(`${what(state)}\n${standing(state)}\n${code(state.id)}`, buttonFor(state))),
      ...(left > 0 || older ? [context(`and ${rest}; /jit status with an id shows one`)] : []),
    ],
  };
}

/** One request with everything that has happened to it. */
export function statusOf(
  view: RequestView & { records: AuditRecord[] },
  directory: DirectoryConfig,
  own: boolean,
  kinds: readonly GrantKind[],
): Message {
  const { state, records } = view;
  const { justification, ticket, ruling, entitlement } = state;
  const facts = [
    `${mention(state.requester)} asked for ${what(state)} in ${free(entitlement.environment, 100)} (account ${code(entitlement.account)}, ${entitlement.risk} risk)`,
    `*${standing(state)}*`,
    whyOf(state),
    proofOf(state),
  ];
  return {
    text: `${what(state)}: ${standing(state)}`,
    blocks: [
      ...sections(
        facts.filter(Boolean).join('\n'),
        `${quote(justification, 1500)}${ticket === undefined ? '' : `\nTicket ${line(ticket, 200)}`}`,
        chainLines(view, directory).join('\n'),
        timeline(records),
      ),
      ...actions(own ? buttonsOf(state, kinds) : []),
      reference(state, ruling.policies.length > 0 ? policies(ruling.policies) : 'no policy'),
    ],
  };
}

/** What has happened to a request, oldest first, one line an event; of a long history the end. */
function timeline(records: AuditRecord[]): string {
  const lines = records.map((record) => {
    const event = upcastEvent(record.event);
    const by = event.by === 'jit' ? '' : `, ${doer(event.by, pen)}`;
    return `${when(event.at)}${by}: ${eventIn(event, pen)}`;
  });
  const left = lines.length - EVENTS;
  return [...(left > 0 ? [`(${left} earlier events are on record)`] : []), ...lines.slice(-EVENTS)].join(
    '\n',
  );
}
