import type { Stage } from '../../domain/chain.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import { formatDuration } from '../../domain/duration.js';
import type { State } from '../../domain/request/state.js';
import type { RequestView } from '../../ports/messages.js';
import { stageValue } from '../ids.js';
import { actions, button, confirm, fields, header, reference, section, type Message } from './blocks.js';
import { explainButton } from './buttons.js';
import { votable, votesSoFar, whoIsAsked } from './chain.js';
import { code, free, line, mention, quote, when } from './mrkdwn.js';
import { nameOf, policies, proofOf, standing, what, whyOf } from './phrases.js';

/** The card of one stage, as the request is now: buttons while this stage is open, a record afterwards. */
export function card({ state, asked }: RequestView, stage: Stage, directory: DirectoryConfig): Message {
  const open = votable(state)?.name === stage.name;
  const votes = votesSoFar(state, stage);
  const who = whoIsAsked(state, stage, asked, directory);
  const outcome = [`*${standing(state)}*`, whyOf(state), proofOf(state)].filter(Boolean).join('\n');
  const progress = open
    ? `Asked: ${who}${votes ? `\n${votes}` : ''}`
    : `${votes ?? `Stage ${stage.name}: no approval`}\n${outcome}`;
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
      section(progress),
      ...actions(open ? buttons(state, stage) : []),
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

function buttons(state: State, { name }: Stage) {
  const value = stageValue({ id: state.id, stage: name, revision: state.revision });
  const { entitlement, duration } = state;
  const question = `${entitlement.name} for ${formatDuration(duration)}.`;
  // One tap is enough on a phone, except where a slip of the thumb would cost a lot.
  const sure = { confirm: confirm('Approve high-risk access?', question, 'Approve') };
  return [
    button('approve', 'Approve', value, { style: 'primary', ...(entitlement.risk === 'high' && sure) }),
    button('deny', 'Deny…', value, { style: 'danger' }),
    explainButton(state),
  ];
}
