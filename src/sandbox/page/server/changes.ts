import type { ServerResponse } from 'node:http';
import type { Playground } from '../../playground.js';
import type { Timer } from '../../clock.js';

/** Real milliseconds: so that a burst of changes is told once, and proxies and browsers keep the line open. */
const GATHER = 30;
const PING = 15_000;

export interface PageChanges {
  /** Turns an answer into a stream of server-sent events that lasts until one side closes it. */
  stream(response: ServerResponse): void;
  tell(): void;
  stop(): void;
}

/** Tells all pages when something has changed, or when time has: a session or a lease that has come to its end. */
export function changesOf({ slack, cloud, clock, onChange, record }: Playground): PageChanges {
  const listening = new Set<ServerResponse>();
  let gathering: NodeJS.Timeout | undefined;
  let turn: Timer | undefined;
  let stopped = false;

  function tell(): void {
    if (stopped || listening.size === 0) return;
    gathering ??= setTimeout(() => {
      gathering = undefined;
      for (const response of listening) response.write('data: changed\n\n');
      void wind();
    }, GATHER);
  }

  /** What ends by itself ends without a word from AWS's double, and with the bot stopped from nobody. */
  async function wind(): Promise<void> {
    // A record that cannot be read has no ends to tell; the page hears why when it asks for its snapshot.
    const heads = await record.heads().catch(() => []);
    const leases = heads.flatMap(({ state }) =>
      'lease' in state && state.lease ? [state.lease.endsAt] : [],
    );
    const ends = [...cloud.sessions().map(({ expiresAt }) => expiresAt), ...leases];
    const first = Math.min(...ends.filter((at) => at > clock.now()));
    clock.cancel(turn);
    turn = first === Infinity || stopped ? undefined : clock.after(first - clock.now(), tell);
  }

  const ping = setInterval(() => {
    for (const response of listening) response.write(': ping\n\n');
  }, PING);
  const sources = [slack.onChange(tell), cloud.onChange(tell), clock.onChange(tell), onChange(tell)];

  return {
    stream(response) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(': here\n\n');
      listening.add(response);
      response.on('close', () => listening.delete(response));
      void wind();
    },
    tell,
    stop() {
      stopped = true;
      clearInterval(ping);
      clearTimeout(gathering);
      clock.cancel(turn);
      for (const unsubscribe of sources) unsubscribe();
      for (const response of listening) response.end();
    },
  };
}
