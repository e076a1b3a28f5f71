import { moveClock } from '../api.js';
import { useErrand } from '../frame/doing-it.js';
import type { PageClock } from '../../model/model.js';
import { dayOf, inWords, timeOf } from '../words.js';

const MINUTE = 60_000;

/** The sandbox's time in the reader's zone, and what moves it: always in sight. */
export function ClockStrip({ clock, now }: { clock: PageClock; now: number }) {
  const { busy, problem, run } = useErrand();
  const { next, rate } = clock;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const move = (how: Parameters<typeof moveClock>[0]) => () => run(() => moveClock(how));
  return (
    <section class="clock" aria-label="Clock" data-tour="clock">
      <time
        dateTime={new Date(now).toISOString()}
        title={`The sandbox's time in your zone, ${zone}. Policies read the hour in ${clock.timezone}.`}
      >
        <span class="day">{dayOf(now)}</span> <strong>{timeOf(now)}</strong>
      </time>
      <div class="joined" role="group" aria-label="Pace">
        {([1, 60] as const).map((pace) => (
          <button key={pace} type="button" aria-pressed={rate === pace} onClick={move({ rate: pace })}>
            ×{pace}
          </button>
        ))}
      </div>
      <div class="joined" role="group" aria-label="Move the clock ahead">
        <button
          type="button"
          disabled={busy}
          onClick={move({ to: 'now' })}
          title="Catch up with the wall clock"
        >
          Now
        </button>
        <button type="button" disabled={busy} onClick={move({ by: 10 * MINUTE })}>
          +10 min
        </button>
        <button type="button" disabled={busy} onClick={move({ by: 60 * MINUTE })}>
          +1 h
        </button>
      </div>
      <button
        type="button"
        class="next"
        disabled={busy || !next}
        onClick={move({ to: 'next' })}
        title={next ? `To the next: ${next.what}` : undefined}
      >
        {next ? (
          <>
            <b>To the next, in {inWords(Math.max(1000, next.at - now))}</b> <small>{next.what}</small>
          </>
        ) : (
          'Nothing is due'
        )}
      </button>
      {problem !== undefined && (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
    </section>
  );
}
