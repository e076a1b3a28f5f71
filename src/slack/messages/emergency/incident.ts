import type { DirectoryConfig } from '../../../domain/directory.js';
import type { State } from '../../../domain/request/state.js';
import type { RequestView } from '../../../ports/messages.js';
import { code, line, mention, quote } from '../mrkdwn.js';
import { reference, section, type Message } from '../blocks.js';
import { passedOver } from '../parts/emergency.js';
import { outcomeOf } from '../parts/outcome.js';
import { voters } from '../parts/voters.js';
import { placeOf, what } from '../phrases.js';

/** For the incident channel: who has what in an emergency, why, and who did not have to agree. It is drawn again at each change. */
export function incidentPost({ state }: RequestView, directory: DirectoryConfig): Message {
  const text = `*Emergency:* ${mention(state.requester)} asked for ${what(state)}`;
  const { ticket } = state;
  return {
    text,
    blocks: [
      section(
        [text, placeOf(state.entitlement, directory), `*${upper(outcomeOf(state, directory))}*`].join('\n'),
      ),
      section(
        [
          quote(state.justification, 2000),
          ...(ticket === undefined ? [] : [`Ticket ${line(ticket, 100)}`]),
        ].join('\n'),
      ),
      section([whoAgreed(state), passedOver(state)].join('\n')),
      reference(state, `account ${code(state.entitlement.account)}`),
    ],
  };
}

function whoAgreed({ chain, votes, status }: State): string {
  if (chain.length === 0) return 'Nobody had to approve it.';
  if (votes.length > 0) return `Approved by ${voters(votes)}.`;
  return status === 'closed' ? 'Nobody approved it.' : 'Nobody has approved it yet.';
}

const upper = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
