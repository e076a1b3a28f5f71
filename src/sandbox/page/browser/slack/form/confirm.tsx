import { useEffect, useId, useRef } from 'preact/hooks';
import type { JsonObject } from '../../../../../domain/entitlement.js';
import { Inlined, Words } from '../text/marked.js';
import { textIn } from './values.js';

/** Asks before a button does what it does. */
export function Confirm({ of, onAnswer }: { of: JsonObject; onAnswer: (yes: boolean) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const text = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => before instanceof HTMLElement && before.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="slack-confirm"
      aria-labelledby={title}
      aria-describedby={text}
      onCancel={(event) => {
        event.preventDefault();
        onAnswer(false);
      }}
      // A modal underneath would take them as its own.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <h2 id={title}>
        <Inlined of={of['title']} />
      </h2>
      <div id={text}>
        <Words of={of['text']} />
      </div>
      <div class="slack-buttons">
        <button type="button" class="slack-button" onClick={() => onAnswer(false)}>
          {textIn(of['deny']) || 'Cancel'}
        </button>
        <button
          type="button"
          class={`slack-button ${of['style'] === 'danger' ? 'danger' : 'primary'}`}
          onClick={() => onAnswer(true)}
        >
          {textIn(of['confirm']) || 'OK'}
        </button>
      </div>
    </dialog>
  );
}
