import { useEffect, useRef, useState } from 'preact/hooks';
import type { PageSnapshot } from '../../../model/model.js';

/** Real milliseconds. */
const SHOWN = 10_000;

/**
 * What Slack's client just said has failed, or why the page itself could do nothing; gone after a while, or with what
 * this person does next.
 */
export function Toast({
  snapshot,
  trouble,
  acts,
}: {
  snapshot: PageSnapshot;
  trouble: { text: string } | undefined;
  /** How much they have done. */
  acts: number;
}) {
  const { me, failures } = snapshot;
  const last = failures.at(-1);
  const newest = `${failures.length}/${last?.at}`;
  const known = useRef({ me, newest });
  const [text, setText] = useState<string>();

  useEffect(() => {
    // What was there before the page, or before this person, is no news.
    const isNews = known.current.me === me && known.current.newest !== newest;
    known.current = { me, newest };
    if (isNews && last) setText(last.text);
  }, [me, newest]);
  useEffect(() => {
    if (trouble) setText(trouble.text);
  }, [trouble]);
  useEffect(() => setText(undefined), [me, acts]);
  useEffect(() => {
    const timer = setTimeout(() => setText(undefined), SHOWN);
    return () => clearTimeout(timer);
  }, [text, newest]);

  return (
    <div class="slack-toast" role="alert">
      {text !== undefined && (
        <p>
          <span aria-hidden="true">⚠ </span>
          {text}{' '}
          <button type="button" class="slack-close" aria-label="Dismiss" onClick={() => setText(undefined)}>
            ✕
          </button>
        </p>
      )}
    </div>
  );
}

/** A mistake of the bot's: wrong blocks show up as an error, not as a blank. */
export function RefusedCalls({ calls }: { calls: PageSnapshot['refusedCalls'] }) {
  const [dismissed, setDismissed] = useState(-Infinity);
  const fresh = calls.filter(({ at }) => at > dismissed);
  const last = fresh.at(-1);
  return (
    <div role="alert">
      {last && (
        <div class="slack-refused">
          <p>
            The bot sent something Slack refused: <code>{last.method}</code> <code>{last.error}</code>
            {fresh.length > 1 && ` (and ${fresh.length - 1} before)`}
          </p>
          <ul>
            {last.details.map((detail) => (
              <li>{detail}</li>
            ))}
          </ul>
          <button
            type="button"
            class="slack-close"
            aria-label="Dismiss"
            onClick={() => setDismissed(last.at)}
          >
            ✕
          </button>
        </div>
      )}
    </div>
  );
}
