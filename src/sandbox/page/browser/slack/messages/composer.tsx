import { useId, useRef, useState } from 'preact/hooks';
import { composed, SUGGESTIONS } from '../text/composed.js';
import type { Perform } from '../doing.js';
import type { Conversation } from './unread.js';

/** The box in which commands are typed. */
export function Composer({ place, act }: { place: Conversation; act: Perform }) {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const [line, setLine] = useState('');
  const [hint, setHint] = useState<string>();
  const [busy, setBusy] = useState(false);
  const where = place.dm ? place.name : `#${place.name}`;
  const fitting = SUGGESTIONS.filter((one) => one.startsWith(line.trimStart()) && one !== line.trim());

  async function send(): Promise<void> {
    if (busy || line.trim() === '') return;
    const doing = composed(line, place.id);
    if ('hint' in doing) {
      setHint(doing.hint);
      return;
    }
    setBusy(true);
    setHint(undefined);
    const { failure } = await act(doing);
    setBusy(false);
    // What failed is there to be sent again.
    if (failure === undefined) setLine('');
  }

  return (
    <form
      class="slack-composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Commands
        fitting={fitting}
        take={(one) => {
          setLine(one);
          box.current?.focus();
        }}
      />
      <label for={id} class="slack-unseen">
        Message {where}
      </label>
      <div class="slack-line">
        <input
          ref={box}
          id={id}
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder={`Message ${where}: try /jit`}
          value={line}
          aria-describedby={`${id}-hint`}
          onInput={(event) => {
            setLine(event.currentTarget.value);
            setHint(undefined);
          }}
        />
        <button type="submit" class="slack-button primary" aria-busy={busy} aria-disabled={busy}>
          {busy ? 'Sending…' : 'Send'}
        </button>
      </div>
      <p id={`${id}-hint`} class="slack-hint" role="status">
        {hint}
      </p>
    </form>
  );
}

function Commands({ fitting, take }: { fitting: string[]; take(one: string): void }) {
  return (
    <div class="slack-suggestions" role="group" aria-label="Commands">
      {fitting.map((one) => (
        <button type="button" key={one} onClick={() => take(one)}>
          {one}
        </button>
      ))}
    </div>
  );
}
