import type { ModalView, PlainTextOption } from '@slack/types';
import { formatDuration } from '../../../domain/duration.js';
import type { Millis } from '../../../domain/entitlement.js';
import type { State } from '../../../domain/request/state.js';
import { spelled } from '../../../words/english.js';
import { DURATION, EXTEND_MODAL } from '../../ids.js';
import { plain, section } from '../../messages/blocks.js';
import { free, when } from '../../messages/mrkdwn.js';

/** @param options by how much it can be made longer: at least one */
export function extendModal(state: State, options: Millis[]): ModalView {
  const ends = 'lease' in state && state.lease ? state.lease.endsAt : 0;
  return {
    type: 'modal',
    callback_id: EXTEND_MODAL,
    private_metadata: state.id,
    title: plain('Extend your access', 24),
    submit: plain('Extend', 24),
    close: plain('Go back', 24),
    blocks: [
      section(
        `*${free(state.entitlement.name, 150)}* ends ${when(ends)}. Until an extension is approved, that stands.`,
      ),
      {
        type: 'input',
        block_id: DURATION,
        label: plain('How much longer?', 48),
        element: {
          type: 'static_select',
          action_id: DURATION,
          placeholder: plain('Choose…', 150),
          options: options.map(option),
          ...(options.length === 1 && { initial_option: option(options[0]!) }),
        },
      },
    ],
  };
}

function option(more: Millis): PlainTextOption {
  return { text: plain(`${spelled(more)} more`, 75), value: formatDuration(more) };
}
