import { useEffect, useState } from 'preact/hooks';
import type { Conversation } from './unread.js';

const KEY = 'jit-sandbox-seen';

type Seen = Record<string, string>;

/** Kept by the browser, where it lets us: private windows and full disks must not break the page. */
function load(me: string): Seen {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(`${KEY}/${me}`) ?? '{}');
    return typeof kept === 'object' && kept !== null
      ? Object.fromEntries(Object.entries(kept).filter(isText))
      : {};
  } catch {
    return {};
  }
}
const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';

function save(me: string, seen: Seen): void {
  try {
    localStorage.setItem(`${KEY}/${me}`, JSON.stringify(seen));
  } catch {
    // Then it is forgotten with the page.
  }
}

/** The `ts` of the last message that this person has seen, by place; what is open counts as seen. */
export function useSeen(me: string, open: Conversation): Seen {
  const [kept, setKept] = useState<{ me: string; seen: Seen }>();
  const seen = kept?.me === me ? kept.seen : load(me);
  const newest = open.messages.at(-1)?.ts;
  useEffect(() => {
    const next = newest === undefined ? seen : { ...seen, [open.id]: newest };
    setKept({ me, seen: next });
    if (newest !== undefined) save(me, next);
  }, [me, open.id, newest]);
  return newest === undefined ? seen : { ...seen, [open.id]: newest };
}
