import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Modal } from '../../../../slack/surface.js';
import { Blocks } from '../blocks.js';
import type { Perform } from '../doing.js';
import { enter, isElsewhere, keepFocus } from './focus.js';
import { useForm } from './form.js';
import { On } from '../surroundings.js';
import { submitted, textIn } from './values.js';

/**
 * The topmost of this person's modals. It covers the workspace only: the sandbox's clock and switches stay in reach,
 * as they are no part of Slack.
 */
export function ModalView({ modal, below, act }: { modal: Modal; below: Modal[]; act: Perform }) {
  const { id, hash, view, errors } = modal;
  const title = useId();
  const frame = useRef<HTMLDivElement>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm(modal, act);
  const wrong = Object.keys(errors).join();

  useEffect(() => {
    const box = frame.current;
    if (box && !box.contains(document.activeElement) && !isElsewhere(box.closest('.slack'))) enter(box);
  }, [hash]);
  useEffect(() => {
    if (wrong) showError();
  }, [wrong]);

  function showError(): void {
    frame.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }
  const close = () => void act({ do: 'close', modal: id });

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (busy || !view['submit'] || view['submit_disabled'] === true) return;
    setBusy(true);
    const values = submitted(modal, form.shown);
    await form.send(() => act({ do: 'submit', modal: id, values }));
    setBusy(false);
    showError();
  }

  return (
    <div class="slack-veil">
      <div
        ref={frame}
        class="slack-modal"
        role="dialog"
        aria-labelledby={title}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close();
          else keepFocus(event.currentTarget, event);
        }}
      >
        <form noValidate onSubmit={submit}>
          <Header view={view} below={below} titleId={title} close={close} />
          <div class="slack-modal-body">
            <On.Provider value={form}>
              <Blocks of={view.blocks} />
            </On.Provider>
          </div>
          <Footer view={view} busy={busy} close={close} />
        </form>
      </div>
    </div>
  );
}

type View = Modal['view'];

function Header(props: { view: View; below: Modal[]; titleId: string; close(): void }) {
  const { view, below, titleId, close } = props;
  return (
    <header>
      <div>
        {below.length > 0 && (
          <p class="slack-hint">
            {below.map((one) => `${textIn(one.view['title'])} › `).join('')}
            {textIn(view['title'])}
          </p>
        )}
        <h2 id={titleId}>{textIn(view['title'])}</h2>
      </div>
      <button type="button" class="slack-close" aria-label="Close this window" onClick={close}>
        ✕
      </button>
    </header>
  );
}

function Footer({ view, busy, close }: { view: View; busy: boolean; close(): void }) {
  return (
    <footer class="slack-buttons">
      <button type="button" class="slack-button" onClick={close}>
        {textIn(view['close']) || (view['submit'] ? 'Cancel' : 'Close')}
      </button>
      {view['submit'] && (
        <button
          type="submit"
          class="slack-button primary"
          disabled={view['submit_disabled'] === true}
          aria-busy={busy}
          aria-disabled={busy}
        >
          {textIn(view['submit'])}
        </button>
      )}
    </footer>
  );
}
