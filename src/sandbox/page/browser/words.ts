import type { PagePerson, RequestRow } from '../model/model.js';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A length of time in ms in its two largest units, as people say it: `1 h 5 min`, `40 s`, `now`. */
export function inWords(ms: number): string {
  let left = Math.ceil(ms / 1000);
  if (left <= 0) return 'now';
  const parts: string[] = [];
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** In the reader's zone. */
export const timeOf = (at: number): string =>
  new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
export const dayOf = (at: number): string =>
  new Date(at).toLocaleDateString(undefined, { weekday: 'short', day: 'numeric', month: 'short' });

/** The beginning of a hash, for eyes. */
export const short = (hash: string): string => hash.slice(0, 8);

/** Whom an id, an e-mail address or a handle stands for. */
export function personOf(people: PagePerson[], who: string | undefined): PagePerson | undefined {
  return people.find(({ id, email, name }) => who !== undefined && [id, email, name].includes(who));
}
export function nameOf(people: PagePerson[], who: string): string {
  if (who === 'jit') return 'jit';
  return personOf(people, who)?.realName ?? who;
}

/** People by role, in the order in which roles first appear. */
export function byRole(people: PagePerson[]): [role: string, people: PagePerson[]][] {
  const roles = [...new Set(people.map(({ role }) => role))];
  return roles.map((role) => [role, people.filter((person) => person.role === role)]);
}

const OPEN = ['pending', 'approved', 'active', 'ending'];
export const isOpen = ({ status }: Pick<RequestRow, 'status'>): boolean => OPEN.includes(status);
