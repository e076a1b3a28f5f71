import type { Event } from '../../../../src/domain/request/event.js';
import { HOUR } from '../../../support/requests.js';
import { type Chance, type Wrong } from './kinds.js';

type Node = { [key: string]: unknown };

/** The value itself, or one within it, by chance; as the path to it. */
function pathIn(value: unknown, chance: Chance): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const names = Object.keys(value);
  const name = names[chance(names.length)];
  if (name === undefined || chance(8) === 0) return [];
  return [name, ...pathIn((value as Node)[name], chance)];
}

/** Another value of the same kind, near or far. */
function other(value: unknown, chance: Chance): unknown {
  const one = <T>(...of: T[]) => of[chance(of.length)]!;
  if (typeof value === 'number') return value + one(1, -1, 1_000, -1_000, HOUR, -HOUR, 1_000 * HOUR, -value);
  if (typeof value === 'string')
    return one('', `${value}x`, 'jit', 'ana@corp.example', 'security', 'expired');
  if (typeof value === 'boolean') return one<unknown>(!value, 'yes', 1);
  if (Array.isArray(value)) return one<unknown>([], [...value, ...value], value.slice(1), value.toReversed());
  return one<unknown>({}, 'jit', { ...(value as Node), more: 1 });
}

function withOther(value: unknown, [name, ...path]: string[], chance: Chance): unknown {
  if (name === undefined) return other(value, chance);
  if (Array.isArray(value)) return value.with(Number(name), withOther(value[Number(name)], path, chance));
  const { [name]: inner, ...rest } = value as Node;
  if (path.length === 0 && chance(5) === 0) return rest;
  return { ...rest, [name]: withOther(inner, path, chance) };
}

/** What nobody has thought of: any step, at random. */
export const anything: Wrong[] = [
  {
    often: 20,
    name: 'any member of any event, changed or left out',
    make({ events }, chance) {
      const n = chance(events.length);
      const [first, ...path] = pathIn(events[n], chance);
      if (first === undefined) return undefined;
      // As a program wrote it that knew nothing of formats: another kind, which has its own line.
      if (first === 'format') return undefined;
      return events.with(n, withOther(events[n], [first, ...path], chance) as Event);
    },
  },
  {
    often: 20,
    name: 'any event, copied to any place',
    make({ events }, chance) {
      return events.toSpliced(1 + chance(events.length), 0, events[chance(events.length)]!);
    },
  },
  {
    often: 20,
    name: 'any event, copied to any place, at the time of that place',
    make({ events }, chance) {
      const n = 1 + chance(events.length);
      const { at } = events[n - 1]!;
      const event = events[chance(events.length)]!;
      const then: object =
        event.type === 'Voted' ? { ...event, at, vote: { ...event.vote, at } } : { ...event, at };
      return events.toSpliced(n, 0, then as Event);
    },
  },
  {
    often: 20,
    name: 'any event, moved to any place',
    make({ events }, chance) {
      const n = chance(events.length);
      return events.toSpliced(n, 1).toSpliced(chance(events.length), 0, events[n]!);
    },
  },
  {
    often: 20,
    name: 'any event left out',
    make({ events }, chance) {
      return events.toSpliced(chance(events.length), 1);
    },
  },
  {
    often: 20,
    name: 'any event in place of any other',
    make({ events }, chance) {
      return events.with(chance(events.length), events[chance(events.length)]!);
    },
  },
];
