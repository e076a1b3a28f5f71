import { sameAccount, type Person } from '../domain/person.js';
import type { Millis } from '../domain/entitlement.js';
import type { Stranger } from '../domain/refusal.js';
import { sharedAnswers } from '../kit/shared-answers.js';
import { TooMuchAsked, type Actor } from '../ports/people.js';
import { accountOf, fitEmail, strangeness, type Asking, type Sighting } from './people.js';
import { recall, type WorkspaceSnapshot } from './snapshot.js';

/** One press is several questions; a person who presses again and again costs two calls a minute. */
const SEEN: Millis = 30_000;
/** While Slack refuses to be asked so often. */
const SEEN_AT_MOST: Millis = 5 * 60_000;
/** A guest's flood costs one question a minute. */
const REFUSED: Millis = 60_000;
/** About so many people at once; of more, some are asked about twice. */
const ASKED = 1_000;

type Found = { person: Person; title?: string } | { refusal: Stranger };
const UNAVAILABLE: Found = { refusal: { code: 'directory-unavailable' } };

/**
 * Who a person is, by what Slack says, with as few questions as can be: all its callers share some hundred a minute.
 * @param of.remembered notes of the groups, however old, with the addresses that were learned for them
 * @param of.report hears of faults that are answered with a refusal
 */
export function sightingsOf(
  of: Asking & {
    remembered: () => Promise<WorkspaceSnapshot[]>;
    report: (what: string, error: unknown) => void;
  },
) {
  const { source, tenant, now, sightings, remembered, report } = of;
  // Questions about the same person at the same time share one call.
  const shared = sharedAnswers(look, { now, most: ASKED, keep: () => false });

  async function look(id: string): Promise<Sighting> {
    const at = now();
    const user = await source.byId(id);
    const refusal = strangeness(user, tenant);
    const sighting = {
      email: fitEmail(user, tenant),
      ...(refusal && { refusal }),
      ...(user?.title !== undefined && { title: user.title }),
      at,
    };
    sightings.set(id, sighting);
    return sighting;
  }

  function said(id: string, { email, refusal, title }: Sighting): Found {
    if (refusal || email === null) return { refusal: refusal ?? { code: 'no-email' } };
    return { person: { email, account: accountOf(of, id) }, ...(title !== undefined && { title }) };
  }

  function kept(id: string, age: (sighting: Sighting) => Millis): Found | undefined {
    const sighting = sightings.get(id);
    if (!sighting) return undefined;
    const good = age(sighting);
    return good > 0 && Math.abs(now() - sighting.at) <= good ? said(id, sighting) : undefined;
  }

  /** @param last for how long an older sighting is good when Slack gives no answer, by its error */
  async function find(id: string, last: (error: unknown) => Millis): Promise<Found> {
    const young = kept(id, ({ refusal }) => (refusal ? REFUSED : SEEN));
    if (young) return young;
    try {
      return said(id, await shared(id));
    } catch (error) {
      report(`could not look up ${id}`, error);
      return kept(id, () => last(error)) ?? UNAVAILABLE;
    }
  }

  /** The address that Slack gave within the last hour, as the groups' note has it: by account, or by listed address. */
  async function noted(id: string): Promise<string | undefined> {
    const at = now();
    const notes = await remembered();
    const emails = notes.map((note) => recall(note.emails, id, at));
    // A person who is known not to be fit stays so, whatever a list says.
    if (emails.includes(null)) return undefined;
    const listed = notes.flatMap(({ ids }) =>
      Object.keys(ids).filter((email) => recall(ids, email, at) === id),
    );
    return emails.find((email) => typeof email === 'string') ?? listed[0];
  }

  return {
    person: ({ id }: Actor): Promise<Found> =>
      find(id, (error) => (error instanceof TooMuchAsked ? SEEN_AT_MOST : 0)),

    /** For what ends access: there *no* would keep it alive, so what was known a while ago goes before nothing. */
    async personEnding({ id }: Actor, requester: Person): Promise<Found> {
      if (sameAccount(accountOf(of, id), requester.account)) return { person: requester };
      const found = await find(id, () => SEEN_AT_MOST);
      if (!('refusal' in found) || found.refusal.code !== 'directory-unavailable') return found;
      const email = await noted(id);
      return email === undefined ? found : { person: { email, account: accountOf(of, id) } };
    },
  };
}
