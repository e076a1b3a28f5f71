import { truthIn, type Cell } from './cell.js';
import { readsOf } from '../../expressions/decompose.js';
import { inputOf, isInputKnown } from './inputs.js';
import type { Term } from '../../expressions/term.js';
import { languageOf } from './text/languages.js';
import { isTimeKnown } from './time-cuts.js';
import type { CedarValue } from '../../expressions/value.js';

/** The part of a question on which an expression depends. */
export type Place =
  | { in: 'group'; name: string }
  | { in: 'person' | 'requester' | 'delegator' | 'ticket' | 'time' | 'duration' }
  | { in: 'input'; name: string }
  /** On the duration and on more: for each duration by itself it may be understood. */
  | { in: 'each duration' }
  /** It is not understood. */
  | { in: 'open' };

const TIME = /^context\.(?:now|(?:hour|weekday|businessHours)(?:@\d)?)$/;

function kindOf(path: string): string {
  if (path === 'principal' || path === 'principal.email') return 'person';
  if (path === 'resource.requester' || path === 'resource.requester.email') return 'requester';
  if (path === 'context.delegatedBy' || path === 'context.delegatedBy.email') return 'delegator';
  if (path === 'context.duration' || path === 'resource.requested') return 'duration';
  if (path === 'context.ticket') return 'ticket';
  if (TIME.test(path)) return 'time';
  const input = inputOf(path);
  return input === undefined ? 'open' : `input ${input}`;
}

/** @param term folded, and not to be taken apart */
export function placeOf(term: Term): Place {
  const reads = [...readsOf(term)];
  const kinds = new Set(reads.map(kindOf));
  const [kind, ...more] = kinds;
  if (kind === undefined || kinds.has('open')) return { in: 'open' };
  if (more.length > 0) return { in: kinds.has('duration') ? 'each duration' : 'open' };
  if (kind === 'person') return personPlace(term);
  if (kind === 'requester' || kind === 'delegator') return { in: kind };
  if (!isSound(term, reads)) return { in: 'open' };
  if (kind === 'duration') return { in: 'duration' };
  if (kind === 'ticket')
    return term.op === 'has' || languageOf(term, 'context.ticket') ? { in: 'ticket' } : { in: 'open' };
  if (kind === 'time') return isTimeKnown(term) ? { in: 'time' } : { in: 'open' };
  return isInputKnown(term) ? { in: 'input', name: kind.slice('input '.length) } : { in: 'open' };
}

function personPlace(term: Term): Place {
  const [one, above] = term.op === 'call' && (term.name === 'in' || term.name === '==') ? term.args : [];
  const entities = [one, above].flatMap((part) =>
    part?.op === 'value' && typeof part.value === 'object' && 'type' in part.value ? [part.value] : [],
  );
  const isPerson = one?.op === 'var' || above?.op === 'var';
  if (term.op === 'call' && term.name === 'in' && isPerson && entities[0]?.type.startsWith('Jit::Group'))
    return { in: 'group', name: `${entities[0].id}${entities[0].type.slice('Jit::Group'.length)}` };
  if (isPerson && entities[0]?.type === 'Jit::User') return { in: 'person' };
  return languageOf(term, 'principal.email') ? { in: 'person' } : { in: 'open' };
}

/** Whether it has an answer that is known here, where everything that it reads has a value. */
function isSound(term: Term, reads: readonly string[]): boolean {
  const values = Object.fromEntries(reads.map((path) => [path, SAMPLES[path.replace(/@\d$/, '')] ?? 1n]));
  return truthIn(term, { values } satisfies Cell) !== undefined;
}

const SAMPLES: Record<string, CedarValue> = {
  'context.now': { datetime: 0n },
  'context.duration': { duration: 3_600_000n },
  'resource.requested': { duration: 3_600_000n },
  'context.businessHours': true,
  'context.ticket': 'A-1',
  'context.onCall': true,
  'context.hasThis': true,
  'context.emergency': true,
};
