import type { KnownBlock, ModalView } from '@slack/types';
import type { Delegation } from '../../../domain/delegation.js';
import type { DirectoryConfig } from '../../../domain/directory.js';
import type { Instant } from '../../../domain/entitlement.js';
import { list } from '../../../words/english.js';
import { AWAY_MODAL, STAND_IN, UNTIL } from '../../ids.js';
import { context, notice, plain, section } from '../../messages/blocks.js';
import { escape, free, mention, when } from '../../messages/mrkdwn.js';
import { ONE_COUNTS } from '../../messages/waiting/delegation.js';

/** What the words behind the command fill in. */
export interface FilledAway {
  until?: Instant;
  /** How they were read, in plain words. */
  notes: string[];
}

/** @param may for which stages somebody may stand in: at least one */
export function awayModal(
  { stages, now }: { stages: string[]; now?: Delegation },
  directory: Pick<DirectoryConfig, 'stages'>,
  { until, notes }: FilledAway,
): ModalView {
  return {
    type: 'modal',
    callback_id: AWAY_MODAL,
    title: plain('You are away', 24),
    submit: plain('Save', 24),
    close: plain('Cancel', 24),
    blocks: [
      ...notesIn(notes),
      section(
        `Choose who decides in your place what waits for you as ${list(stages.map(bold))}. They decide in their own name. ${ONE_COUNTS}`,
      ),
      ...(now
        ? [
            section(
              `${mention(now.to)} stands in for you until ${when(now.until)}. This takes the place of that.`,
            ),
          ]
        : []),
      {
        type: 'input',
        block_id: UNTIL,
        label: plain('Until when?', 48),
        hint: plain('In your time zone. 30 days at most; /jit back ends it earlier.', 150),
        element: {
          type: 'datetimepicker',
          action_id: UNTIL,
          ...(until !== undefined && { initial_date_time: Math.floor(until / 1000) }),
        },
      },
      {
        type: 'input',
        block_id: STAND_IN,
        label: plain('Who stands in for you?', 48),
        hint: plain(whoMay(stages, directory), 150),
        element: {
          type: 'users_select',
          action_id: STAND_IN,
          placeholder: plain('Choose a person…', 150),
        },
      },
    ],
  };
}

function notesIn(notes: string[]): KnownBlock[] {
  return notes.length > 0 ? [context(notes.map(escape).join('\n'))] : [];
}

const bold = (name: string) => `*${free(name, 100)}*`;

/** From which groups, by directory.yml. */
function whoMay(stages: string[], directory: Pick<DirectoryConfig, 'stages'>): string {
  const groups = directory.stages.flatMap(({ name, delegates }) =>
    stages.includes(name) && delegates !== undefined ? [delegates] : [],
  );
  const named = list([...new Set(groups)], 'or');
  return `${named === '' ? '' : `Choose somebody of ${named}. `}They are told within a minute.`;
}

export function savedView({ to, until }: Delegation): ModalView {
  return notice('You are away', [
    section(
      `${mention(to)} stands in for you until ${when(until)}, and is told within a minute. /jit back ends it earlier.`,
    ),
  ]);
}
