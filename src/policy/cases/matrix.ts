import { formatDuration } from '../../domain/duration.js';
import type { Millis } from '../../domain/entitlement.js';
import type { Who } from '../../ports/policy.js';
import type { Several } from './several.js';

/** One entry of a case file makes so many cases at most. */
export const MOST_VARIANTS = 1000;

/** A person, once for each list of groups. */
export interface SeveralWho {
  email: string;
  groups: Several<string[]>;
}

/** @returns the person in each list of groups, with a name for each case: what it is about stands in it if there are several */
export function eachWho(name: string, { email, groups }: SeveralWho): { name: string; who: Who }[] {
  return groups.each.map((own) => ({
    name: told(name, groups.many && groupsText(own)),
    who: { email, groups: own },
  }));
}

/** What a case asks for, of whichever there are several. */
export interface SeveralRequests {
  requester: SeveralWho;
  request: { entitlement: Several<string>; duration: Several<Millis> };
}

export const countOf = ({ requester, request }: SeveralRequests): number =>
  [requester.groups, request.entitlement, request.duration].reduce(
    (product, { each }) => product * each.length,
    1,
  );

/** Each person with each entitlement for each duration. */
export function eachRequest(
  name: string,
  { requester: { email, groups }, request: { entitlement, duration } }: SeveralRequests,
): { name: string; who: Who; entitlement: string; duration: Millis }[] {
  return groups.each.flatMap((own) =>
    entitlement.each.flatMap((id) =>
      duration.each.map((length) => ({
        name: told(
          name,
          groups.many && groupsText(own),
          entitlement.many && id,
          duration.many && formatDuration(length),
        ),
        who: { email, groups: own },
        entitlement: id,
        duration: length,
      })),
    ),
  );
}

/** `an engineer may (engineers + on-call, 1h)` */
function told(name: string, ...parts: (string | false)[]): string {
  const said = parts.filter((part) => part !== false);
  return said.length > 0 ? `${name} (${said.join(', ')})` : name;
}

const groupsText = (groups: readonly string[]) => groups.join(' + ') || 'no group';
