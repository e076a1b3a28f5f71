import { formatDuration } from '../../../../domain/duration.js';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RecordView, RequestRow, PageSnapshot } from '../../model/model.js';
import { record } from '../api.js';
import { sentenceOf } from '../frame/doing-it.js';
import { throttled } from '../throttle.js';
import { inWords, isOpen, nameOf } from '../words.js';
import { Decisions } from './decisions.js';
import { Trail } from './trail.js';

interface Props {
  snapshot: PageSnapshot;
  now: number;
  selected: string | undefined;
  select(id: string): void;
}

/** All requests, and everything that is on record about one of them. */
export function RecordPanel({ snapshot, now, selected, select }: Props) {
  const { requests, people } = snapshot;
  const chosen = requests.find(({ id }) => id === selected) ?? requests[0];
  const { view, problem } = useRecord(snapshot, chosen?.id);
  if (!chosen)
    return (
      <section class="card" data-tour="record">
        <h2>Requests</h2>
        <p class="hint">
          Nobody has asked for anything yet. Type <code>/jit</code> in Slack.
        </p>
      </section>
    );
  return (
    <>
      <section class="card" aria-labelledby="requests-title" data-tour="record">
        <h2 id="requests-title">
          Requests <span class="count">{requests.length}</span>
        </h2>
        <ul class="requests">
          {requests.map((row) => (
            <li key={row.id}>
              <button type="button" aria-pressed={row.id === chosen.id} onClick={() => select(row.id)}>
                <span>
                  <strong>{row.name}</strong>
                  <small>
                    {nameOf(people, row.requester)}, for {formatDuration(row.duration)}
                  </small>
                </span>
                <Status row={row} now={now} />
              </button>
            </li>
          ))}
        </ul>
      </section>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {view && view.id === chosen.id && (
        <>
          <Trail view={view} people={people} />
          <Decisions decisions={view.decisions} />
          {view.grant && (
            <section class="card" aria-labelledby="grant-title">
              <h2 id="grant-title">Grant</h2>
              <details>
                <summary>What AWS was to be given, as JSON</summary>
                <pre tabIndex={0}>{JSON.stringify(view.grant, null, 2)}</pre>
              </details>
            </section>
          )}
        </>
      )}
    </>
  );
}

const TONES: Record<string, string> = { active: 'ok', approved: 'ok', pending: 'accent', ending: 'accent' };

function Status({ row, now }: { row: RequestRow; now: number }) {
  const { status, endsAt } = row;
  return (
    <span class="status">
      <span class={`badge ${TONES[status] ?? ''}`}>{status}</span>
      {isOpen(row) && endsAt !== undefined && (
        <small>{endsAt > now ? `ends in ${inWords(endsAt - now)}` : 'its time is up'}</small>
      )}
    </span>
  );
}

/** Read again whenever anything happens. */
function useRecord(snapshot: PageSnapshot, id: string | undefined) {
  const [known, setKnown] = useState<{ view?: RecordView; problem?: string }>({});
  const again = useRef<() => void>(() => undefined);
  useEffect(() => {
    if (id === undefined) return undefined;
    let left = false;
    const reading = throttled(async () => {
      try {
        const view = await record(id);
        if (!left) setKnown({ view });
      } catch (error) {
        if (!left) setKnown({ problem: sentenceOf(error) });
      }
    }, 200);
    again.current = reading.want;
    return () => {
      left = true;
      reading.stop();
    };
  }, [id]);
  useEffect(() => again.current(), [snapshot, id]);
  return known;
}
