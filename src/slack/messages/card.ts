import type { Button } from '@slack/types';
import type { Stage } from '../../domain/chain.js';
import { isGone, type DirectoryConfig } from '../../domain/directory.js';
import type { State } from '../../domain/request/state.js';
import type { RequestView } from '../../ports/messages.js';
import { spelled } from '../../words/english.js';
import { actions, context, reference, section, sections, type Message } from './blocks.js';
import { approveButton, denyButton, explainButton, questionButton, shortenButton } from './buttons.js';
import { votable } from './chain.js';
import { code, line, mention, quote } from './mrkdwn.js';
import { facts, titleOf } from './parts/about.js';
import { passedOver } from './parts/emergency.js';
import { amountsToMore, extensionOutcome, untilWhen, whatMore } from './parts/extension.js';
import { outcomeOf } from './parts/outcome.js';
import { shorteningOf, talkOf } from './parts/talk.js';
import { voters } from './parts/voters.js';
import { whoseTurn, type CardPlacing } from './parts/whose-turn.js';
import { nameOf, placeOf, policies, what } from './phrases.js';

/**
 * The card of one stage, as the request is now: what an approver needs at a glance, and buttons, while this stage is
 * open; a record of one line afterwards.
 * @param where in a channel, or a copy in the direct messages of one who is asked
 * @param reader of a copy: the id of their account
 */
export function card(
  view: RequestView,
  stage: Stage,
  directory: DirectoryConfig,
  where: CardPlacing = 'channel',
  reader?: string,
): Message {
  const { state } = view;
  if (votable(state)?.name !== stage.name || isGone(stage, directory)) return record(view, stage, directory);
  const { ruling, entitlement } = state;
  const asks = asked(view);
  const turn = [...whoseTurn(view, stage, directory, where, reader), ...present(shorteningOf(state))];
  const known = facts(view);
  const decided = decidedBy(ruling.policies);
  return {
    text: `${mention(state.requester)} asks for ${asks} (${entitlement.risk} risk)`,
    blocks: [
      section(whatIsAsked(view, directory)),
      section(whatFor(state)),
      section(turn.join('\n')),
      ...sections(...talkOf(state)),
      ...(known.length > 0 ? [context(known.join('\n'))] : []),
      ...actions(buttons(view, stage, directory)),
      reference(state, `stage ${stage.name}`, `account ${code(entitlement.account)}`, decided),
    ],
  };
}

/** How a card ends: one line. While others still have to agree, with who approved this stage. */
export function record(view: RequestView, stage: Stage, directory: DirectoryConfig): Message {
  const { state, extension } = view;
  const votes = state.votes.filter((vote) => state.status !== 'pending' || vote.stage === stage.name);
  const text = [
    mention(state.requester),
    `*${nameOf(state)}*`,
    extension ? `${spelled(extension.more)} more` : spelled(state.duration),
    ...(votes.length > 0 ? [`approved by ${voters(votes)}`] : []),
    extension ? extensionOutcome(extension, state, directory) : outcomeOf(state, directory),
  ].join(' · ');
  return { text, blocks: [section(text)] };
}

/**
 * How a copy ends whose reader has nothing more to decide, while others do: it is not drawn again, so it says what stays
 * true.
 * @param absentee the id of the account of the person for whom its reader stood in, and no longer does
 */
export function decided({ state, extension }: RequestView, stage: Stage, absentee?: string): Message {
  const unneeded =
    absentee === undefined
      ? 'your approval is not needed any more'
      : `you no longer stand in for <@${absentee}>`;
  const votes = state.votes.filter((vote) => vote.stage === stage.name);
  const text = [
    mention(state.requester),
    `*${nameOf(state)}*`,
    ...(extension ? [`${spelled(extension.more)} more`] : []),
    votes.length > 0 ? `approved by ${voters(votes)}` : unneeded,
  ].join(' · ');
  return { text, blocks: [section(text), reference(state)] };
}

/** What is asked for: access, or more of it. */
function asked({ state, extension }: RequestView): string {
  return extension ? whatMore(state, extension) : what(state);
}

function whatIsAsked(view: RequestView, directory: DirectoryConfig): string {
  const { state } = view;
  return [
    `${mention(state.requester)}${titleOf(view)} asks for ${asked(view)}`,
    ...(view.extension ? [untilWhen(view.extension)] : []),
    ...present(line(state.entitlement.description, 400).trim() || undefined),
    placeOf(state.entitlement, directory),
    ...present(passedOver(state)),
  ].join('\n');
}

function whatFor({ justification, ticket }: State): string {
  const said = quote(justification, 2800);
  return ticket === undefined ? said : `${said}\nTicket ${line(ticket, 100)}`;
}

function buttons(
  { state, extension, canShorten = true }: RequestView,
  stage: Stage,
  directory: DirectoryConfig,
): Button[] {
  if (extension)
    return [
      approveButton(state, stage, directory, amountsToMore(state, extension)),
      denyButton(state, stage),
    ];
  return [
    approveButton(state, stage, directory),
    denyButton(state, stage),
    ...(canShorten ? [shortenButton(state, stage)] : []),
    questionButton(state, stage),
    explainButton(state),
  ];
}

function decidedBy(ids: string[]): string {
  if (ids.length === 0) return 'no policy';
  return `${ids.length === 1 ? 'policy' : 'policies'} ${policies(ids)}`;
}

function present(text: string | undefined): string[] {
  return text === undefined ? [] : [text];
}
