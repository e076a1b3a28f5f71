import { useEffect, useRef, useState } from 'preact/hooks';
import type { PageSnapshot } from '../model/model.js';
import { ActingAs } from './frame/acting-as.js';
import { act } from './api.js';
import { LostBanner, NotReady, PolicyBanner } from './frame/banners.js';
import { sentenceOf } from './frame/doing-it.js';
import { useLive, type Live } from './live.js';
import { useNow } from './now.js';
import { AwsPanel } from './panels/aws.js';
import { ClockStrip } from './panels/clock.js';
import { ControlsPanel } from './panels/controls.js';
import { RecordPanel } from './panels/record.js';
import { Tour } from './panels/tour/tour.js';
import { useTour } from './panels/tour/use-tour.js';
import type { Perform } from './slack/doing.js';
import { SlackWorkspace } from './slack/workspace.js';
import { Tabs, type Tab } from './frame/tabs.js';
import { useWide } from './frame/wide.js';
import { personOf } from './words.js';

const inUrl = () => new URLSearchParams(location.search).get('as') ?? undefined;

/** The whole page: who one is, the clock, the workspace and what lies behind it. */
export function App() {
  const [as, setAs] = useState(inUrl);
  const live = useLive(as);
  const { snapshot } = live;
  const me = snapshot && personOf(snapshot.people, snapshot.me);

  useEffect(() => {
    const back = () => setAs(inUrl());
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);
  useEffect(() => {
    if (snapshot && (as === undefined || !snapshot.people.some(({ id }) => id === as))) {
      history.replaceState(null, '', urlFor(snapshot.me));
      setAs(snapshot.me);
    }
  }, [as, snapshot?.me]);
  useEffect(() => {
    document.title = me ? `${me.realName} · jit sandbox` : 'jit sandbox';
  }, [me?.realName]);

  if (!snapshot || !me) return live.lost ? <LostBanner /> : <p class="loading">Opening the sandbox…</p>;
  const become = (id: string) => {
    if (id === as) return;
    history.pushState(null, '', urlFor(id));
    setAs(id);
  };
  return (
    <>
      {live.lost && <LostBanner />}
      {snapshot.ready ? (
        <Sandbox live={live} snapshot={snapshot} become={become} />
      ) : (
        <NotReady policies={snapshot.policies} />
      )}
    </>
  );
}

function urlFor(id: string): string {
  const url = new URL(location.href);
  url.searchParams.set('as', id);
  return url.href;
}

function Sandbox(props: { live: Live; snapshot: PageSnapshot; become(id: string): void }) {
  const { live, snapshot, become } = props;
  const [tab, setTab] = useState<Tab>('slack');
  const [request, setRequest] = useState<string>();
  const wide = useWide();
  const now = useNow(live);
  const tour = useTour(snapshot);
  const shown = wide && tab === 'slack' ? 'aws' : tab;
  // The workspace may keep it: it always acts as whoever the page is then.
  const whose = useRef(snapshot.me);
  whose.current = snapshot.me;
  const perform = useRef<Perform>(async (doing) => {
    try {
      return await act({ as: whose.current, ...doing });
    } catch (error) {
      return { failure: sentenceOf(error), ms: 0 };
    }
  });

  const slack = <SlackWorkspace key={snapshot.me} snapshot={snapshot} act={perform.current} />;
  return (
    <>
      <PolicyBanner policies={snapshot.policies} />
      <Top snapshot={snapshot} now={now} become={become} {...(!tour.open && { restart: tour.restart })} />
      {tour.open && (
        <Tour
          tour={tour}
          snapshot={snapshot}
          become={become}
          act={perform.current}
          show={(next, id) => {
            setTab(next);
            if (id !== undefined) setRequest(id);
          }}
        />
      )}
      <main class={wide ? 'wide' : 'narrow'}>
        {wide && (
          <section class="workspace" aria-label="Slack" data-tour="slack">
            {slack}
          </section>
        )}
        <div class="side">
          <Tabs wide={wide} shown={shown} show={setTab} bot={snapshot.bot} />
          <div class={`tab-panel ${shown}`} role="tabpanel" id="tab-panel" aria-labelledby={`tab-${shown}`}>
            {shown === 'slack' && (
              <section class="workspace" aria-label="Slack" data-tour="slack">
                {slack}
              </section>
            )}
            {shown === 'aws' && (
              <AwsPanel key={snapshot.me} snapshot={snapshot} now={now} onTried={tour.tried} />
            )}
            {shown === 'record' && (
              <RecordPanel snapshot={snapshot} now={now} selected={request} select={setRequest} />
            )}
            {shown === 'controls' && <ControlsPanel snapshot={snapshot} />}
          </div>
        </div>
      </main>
    </>
  );
}

function Top(props: { snapshot: PageSnapshot; now: number; become(id: string): void; restart?: () => void }) {
  const { snapshot, now, become, restart } = props;
  return (
    <header class="top">
      <h1>
        jit <span>sandbox</span>
      </h1>
      <ActingAs snapshot={snapshot} become={become} />
      <ClockStrip clock={snapshot.clock} now={now} />
      {restart && (
        <button type="button" class="quiet" aria-label="Take the tour" onClick={restart}>
          Tour
        </button>
      )}
    </header>
  );
}
