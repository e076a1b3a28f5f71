import { withParts, type Term } from './term.js';
import type { CedarValue } from './value.js';

/** What of the second of two folders is not what goes by the same name in the first. */
export interface Other {
  /** The hour, the weekday and business hours are those of another clock. */
  clock: boolean;
  /** Groups with other members. */
  groups: ReadonlySet<string>;
}

const CLOCK = ['hour', 'weekday', 'businessHours'];
export const SECOND = '@1';

/** An expression in which everything that goes by the same name is the same. */
export function renamed(term: Term, other: Other): Term {
  if (term.op === 'value') return { op: 'value', value: valueIn(term.value) };
  const made = withParts(term, (part) => renamed(part, other));
  if (made.op === 'get') return { ...made, attr: attributeIn(made.of, made.attr) };
  return made.op === 'has' ? { ...made, path: made.path.map((attr) => attributeIn(made.of, attr)) } : made;

  function attributeIn(of: Term, attr: string): string {
    const isClock = other.clock && of.op === 'var' && of.name === 'context' && CLOCK.includes(attr);
    return isClock ? `${attr}${SECOND}` : attr;
  }

  function valueIn(value: CedarValue): CedarValue {
    if (typeof value !== 'object') return value;
    if ('set' in value) return { set: value.set.map(valueIn) };
    const isOther = 'type' in value && value.type === 'Jit::Group' && other.groups.has(value.id);
    return isOther ? { type: `${value.type}${SECOND}`, id: value.id } : value;
  }
}
