import { deliver, stopper, type ChangeFeed, type OnChange, type Sleep, type Wake } from '../changes.js';
import type { Log } from '../../kit/log.js';

/** The change feed of a store in this process. What changes before the start waits for it. */
export function memoryFeed(
  log: Pick<Log, 'warn'>,
  wait: Sleep,
): { push: (wake: Wake) => void; feed: ChangeFeed } {
  const waiting = new Map<string, Wake>();
  const running = new Map<string, Promise<void>>();
  let listener: { onChange: OnChange; stopping: AbortController } | undefined;

  /** One at a time for each request; however often it woke meanwhile, once more is enough. */
  async function drain(key: string, onChange: OnChange, signal: AbortSignal): Promise<void> {
    await Promise.resolve(); // never inside the write itself
    for (let wake = waiting.get(key); wake && !signal.aborted; wake = waiting.get(key)) {
      waiting.delete(key);
      if (!(await deliver([wake], onChange, { signal, log, wait }))) waiting.set(key, wake);
    }
  }

  function run(key: string): void {
    if (!listener || running.has(key)) return;
    const { onChange, stopping } = listener;
    running.set(
      key,
      drain(key, onChange, stopping.signal).finally(() => running.delete(key)),
    );
  }

  function push(wake: Wake): void {
    const key = `${wake.kind} ${wake.requestId}`;
    waiting.set(key, wake);
    run(key);
  }

  const feed: ChangeFeed = {
    async start(onChange) {
      if (listener) throw new Error('The change feed is running already.');
      listener = { onChange, stopping: stopper() };
      [...waiting.keys()].forEach(run);
    },
    async stop() {
      listener?.stopping.abort();
      await Promise.all(running.values());
      listener = undefined;
    },
    status() {
      return { running: listener !== undefined, ...(listener && { lagMs: 0 }) };
    },
  };
  return { push, feed };
}
