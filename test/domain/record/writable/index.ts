import { canonical } from '../../../../src/domain/entitlement.js';
import { decide, evolve } from '../../../../src/domain/request/stories/index.js';
import type { Event } from '../../../../src/domain/request/event.js';
import type { State } from '../../../../src/domain/request/state.js';
import type { Life } from '../lives.js';
import { BASIS, UNDER_WAY, isSomebody, type Memory } from './facts.js';
import { commandsFor } from './commands.js';

/**
 * Whether the program could have written this history: at each point there is a command, with facts that the workflow
 * can bring, on which `decide` writes exactly what comes next. It knows nothing of the laws of `verify`.
 */
export function isWritable({ events, ordered }: Life): boolean {
  const memory = { latest: 0, provisions: 0, presses: 0, mintsUnderWay: 0, ordered };
  try {
    return goesOn(events, undefined, memory);
  } catch (error) {
    // What is no event at all is of no program's making.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function goesOn(rest: Event[], state: State | undefined, memory: Memory): boolean {
  const [next] = rest;
  if (!next) return true;
  if (!Number.isFinite(next.at) || !isSomebody(next.by)) return false;
  if (next.at < memory.latest - UNDER_WAY) return false;
  return commandsFor(rest, state, memory).some((command) => {
    const decided = decide(command, state);
    if (!('events' in decided) || decided.events.length === 0) return false;
    const written = asKept(asBegun(decided.events, next), rest);
    const { length } = written;
    if (canonical(written) !== canonical(rest.slice(0, length))) return false;
    const after = written.reduce<State | undefined>(evolve, state);
    return goesOn(rest.slice(length), after, written.reduce(remembering, memory));
  });
}

/** An older program may have begun it, and the next one gone on. */
function asBegun([event, ...rest]: Event[], found: Event): Event[] {
  if (!event || !('asked' in event) || 'format' in found) return event ? [event, ...rest] : [];
  const { format: _, ...older } = event;
  return [older, ...rest];
}

/** One of before may have written it, which kept less of what policy decided on. */
function asKept(written: Event[], found: readonly Event[]): Event[] {
  return written.map((event, n) => {
    if (!['RequestSubmitted', 'RequestRefused', 'RequestApproved'].includes(event.type)) return event;
    const isKept = (name: string) =>
      name in (found[n] ?? {}) || ![...BASIS, 'decidedAt'].some((one) => one === name);
    return Object.fromEntries(Object.entries(event).filter(([name]) => isKept(name))) as Event;
  });
}

function remembering(memory: Memory, { type, at }: Event): Memory {
  const latest = Math.max(memory.latest, at);
  const more = (kind: Event['type']) => (type === kind ? 1 : 0);
  return {
    ...memory,
    latest,
    provisions: memory.provisions + more('ProvisionAttempted'),
    presses: memory.presses + more('MintRequested'),
    mintsUnderWay: memory.mintsUnderWay + more('MintAttempted') - more('CredentialsMinted'),
  };
}
