import { canonical, type Json } from '../../../domain/entitlement.js';
import type { IamStatement } from '../../statements.js';
import { asAction, holderOf, type PatternSpan } from './spans.js';

/** `changed`: it cannot be told whether it is more or less. */
export type Becomes = 'gained' | 'lost' | 'changed';

/** What is allowed, or denied, on what, and when. */
export interface RightPart {
  actions: PatternSpan;
  resources: PatternSpan;
  /** Absent: always. */
  condition?: Json;
  /** Whether the same was allowed before, or is afterwards, under another condition. */
  otherwise?: true;
}

/** Everything. */
export const ALL: RightPart = { actions: { only: ['*'] }, resources: { only: ['*'] } };

/** What some statements allow and deny. */
export interface Effects {
  allowed: RightPart[];
  denied: RightPart[];
}

export function effectsOf(statements: readonly IamStatement[]): Effects {
  const partsOf = (effect: string) =>
    statements.filter((statement) => statement.effect === effect).map(partOf);
  return { allowed: partsOf('Allow'), denied: partsOf('Deny') };
}

function partOf({ actions, notActions, resources, notResources, condition }: IamStatement): RightPart {
  return {
    actions: actions ? { only: actions } : { allBut: notActions ?? [] },
    resources: resources ? { only: resources } : { allBut: notResources ?? [] },
    ...(condition !== undefined && { condition }),
  };
}

/** What `after` allows and `before` does not, and what it denies no longer. Swapped, it is what is lost. */
export function gainedBy(before: Effects, after: Effects): Effects {
  const always = after.denied.filter(({ condition }) => condition === undefined);
  const anyway = before.allowed.map(({ actions, resources }) => ({ actions, resources }));
  return {
    allowed: beyond(after.allowed, before.allowed)
      .flatMap((part) => beyond([part], always))
      .map((part) => (beyond([part], anyway).length === 0 ? { ...part, otherwise: true } : part)),
    denied: beyond(before.denied, after.denied),
  };
}

/** Of some parts what is not within others, by one other each: an action that only several of them cover is left. */
function beyond(parts: readonly RightPart[], held: readonly RightPart[]): RightPart[] {
  return parts.flatMap((part) => {
    const fitting = held.filter(
      ({ condition }) =>
        condition === undefined ||
        (part.condition !== undefined && loosely(condition) === loosely(part.condition)),
    );
    if (fitting.length === 0) return [part];
    const others = fitting.map((other) => ({
      holdsAction: holderOf(other.actions, asAction),
      holdsResource: holderOf(other.resources),
    }));
    const resources = each(part.resources);
    const left = new Map<string, { actions: PatternSpan[]; resources: PatternSpan[] }>();
    for (const action of each(part.actions)) {
      const able = others.filter(({ holdsAction }) => holdsAction(action));
      const open = resources.filter((resource) => !able.some(({ holdsResource }) => holdsResource(resource)));
      if (open.length === 0) continue;
      const key = canonical(open);
      const known = left.get(key) ?? { actions: [], resources: open };
      known.actions.push(action);
      left.set(key, known);
    }
    return [...left.values()].map((one) => ({
      ...part,
      actions: joined(one.actions, asAction),
      resources: joined(one.resources),
    }));
  });
}

const each = (span: PatternSpan): PatternSpan[] =>
  'only' in span ? span.only.map((one) => ({ only: [one] })) : [span];

/** What `each` took apart, without what the rest holds anyway. */
function joined(list: readonly PatternSpan[], as?: (pattern: string) => string): PatternSpan {
  const [first = { only: [] }] = list;
  if ('allBut' in first) return first;
  const all = [...new Set(list.flatMap((span) => ('only' in span ? span.only : [])))];
  const wide = all
    .map((one, n) => ({ n, one, holds: holderOf({ only: [one] }, as) }))
    .filter(({ one }) => /[*?]/.test(one));
  // Of two that hold one another, the first stays.
  const isHeld = (one: string, n: number) =>
    wide.some(
      (other) =>
        other.n !== n &&
        other.holds({ only: [one] }) &&
        (other.n < n || !holderOf({ only: [one] }, as)({ only: [other.one] })),
    );
  return { only: all.filter((one, n) => !isHeld(one, n)) };
}

/** A condition in one spelling: the order of values means nothing, and a list of one is its one value. */
function loosely(value: Json): string {
  const sorted = (json: Json): Json => {
    if (Array.isArray(json)) {
      const items = json.map(sorted).sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
      return items.length === 1 ? items[0]! : items;
    }
    if (typeof json !== 'object' || json === null) return json;
    return Object.fromEntries(Object.entries(json).map(([key, member]) => [key, sorted(member)]));
  };
  return canonical(sorted(value));
}
