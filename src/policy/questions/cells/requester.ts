import type { Who } from '../../../ports/policy.js';
import { partsOf, type Term } from '../../expressions/term.js';
import { truthIn } from './cell.js';

const GROUP = 'Jit::Group';

/**
 * Whether an expression about the person who made a request is true of this one.
 * @param who.groups by the names that expressions have for them
 */
export function isTrueOf(term: Term, { email, groups }: Who): boolean {
  const inGroups = term.op === 'call' && term.name === 'in' ? groupsNamed(term) : [];
  if (inGroups.length > 0) return inGroups.some((name) => groups.includes(name));
  const values = {
    'resource.requester': { type: 'Jit::User', id: email },
    'resource.requester.email': email,
  };
  return truthIn(term, { values }) === 'T';
}

const entitiesIn = (term: Term): { type: string; id: string }[] => {
  if (term.op !== 'value') return partsOf(term).flatMap(entitiesIn);
  return typeof term.value === 'object' && 'type' in term.value ? [term.value] : [];
};

export const groupsNamed = (term: Term): string[] =>
  entitiesIn(term).flatMap(({ type, id }) =>
    type.startsWith(GROUP) ? [`${id}${type.slice(GROUP.length)}`] : [],
  );

export const usersNamed = (term: Term): string[] =>
  entitiesIn(term).flatMap(({ type, id }) => (type === 'Jit::User' ? [id] : []));
