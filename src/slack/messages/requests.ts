import type { Button } from '@slack/types';
import type { AuditRecord } from '../../domain/record/seal.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { State } from '../../domain/request/state.js';
import type { GrantKind } from '../../ports/access.js';
import type { OwnRequests } from '../../ports/front.js';
import type { RequestView } from '../../ports/messages.js';
import { actions, context, reference, say, section, sections, type Message } from './blocks.js';
import { againButton, buttonsOf } from './buttons.js';
import { chainLines } from './chain.js';
import { timeline } from './history.js';
import { code, escape, free, line, mention, quote } from './mrkdwn.js';
import { accountName, nameOf, policies, proofOf, standing, what, whyOf } from './phrases.js';

/** Requests. */
const SHOWN = 20;
/** Of a section Slack takes 3,000 characters. */
const SECTION = 2_800;
const PARTS = 20;

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
  const name = accountName(entitlement.account, directory);
  const account = [...(name === undefined ? [] : [name]), code(entitlement.account)].join(' ');
  const facts = [
    `${mention(state.requester)} asked for ${what(state)} in ${free(entitlement.environment, 100)} (account ${account}, ${entitlement.risk} risk)`,
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
        timeline(records).join('\n'),
      ),
      ...actions(own ? buttonsOf(state, kinds) : []),
      reference(state, ruling.policies.length > 0 ? policies(ruling.policies) : 'no policy'),
    ],
  };
}

/** Why policy says what it says, as `jit policy explain` has it: a section for each heading. */
export function explained({ state, lines }: { state: State; lines: string[] }): Message {
  const text = `How the current policies decide on *${nameOf(state)}*`;
  const found = lines.length > 0 ? lines : ['The current policies cannot be explained here.'];
  const parts = paragraphs(found.map(lineOf)).slice(0, PARTS);
  return { text, blocks: [...sections(text, ...parts), reference(state)] };
}

/** Two spaces begin what belongs to the line above. */
function lineOf(line: string): string {
  const depth = /^ */.exec(line)![0].length / 2;
  const words = escape(line.trim());
  if (words === '' || depth === 0) return words;
  return `${'    '.repeat(Math.min(3, depth - 1))}• ${words}`;
}

function paragraphs(lines: string[]): string[] {
  const parts = [''];
  for (const line of lines) {
    const last = parts.at(-1)!;
    const full = last.length + line.length > SECTION;
    if (line === '' || full) parts.push(line);
    else parts[parts.length - 1] = last === '' ? line : `${last}\n${line}`;
  }
  return parts.filter((part) => part !== '');
}
