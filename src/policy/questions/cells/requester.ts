import type { Who } from '../../../ports/policy.js';
import { pathOf } from '../../expressions/fold.js';
import { partsOf, type Term } from '../../expressions/term.js';
import type { CedarValue } from '../../expressions/value.js';
import { truthIn } from './cell.js';

const GROUP = 'Jit::Group';

/**
 * Whether an expression about the person who made a request, or in whose place somebody votes, is true of this one.
 * @param who.groups by the names that expressions have for them
 */
export function isTrueOf(term: Term, { email, groups }: Who): boolean {
  const inGroups = term.op === 'call' && term.name === 'in' ? groupsNamed(term) : [];
  if (inGroups.length > 0) return inGroups.some((name) => groups.includes(name));
  const values = {
    'resource.requester': { type: 'Jit::User', id: email },
    'resource.requester.email': email,
    'context.delegatedBy': { type: 'Jit::User', id: email },
    'context.delegatedBy.email': email,
  };
  return truthIn(term, { values }) === 'T';
}

/** The only people of whom an expression about whoever made a request can be true; undefined: there may be more. */
export function onlyPeopleOf(term: Term): string[] | undefined {
  if (term.op !== 'call' || !['==', 'in', 'contains'].includes(term.name)) return undefined;
  const isRequester = (arg: Term) => REQUESTER.includes(pathOf(arg)?.join('.') ?? '');
  const asksThem = term.args.some(isRequester) && term.args.some(({ op }) => op === 'value');
  if (!asksThem || groupsNamed(term).length > 0) return undefined;
  const texts = constantsIn(term).filter((value) => typeof value === 'string');
  return [...usersNamed(term), ...texts].filter((email) => isTrueOf(term, { email, groups: [] }));
}

const REQUESTER = ['resource.requester', 'resource.requester.email'];

function constantsIn(term: Term): CedarValue[] {
  const each = (value: CedarValue): CedarValue[] =>
    typeof value === 'object' && 'set' in value ? value.set.flatMap(each) : [value];
  return term.op === 'value' ? each(term.value) : partsOf(term).flatMap(constantsIn);
}

const entitiesIn = (term: Term): { type: string; id: string }[] =>
  constantsIn(term).flatMap((value) => (typeof value === 'object' && 'type' in value ? [value] : []));

export const groupsNamed = (term: Term): string[] =>
  entitiesIn(term).flatMap(({ type, id }) =>
    type.startsWith(GROUP) ? [`${id}${type.slice(GROUP.length)}`] : [],
  );

export const usersNamed = (term: Term): string[] =>
  entitiesIn(term).flatMap(({ type, id }) => (type === 'Jit::User' ? [id] : []));
