import type { Button } from '@slack/types';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { Stage } from '../../domain/chain.js';
import type { State } from '../../domain/request/state.js';
import { isExtendable } from '../../domain/request/stories/extending.js';
import type { GrantKind } from '../../ports/access.js';
import { answerValue, stageValue } from '../ids.js';
import { button, confirm } from './blocks.js';
import { whatItAmountsTo } from './high-risk.js';

type Named = Pick<Stage, 'name'>;

/** One tap is enough on a phone, except where a slip of the thumb would cost a lot. */
export function approveButton(
  state: State,
  stage: Named,
  directory: DirectoryConfig,
  amounts = whatItAmountsTo(state, directory),
): Button {
  const sure = confirm('Approve high-risk access?', amounts, 'Approve');
  const isHigh = state.entitlement.risk === 'high';
  return button('approve', 'Approve', valueOf(state, stage), {
    style: 'primary',
    ...(isHigh && { confirm: sure }),
  });
}

/** Opens a window to choose in. */
export function shortenButton(state: State, stage: Named): Button {
  return button('shorten', 'Approve for less…', valueOf(state, stage));
}

export function questionButton(state: State, stage: Named): Button {
  return button('question', 'Ask…', valueOf(state, stage));
}

export function denyButton(state: State, stage: Named): Button {
  return button('deny', 'Deny…', valueOf(state, stage), { style: 'danger' });
}

/** For the requester. @param question its number, from 1 */
export function answerButton({ id }: State, question: number): Button {
  return button('answer', 'Answer…', answerValue({ id, question }), { style: 'primary' });
}

function valueOf({ id, revision }: State, { name }: Named): string {
  return stageValue({ id, stage: name, revision });
}

/** The requester's own buttons. Each carries the request's id; jit checks at the click who may use it. */
export function cancelButton({ id, entitlement }: State): Button {
  return button('cancel', 'Cancel request', id, {
    confirm: confirm('Cancel this request?', `You will not get ${entitlement.name}.`, 'Cancel request'),
  });
}

export function endButton({ id, entitlement }: State): Button {
  return button('revoke', 'End now', id, {
    style: 'danger',
    confirm: confirm(
      'End this access now?',
      `${entitlement.name} ends within seconds (rarely minutes).`,
      'End now',
    ),
  });
}

/** Opens a window in which to choose by how much. */
export function extendButton({ id }: State): Button {
  return button('extend', 'Extend…', id);
}

/** For who needs it no more. */
export function releaseButton({ id }: State): Button {
  return button('release', 'I’m done', id);
}

export function explainButton({ id }: State): Button {
  return button('explain', 'Why?', id);
}

/** Opens the form, filled in as this request was: for its requester alone, whatever has become of it. */
export function againButton({ id }: State): Button {
  return button('again', 'Ask again', id);
}

const BUTTONS: Record<State['status'], (state: State, mints: boolean) => Button[]> = {
  pending: (state) => [cancelButton(state)],
  approved: (state) => [endButton(state)],
  active: (state, mints) => [
    ...(mints ? [credentialsButton(state)] : []),
    ...(isExtendable(state) ? [extendButton(state)] : []),
    // Near its end, one tap is enough.
    state.status === 'active' && state.warned ? releaseButton(state) : endButton(state),
  ],
  ending: () => [],
  // What it opens is decided anew, so it always holds.
  closed: (state) => [againButton(state)],
};

/** What the requester can do with it now; first what they most likely want. */
export function buttonsOf(state: State, kinds: readonly GrantKind[]): Button[] {
  return BUTTONS[state.status](state, kindOf(state, kinds)?.mints ?? false);
}

function credentialsButton({ id }: State): Button {
  return button('credentials', 'Open a session', id, { style: 'primary' });
}

/** Undefined for one that this version does not know. */
export function kindOf({ grant }: State, kinds: readonly GrantKind[]): GrantKind | undefined {
  return kinds.find(({ name }) => name === grant.kind);
}
