import type { InputBlock } from '@slack/types';
import type { DirectoryConfig } from '../../../domain/directory.js';
import { EMERGENCY } from '../../ids.js';
import { plain } from '../../messages/blocks.js';

/** To say that it is an emergency. It stands there only where that helps. */
export function emergencyInput(isTicked: boolean, { emergency }: DirectoryConfig): InputBlock {
  const option = { text: plain('It is an emergency', 75), value: EMERGENCY };
  const group = emergency?.review.by ?? 'somebody';
  return {
    type: 'input',
    block_id: EMERGENCY,
    optional: true,
    dispatch_action: true,
    label: plain('Emergency', 48),
    hint: plain(`The incident channel hears of it at once, and ${group} reviews it once it is over.`, 150),
    element: {
      type: 'checkboxes',
      action_id: EMERGENCY,
      options: [option],
      ...(isTicked && { initial_options: [option] }),
    },
  };
}

/** What to say where somebody means an emergency and it is not offered as one. */
export const NO_EMERGENCY = 'This is not offered in an emergency: it is asked for like anything else.';
