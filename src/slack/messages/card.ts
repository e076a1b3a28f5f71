import type { Stage } from '../../domain/chain.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import { formatDuration } from '../../domain/duration.js';
import type { State } from '../../domain/request/state.js';
import type { RequestView } from '../../ports/messages.js';
import { actions, fields, header, reference, section, type Message } from './blocks.js';
import { approveButton, denyButton, explainButton, questionButton, shortenButton } from './buttons.js';
import { votable, votesSoFar, whoIsAsked } from './chain.js';
import { code, free, line, mention, quote, when } from './mrkdwn.js';
import { nameOf, policies, proofOf, shortenedBy, standing, what, whyOf } from './phrases.js';

/** The card of one stage, as the request is now: buttons while this stage is open, a record afterwards. */
export function card({ state, asked }: RequestView, stage: Stage, directory: DirectoryConfig): Message {
  const open = votable(state)?.name === stage.name;
  const votes = votesSoFar(state, stage);
  const who = whoIsAsked(state, stage, asked, directory);
  const outcome = [`*${standing(state)}*`, whyOf(state), proofOf(state)].filter(Boolean).join('\n');
  const progress = open
    ? `Asked: ${who}${votes ? `\n${votes}` : ''}`
    : `${votes ?? `Stage ${stage.name}: no approval`}\n${outcome}`;
  const less = shortenedBy(state);
  const requester = mention(state.requester);
  const decided =
    state.ruling.policies.length > 0 ? `policies ${policies(state.ruling.policies)}` : 'no policy';
  return {
    text: open
      ? `${requester} asks for ${what(state)} (${state.entitlement.risk} risk)`
      : `${nameOf(state)} for ${requester}: ${standing(state)}`,
    blocks: [
      header(`Access request: ${state.entitlement.name}`),
      section(`${requester} asks for ${what(state)}, ${when(state.requestedAt)}`),
      about(state),
      section(`*Why*\n${quote(state.justification, 2900)}`),
      ...said(state),
      section(less === undefined ? progress : `${progress}\n${less}`),
      ...actions(open ? buttons(state, stage, directory) : []),
      reference(state, `stage ${stage.name}`, decided),
    ],
  };
}

function about({ entitlement, duration, ticket }: State) {
  return fields([
    ['Entitlement', code(entitlement.id)],
    ['Environment', free(entitlement.environment, 100)],
    ['Account', code(entitlement.account)],
    ['Risk', entitlement.risk],
    ['Duration', formatDuration(duration)],
    ['Ticket', ticket === undefined ? 'none' : line(ticket, 200)],
  ]);
}

/** What approvers wanted to know, and what the requester said. */
function said({ questions = [] }: State) {
  return questions.map(({ by, text, answer }) =>
    section(
      `${mention(by)} asks:\n${quote(text, 1200)}\n${answer ? `Answer:\n${quote(answer.text, 1200)}` : 'Not answered yet.'}`,
    ),
  );
}

function buttons(state: State, stage: Stage, directory: DirectoryConfig) {
  return [
    approveButton(state, stage, directory),
    shortenButton(state, stage),
    questionButton(state, stage),
    denyButton(state, stage),
    explainButton(state),
  ];
}
