import type { PagePerson, RecordView } from '../../model/model.js';
import { dayOf, nameOf, short, timeOf } from '../words.js';
import { eventInWords } from './event-words.js';

/** A request's audit events, each with the hash that ties it to the one before. */
export function Trail({ view, people }: { view: RecordView; people: PagePerson[] }) {
  const days = new Set(view.events.map(({ at }) => dayOf(at)));
  const when = (at: number) => (days.size > 1 ? `${dayOf(at)}, ${timeOf(at)}` : timeOf(at));
  return (
    <section class="card" aria-labelledby="trail-title">
      <h2 id="trail-title">
        Audit trail{' '}
        <span class={`badge ${view.intact ? 'ok' : 'danger'}`} role="status">
          {view.intact ? 'chain intact ✓' : 'chain broken ✗'}
        </span>
      </h2>
      <p class="about">
        <code>{view.id}</code>
      </p>
      <ol class="trail">
        {view.events.map(({ n, at, by, hash, previous, event }) => (
          <li key={n}>
            <p>{eventInWords(event, when)}</p>
            <p class="about">
              <time dateTime={new Date(at).toISOString()}>{when(at)}</time>, by {nameOf(people, by)}
              <span class="hashes">
                {previous === '' ? 'first' : <code title={previous}>{short(previous)}</code>}
                {' → '}
                <code title={hash}>{short(hash)}</code>
              </span>
            </p>
            <details>
              <summary>JSON</summary>
              <pre tabIndex={0}>{JSON.stringify(event, null, 2)}</pre>
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
}
