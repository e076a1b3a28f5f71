import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Acted, PageSnapshot } from '../../model/model.js';
import { Composer } from './messages/composer.js';
import type { Doing, Perform } from './doing.js';
import { RefusedCalls, Toast } from './messages/failures.js';
import { Messages } from './messages/messages.js';
import { ModalView } from './form/modal.js';
import { HomeTab } from './home.js';
import { useSeen } from './messages/seen.js';
import { Sidebar } from './sidebar.js';
import './slack.css';
import { Around } from './surroundings.js';
import { placesOf, type Conversation } from './messages/unread.js';

/** One person's Slack, as the snapshot has it. */
export function SlackWorkspace({
  snapshot,
  act,
}: {
  snapshot: PageSnapshot;
  act: (doing: Doing) => Promise<Acted>;
}) {
  const { me, people, channels, usergroups, clock, modals, team, home } = snapshot;
  const places = useMemo(() => placesOf(snapshot), [snapshot]);
  const [openId, setOpenId] = useState<string>();
  // Of two people, each has another direct channel with the bot.
  const open = places.find(({ id, dm }) => id === openId || (dm && openId === 'dm')) ?? places[0]!;
  const [atHome, setAtHome] = useState(false);
  const seen = useSeen(me, open);
  const [trouble, setTrouble] = useState<{ text: string }>();
  const [acts, setActs] = useState(0);
  const content = useRef<HTMLDivElement>(null);
  const modal = modals.at(-1);
  useFocusAfter(modal !== undefined, content);

  const perform: Perform = async (doing) => {
    setActs((count) => count + 1);
    const done = await act(doing).catch((error: unknown) => ({
      failure: error instanceof Error ? error.message : String(error),
      ms: 0,
    }));
    // What was typed into a form that has gone meanwhile is nobody's trouble.
    if (done.failure !== undefined && doing.do !== 'fill') setTrouble({ text: done.failure });
    return done;
  };

  function openTab(home: boolean): void {
    setAtHome(home);
    if (home) void perform({ do: 'open-home' });
  }
  // Another person's tab is opened by them, too.
  useEffect(() => {
    if (atHome && open.dm) void perform({ do: 'open-home' });
  }, [me, open.id]);

  return (
    <Around.Provider value={{ people, channels, usergroups, reading: { now: clock.now } }}>
      <div class="slack">
        <RefusedCalls calls={snapshot.refusedCalls} />
        <div class="slack-stage">
          {' '}
          <div class="slack-content" ref={content} inert={modal !== undefined}>
            <Sidebar
              {...{ team, places, open, seen }}
              onOpen={(id) => setOpenId(places.find((one) => one.id === id)?.dm ? 'dm' : id)}
            />
            <div class="slack-place">
              <Title of={open} act={perform} />
              {open.dm && <AppTabs atHome={atHome} onOpen={openTab} />}
              {open.dm && atHome ? (
                <HomeTab home={home} act={perform} />
              ) : (
                <>
                  <Messages key={`${me}/${open.id}`} place={open} act={perform} />
                  <Composer key={`composer/${me}/${open.id}`} place={open} act={perform} />
                </>
              )}
            </div>
          </div>
          {modal && <ModalView key={modal.id} modal={modal} below={modals.slice(0, -1)} act={perform} />}
        </div>{' '}
        <Toast {...{ snapshot, trouble, acts }} />
      </div>
    </Around.Provider>
  );
}

/** Where one is. The shortcut stands in a menu of Slack's own, everywhere. */
function Title({ of, act }: { of: Conversation; act: Perform }) {
  return (
    <header class="slack-title">
      <h2>
        {of.dm ? '' : '#'}
        {of.name} {of.dm && <span class="slack-badge">APP</span>}
        {of.shared && <small> shared with another company</small>}
      </h2>
      <button type="button" class="slack-shortcut" onClick={() => void act({ do: 'shortcut' })}>
        Shortcut: Ask for AWS access
      </button>
    </header>
  );
}

/** What the app shows besides its messages. */
function AppTabs({ atHome, onOpen }: { atHome: boolean; onOpen: (home: boolean) => void }) {
  const tab = (home: boolean, name: string) => (
    <button
      type="button"
      {...(atHome === home && { 'aria-current': 'page' as const })}
      onClick={() => onOpen(home)}
    >
      {name}
    </button>
  );
  return (
    <nav class="slack-tabs" aria-label="jit">
      {tab(true, 'Home')} {tab(false, 'Messages')}
    </nav>
  );
}

/** When the last modal has closed, whoever was in it goes on where they were before. */
function useFocusAfter(isOpen: boolean, content: { current: HTMLDivElement | null }): void {
  const before = useRef<Element | null>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    const remember = () => void (before.current = document.activeElement);
    const box = content.current;
    box?.addEventListener('focusin', remember);
    return () => box?.removeEventListener('focusin', remember);
  }, []);
  useEffect(() => {
    if (wasOpen.current && !isOpen && (document.activeElement ?? document.body) === document.body) {
      const back = before.current;
      if (back instanceof HTMLElement && back.isConnected) back.focus();
      else content.current?.querySelector<HTMLElement>('.slack-composer input')?.focus();
    }
    wasOpen.current = isOpen;
  }, [isOpen]);
}
