import type {
  Act,
  Acted,
  MakeTrouble,
  MoveClock,
  RecordView,
  RefusedCall,
  PageSnapshot,
  SwitchBot,
  TriedCall,
  TryIt,
} from '../model/model.js';

/** The server said no: its sentence. What cannot be reached at all throws a TypeError, as `fetch` does. */
export class ServerRefusal extends Error {
  constructor(
    readonly status: number,
    sentence: string,
  ) {
    super(sentence);
    this.name = 'Refusal';
  }
}

/** @param as a user id; without one the server chooses */
export const snapshot = (as: string | undefined): Promise<PageSnapshot> =>
  call('GET', as === undefined ? 'snapshot' : `snapshot?as=${encodeURIComponent(as)}`);
export const record = (id: string): Promise<RecordView> => call('GET', `record?id=${encodeURIComponent(id)}`);
export const act = (body: Act): Promise<Acted> => call('POST', 'act', body);
export const tryIt = (body: TryIt): Promise<TriedCall> => call('POST', 'try', body);
export const moveClock = (body: MoveClock): Promise<unknown> => call('POST', 'clock', body);
export const switchBot = (body: SwitchBot): Promise<unknown> => call('POST', 'bot', body);
export const makeTrouble = (body: MakeTrouble): Promise<unknown> => call('POST', 'trouble', body);

async function call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const response = await fetch(`/api/${path}`, {
    method,
    cache: 'no-store',
    ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new ServerRefusal(response.status, sentenceIn(text) ?? `status ${response.status}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

function sentenceIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as Partial<RefusedCall>).error;
  } catch {
    return undefined;
  }
}
