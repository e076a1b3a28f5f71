import { useContext, useLayoutEffect, useRef } from 'preact/hooks';
import { dateText, dayOf } from '../text/date.js';
import type { Perform } from '../doing.js';
import { MessageView } from './message.js';
import { Around } from '../surroundings.js';
import { threads, type Conversation } from './unread.js';

/** What has been said in a place, oldest first; whatever comes in is scrolled to. */
export function Messages({ place, act }: { place: Conversation; act: Perform }) {
  const { reading } = useContext(Around);
  const list = useRef<HTMLDivElement>(null);
  const shown = threads(place.messages);
  const newest = shown.at(-1)?.parent.ts;
  useLayoutEffect(() => {
    const box = list.current;
    const last = box?.querySelector<HTMLElement>(`[data-ts="${newest}"]`);
    if (!box || !last) return;
    // Not scrollIntoView: that would move the page around the list too. Of a tall message, the beginning is shown.
    const [outer, inner] = [box.getBoundingClientRect(), last.getBoundingClientRect()];
    box.scrollTop += Math.min(inner.bottom - outer.bottom + 12, inner.top - outer.top - 12);
  }, [place.id, newest]);

  let day = '';
  return (
    <div
      ref={list}
      class="slack-messages"
      role="log"
      aria-live="polite"
      aria-label={`Messages in ${place.name}`}
      tabIndex={0}
    >
      {place.messages.length === 0 && (
        <p class="slack-hint">
          {place.dm ? 'Nothing yet. Type /jit below to ask for access.' : 'Nothing has been said here yet.'}
        </p>
      )}
      {shown.map(({ parent, replies }) => {
        const seconds = Math.floor(Number(parent.ts));
        const before = day;
        day = dayOf(seconds * 1000, reading);
        return (
          <div key={parent.ts}>
            {day !== before && (
              <p class="slack-day">
                <span>{dateText('{date_long_pretty}', seconds, reading)}</span>
              </p>
            )}
            <MessageView of={parent} act={act} />
            {replies.length > 0 && (
              <details class="slack-replies">
                <summary>{replies.length === 1 ? '1 reply' : `${replies.length} replies`}</summary>
                {replies.map((reply) => (
                  <MessageView key={reply.ts} of={reply} act={act} />
                ))}
              </details>
            )}
          </div>
        );
      })}
    </div>
  );
}
