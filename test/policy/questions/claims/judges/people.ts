import { groupsIn, type Person } from '../asked/question.js';
import type { Space } from '../asked/space.js';
import { whoIn } from './said.js';

/** Of whom the names of a table speak: `engineers + on-call`, `eve@corp.example`. */
export function peopleIn(space: Space) {
  const sides = space.sides.map(({ loaded }) => loaded.parts);
  const texts = sides.flatMap(({ policies }) => policies.map(({ text }) => text)).join();
  const isRead = (group: string) => texts.includes(`Group::"${group}"`) || texts.includes('.owners');
  const groupsOf = (person: Person) => sides.map(({ directory }) => groupsIn(directory, person));
  /** Of the groups of a name, those as which one of the folders knows them. */
  const on = (side: number, groups: readonly string[]): string[] =>
    groups.flatMap((group) => {
      const [, turn, name = ''] = /^(newly in |no longer in )?(.*)$/.exec(group) ?? [];
      const isThere =
        turn === undefined
          ? Object.hasOwn(sides[side]!.directory.groups, name)
          : turn === ['no longer in ', 'newly in '][side];
      return isThere ? [name] : [];
    });
  /** Whether they are in these groups, and perhaps in more. */
  const isIn = (groups: readonly string[], person: Person): boolean =>
    groupsOf(person).every((own, side) => on(side, groups).every((name) => own.includes(name)));
  return {
    isIn,
    /** Whether it is said of this person, and not only of others in fewer groups. */
    isExactly(name: string, person: Person): boolean {
      const { emails, groups } = whoIn(name);
      // Of whom something is true that is asked of an address itself is named by it.
      const isPlain = !space.likeEmail(person.email).includes('T');
      if (emails.length === 0 ? !isPlain : !emails.includes(person.email)) return false;
      return groupsOf(person).every(
        (own, side) => own.filter(isRead).sort().join() === on(side, groups).sort().join(),
      );
    },
    /**
     * Whether this person would look for themselves under it.
     * @param isLike whether somebody else is decided about as they are
     */
    isWithin(name: string, person: Person, isLike: (other: Person) => boolean): boolean {
      const { emails, isSuch, groups } = whoIn(name);
      if (!isIn(groups, person)) return false;
      if (emails.length === 0 || emails.includes(person.email)) return true;
      return isSuch && isLike({ ...person, email: emails[0]! });
    },
  };
}
