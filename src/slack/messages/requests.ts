import type { Button } from '@slack/types';
import type { AuditRecord } from '../../domain/record/seal.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { State } from '../../domain/request/state.js';
import type { GrantKind } from '../../ports/access.js';
import type { OwnRequests } from '../../ports/front.js';
import type { RequestView } from '../../ports/messages.js';
import { actions, context, section, type Message } from './blocks.js';
import { cancelButton, credentialsButton, endButton } from './buttons.js';
import { kindOf } from './news/active.js';
import { chainLines } from './chain.js';
import { code, free, line, mention, quote } from './mrkdwn.js';
import { timeline } from './timeline.js';
import { because, policies, proofOf, reasonOf, standing, what } from './phrases.js';

const SHOWN = 20;

/** A person's own requests, each with the one button that makes sense for it. */
export function listing({ open, closed, more }: OwnRequests, kinds: readonly GrantKind[]): Message {
  const states = [...open, ...closed];
  if (states.length === 0) return nothing('You have not asked for anything yet. Type /jit to ask.');
  const heading =
    open.length > 0 && closed.length > 0
      ? 'Your requests: open ones first, then closed ones, newest first:'
      : 'Your requests, newest first:';
  return choice(heading, states, (state) => buttonsOf(state, kinds)[0], more);
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
  return {
    text: heading,
    blocks: [
      section(heading),
      ...states
        .slice(0, SHOWN)
        .map((state) => section(`${what(state)}\n${standing(state)}\n${code(state.id)}`, buttonFor(state))),
      ...(left > 0 || older
        ? [
            context(
              `and ${older ? 'older ones' : left === 1 ? '1 older one' : `${left} older ones`}; /jit status with an id shows one`,
            ),
          ]
        : []),
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
  const reason = reasonOf(state);
  const { justification, ticket, ruling, entitlement } = state;
  const facts = [
    `${mention(state.requester)} asked for ${what(state)} in ${free(entitlement.environment, 100)} (account ${code(entitlement.account)}, ${entitlement.risk} risk)`,
    `*${standing(state)}*`,
    reason && because(reason),
    proofOf(state),
  ];
  const buttons = own ? buttonsOf(state, kinds) : [];
  return {
    text: `${what(state)}: ${standing(state)}`,
    blocks: [
      section(facts.filter(Boolean).join('\n')),
      section(`${quote(justification, 1500)}${ticket === undefined ? '' : `\nTicket ${line(ticket, 200)}`}`),
      ...(state.chain.length > 0 ? [section(chainLines(view, directory).join('\n'))] : []),
      ...(records.length > 0 ? [section(timeline(records))] : []),
      ...(buttons.length > 0 ? [actions(buttons)] : []),
      context(
        `Request ${code(state.id)} · ${ruling.policies.length > 0 ? policies(ruling.policies) : 'no policy'}`,
      ),
    ],
  };
}

function buttonsOf(state: State, kinds: readonly GrantKind[]): Button[] {
  if (state.status === 'pending') return [cancelButton(state)];
  if (state.status === 'approved') return [endButton(state)];
  if (state.status !== 'active') return [];
  return kindOf(state, kinds)?.mints ? [credentialsButton(state), endButton(state)] : [endButton(state)];
}

function nothing(text: string): Message {
  return { text, blocks: [section(text)] };
}
