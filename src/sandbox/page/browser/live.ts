import { useEffect, useRef, useState } from 'preact/hooks';
import type { PageSnapshot } from '../model/model.js';
import { ServerRefusal, snapshot } from './api.js';
import { throttled } from './throttle.js';

/** In ms: at most ten snapshots a second; a server that has gone is looked for each second. */
const GAP = 100;
const AGAIN = 1_000;

export interface Live {
  snapshot?: PageSnapshot;
  /** On the browser's own stopwatch, when the snapshot came: since then its clock has gone on. */
  receivedAt: number;
  /** The server does not answer. */
  lost: boolean;
}

/** What the server shows of one person's world, fetched again whenever it says that something has changed. */
export function useLive(as: string | undefined): Live {
  const [live, setLive] = useState<Live>({ receivedAt: 0, lost: false });
  const whose = useRef(as);
  whose.current = as;
  const refresh = useRef<() => void>(() => undefined);

  useEffect(() => {
    let later: ReturnType<typeof setTimeout> | undefined;
    const fetching = throttled(async () => {
      const asked = whose.current;
      try {
        const found = await load(asked);
        // Somebody else has been chosen meanwhile: their snapshot is on its way.
        if (asked === whose.current) setLive({ snapshot: found, receivedAt: performance.now(), lost: false });
      } catch {
        setLive((before) => ({ ...before, lost: true }));
        clearTimeout(later);
        later = setTimeout(fetching.want, AGAIN);
      }
    }, GAP);
    refresh.current = fetching.want;
    fetching.want();
    const stopListening = listen(fetching.want);
    return () => {
      clearTimeout(later);
      stopListening();
      fetching.stop();
    };
  }, []);
  useEffect(() => refresh.current(), [as]);
  return live;
}

/** A link may name somebody whom this workspace does not know: then the page is whoever's the server chooses. */
async function load(as: string | undefined): Promise<PageSnapshot> {
  try {
    return await snapshot(as);
  } catch (error) {
    if (as === undefined || !(error instanceof ServerRefusal) || error.status >= 500) throw error;
    return await snapshot(undefined);
  }
}

/** Calls `changed` at each event, and after each interruption, for something may have been missed. */
function listen(changed: () => void): () => void {
  let source: EventSource | undefined;
  let later: ReturnType<typeof setTimeout> | undefined;
  function open(): void {
    source = new EventSource('/api/events');
    source.addEventListener('open', changed);
    source.addEventListener('message', changed);
    source.addEventListener('error', () => {
      changed();
      // The browser itself tries again, except after an answer that is not a stream of events.
      if (source?.readyState !== EventSource.CLOSED) return;
      clearTimeout(later);
      later = setTimeout(open, AGAIN);
    });
  }
  open();
  return () => {
    clearTimeout(later);
    source?.close();
  };
}
