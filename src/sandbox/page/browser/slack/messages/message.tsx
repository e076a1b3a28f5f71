import { useContext } from 'preact/hooks';
import { elementsOf } from '../../../../slack/block-kit/blocks.js';
import { valuesOf as heldIn } from '../../../../slack/block-kit/inputs.js';
import { str } from '../../../../slack/block-kit/schema.js';
import type { PostedMessage } from '../../../../slack/surface.js';
import { Blocks } from '../blocks.js';
import { dateText } from '../text/date.js';
import type { Perform } from '../doing.js';
import { Paragraphs } from '../text/marked.js';
import { mrkdwn } from '../text/mrkdwn.js';
import { Around, On, type Surface } from '../surroundings.js';
import { valueOf } from '../form/values.js';

export function MessageView({ of, act }: { of: PostedMessage; act: Perform }) {
  const { people, reading } = useContext(Around);
  const { channel, ts, user, text, blocks, edited, to, broadcast } = of;
  const person = people.find(({ id }) => id === user);
  const seconds = Math.floor(Number(ts));
  const name = person?.realName ?? 'jit';
  return (
    <article
      class={`slack-message ${to === undefined ? '' : 'ephemeral'}`}
      data-ts={ts}
      aria-label={`${name}, ${dateText('{time}', seconds, reading) ?? ''}`}
    >
      <span class="slack-face" aria-hidden="true">
        {name.slice(0, 1).toUpperCase()}
      </span>
      <div>
        <p class="slack-author">
          <strong>{name}</strong>
          {!person && <span class="slack-badge">APP</span>}
          <time
            dateTime={new Date(seconds * 1000).toISOString()}
            title={dateText('{date_long} {time_secs}', seconds, reading)}
          >
            {dateText('{time}', seconds, reading)}
          </time>
          {broadcast && <span>also sent to channel</span>}
          {to === undefined && (
            <button
              type="button"
              class="slack-on-message"
              onClick={() => void act({ do: 'message-shortcut', channel, ts })}
            >
              Ask for AWS access
            </button>
          )}
        </p>
        {to !== undefined && <p class="slack-hint">Only visible to you</p>}
        <On.Provider value={surface(of, act)}>
          {blocks.length > 0 ? <Blocks of={blocks} /> : <Paragraphs of={mrkdwn(text)} />}
        </On.Provider>
        {edited !== undefined && <p class="slack-hint">(edited)</p>}
        {/* Slack's client shows a menu in a message; what is chosen there cannot be said to this sandbox. */}
        {blocks.some(hasField) && (
          <p class="slack-hint">Fields of messages are shown, but cannot be used here.</p>
        )}
      </div>
    </article>
  );
}

const hasField = (block: PostedMessage['blocks'][number]) =>
  elementsOf(block).some(({ type }) => type !== 'button' && type !== 'overflow' && type !== 'image');

function surface({ channel, ts, blocks }: PostedMessage, act: Perform): Surface {
  const held = heldIn(blocks);
  const nothing = () => undefined;
  return {
    id: `message-${ts}`,
    frozen: true,
    click: (action, value) =>
      act({ do: 'click', channel, ts, action, ...(value !== undefined && { value }) }),
    shown: ({ block, element }) => valueOf(held[str(block, 'block_id')]?.[str(element, 'action_id')]),
    words: () => '',
    error: nothing,
    type: nothing,
    leave: nothing,
    pick: nothing,
    suggest: async () => [],
  };
}
