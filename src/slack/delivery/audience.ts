import type { Stage } from '../../domain/chain.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import { sameAddress } from '../../domain/email.js';
import type { RequestView } from '../../ports/messages.js';
import type { Candidate } from '../../ports/people.js';
import { MENTIONED } from '../messages/chain.js';

/** Of a stage that more people may fill not each gets a direct message: it is told in its channel. */
const MOST_DIRECT = 20;

/** Who may still decide on this stage. */
export interface Audience {
  /** All of them; those who are quiet, too. */
  all: Candidate[];
  /** Those who are to be told. */
  told: Candidate[];
  /** Those of them whom Slack knows, where they are few enough for direct messages. */
  direct: Direct[];
}

/** Somebody whom Slack knows. */
export interface Direct {
  candidate: Candidate;
  /** The id of their account. */
  id: string;
}

/** Who of those who are mentioned in a channel is not there; and whether nobody is who might decide. */
export function absentOf(
  audience: Audience | undefined,
  members: ReadonlySet<string> | undefined,
): { absent: Direct[]; isEmpty: boolean } {
  if (!audience || !members) return { absent: [], isEmpty: false };
  const absent = directly(audience.told.slice(0, MENTIONED)).filter(({ id }) => !members.has(id));
  const isKnown = ({ account }: Candidate) => account?.provider === 'slack';
  const isEmpty =
    audience.all.length > 0 &&
    audience.all.every((one) => isKnown(one) && !members.has(one.account?.id ?? ''));
  return { absent, isEmpty };
}

/** Undefined where it is not known now who may fill the stage. */
export function audienceOf(
  { state, asked }: RequestView,
  { name }: Stage,
  { stages }: Pick<DirectoryConfig, 'stages'>,
): Audience | undefined {
  const candidates = asked[name];
  if (!candidates) return undefined;
  // A person counts once in a whole chain, and never for their own request.
  const out = [state.requester, ...state.votes.map(({ by }) => by)];
  const all = candidates.filter(({ email }) => !out.some((one) => sameAddress(one.email, email)));
  const quiet = stages.find((stage) => stage.name === name)?.quiet ?? [];
  const told = all.filter(({ email }) => !quiet.some((one) => sameAddress(one, email)));
  return { all, told, direct: told.length > MOST_DIRECT ? [] : directly(told) };
}

function directly(people: Candidate[]): Direct[] {
  return people.flatMap((candidate) =>
    candidate.account?.provider === 'slack' ? [{ candidate, id: candidate.account.id }] : [],
  );
}
