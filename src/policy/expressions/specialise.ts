import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Entitlement } from '../../domain/entitlement.js';
import { folded, pathOf, type KnownWorld } from './fold.js';
import { partsOf, termOf, valueOf, withParts, type Term } from './term.js';

/** What a policy says of one entitlement: what is known of that is worked out, and the rest is left. */
export interface Special {
  /** Who it is about. */
  principal: Term;
  /** Each as it has to be true. */
  conditions: { term: Term; body: unknown }[];
}

const TRUE: Term = { op: 'value', value: true };

/** A `principal` or `resource` of a scope, as an expression. */
export function scopeTerm(
  name: 'principal' | 'resource',
  constraint: PolicyJson['principal'] | PolicyJson['resource'],
): Term {
  const what: Term = { op: 'var', name };
  const entity = (of: unknown): Term => ({ op: 'value', value: valueOf({ __entity: uidOf(of) }) });
  const call = (op: string, above: unknown): Term => ({ op: 'call', name: op, args: [what, entity(above)] });
  switch (constraint.op) {
    case 'All':
      return TRUE;
    case '==':
    case 'in':
      if (!('entity' in constraint)) throw new Error('a policy that was loaded has no slots');
      return call(constraint.op, constraint.entity);
    case 'is': {
      const is: Term = { op: 'is', of: what, type: constraint.entity_type };
      const above = constraint.in && 'entity' in constraint.in ? call('in', constraint.in.entity) : undefined;
      return above ? { op: 'call', name: '&&', args: [is, above] } : is;
    }
    default:
      return constraint satisfies never;
  }
}

const uidOf = (of: unknown) => (of as { __entity?: unknown }).__entity ?? of;

/** What policies can tell an entitlement by, of which one policy makes use. */
export function asksOf(
  terms: readonly Term[],
  isResource: (term: Term) => boolean,
): (entitlement: Entitlement) => string {
  const asks = propertiesIn(terms, isResource);
  return ({ id, risk, grant, owners, tags, environment, account }) =>
    JSON.stringify([
      asks.has('id') && id,
      asks.has('risk') && risk,
      asks.has('kind') && grant.kind,
      asks.has('owners') && [...owners].sort(),
      asks.has('tags') && Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)),
      asks.has('in') && [environment, account],
    ]);
}

/** The properties of an entitlement that expressions look at: its attributes, `id`, `tags`, and `in` for what it is in. */
export function propertiesIn(
  terms: readonly Term[],
  isResource: (term: Term) => boolean,
): ReadonlySet<string> {
  const asks = new Set<string>();
  terms.forEach(visit);
  return asks;

  function visit(term: Term): void {
    const isOfResource = partsOf(term)[0] && isResource(partsOf(term)[0]!);
    if (isResource(term)) asks.add('id').add('in').add('tags');
    else if (!isOfResource) partsOf(term).forEach(visit);
    else if (term.op === 'get') asks.add(term.attr);
    else if (term.op === 'call') {
      asks.add(term.name === 'in' ? 'in' : ['getTag', 'hasTag'].includes(term.name) ? 'tags' : 'id');
      if (term.name === 'in') asks.add('id');
      term.args.slice(1).forEach(visit);
    } else if (term.op !== 'has' && term.op !== 'is') partsOf(term).forEach(visit);
  }
}

/** @param json of the policy @param terms its conditions @param world of the entitlement @param own whether people act on requests of their own */
export function specialised(
  { principal, conditions }: Pick<PolicyJson, 'principal' | 'conditions'>,
  terms: readonly Term[],
  world: KnownWorld,
  own = false,
): Special {
  return {
    principal: folded(scopeTerm('principal', principal), world),
    conditions: conditions.map(({ kind, body }, n) => {
      const term = folded(byWhom(terms[n]!, own, world), world);
      return { term: kind === 'when' ? term : folded({ op: 'call', name: '!', args: [term] }, world), body };
    }),
  };
}

/** Nobody acts on their own request: jit asks policy of others alone. Nor does anybody stand in for themselves or the requester. */
function byWhom(term: Term, own: boolean, world: KnownWorld): Term {
  if (term.op === 'call' && isAwayAsked(term) && world.typeOf?.(AWAY.split('.')) !== undefined)
    return { op: 'value', value: term.name === '!=' };
  if (isOwnAsked(term)) return { op: 'value', value: own === (term.name === '==') };
  return withParts(term, (part) => byWhom(part, own, world));
}

const AWAY = 'context.delegatedBy';

/** Whether an expression asks if who is away is the person, or whoever made the request. */
function isAwayAsked({ name, args }: Term & { op: 'call' }): boolean {
  if (name !== '==' && name !== '!=') return false;
  const paths = args.map((arg) => pathOf(arg)?.join('.') ?? '');
  return paths.includes(AWAY) && paths.some((path) => path === 'principal' || path === 'resource.requester');
}

/** Whether an expression asks if it is the person's own request. */
function isOwnAsked(term: Term): term is Term & { op: 'call' } {
  if (term.op !== 'call' || (term.name !== '==' && term.name !== '!=')) return false;
  const [one, two] = term.args.map((arg) => pathOf(arg)?.join('.'));
  return one !== two && [one, two].every((path) => path === 'principal' || path === 'resource.requester');
}

/** Whether some condition of a policy does. */
export const asksWhoseOwn = ({ conditions }: Pick<PolicyJson, 'conditions'>): boolean =>
  conditions.some(({ body }) => isWithin(termOf(body)));

const isWithin = (term: Term): boolean => isOwnAsked(term) || partsOf(term).some(isWithin);
