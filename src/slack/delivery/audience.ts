import type { Stage } from '../../domain/chain.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import { sameAddress } from '../../domain/email.js';
import type { RequestView } from '../../ports/messages.js';
import type { Candidate } from '../../ports/people.js';
import { MENTIONED, MOST_DIRECT } from '../messages/parts/asked.js';
import { standInsOf } from '../messages/parts/stand-ins.js';
import { usedUp } from '../messages/parts/voters.js';

/** Who may still decide on this stage. */
export interface Audience {
  /** All of them; those who are quiet, too. */
  all: Candidate[];
  /** Those who are to be told. */
  told: Candidate[];
  /** Those of them whom Slack knows, where they are few enough for direct messages. */
  direct: Direct[];
  /** Those of them who stand in for somebody else: each hears of it in person. */
  standIns: Direct[];
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

/**
 * Undefined where it is not known now who may fill the stage.
 * @param of those of whom is asked; absent: all who may fill it
 */
export function audienceOf(
  view: RequestView,
  { name }: Stage,
  { stages }: Pick<DirectoryConfig, 'stages'>,
  of: Candidate[] | undefined = view.asked[name],
): Audience | undefined {
  if (!of) return undefined;
  // A person counts once in a whole chain, and never for their own request.
  const out = usedUp(view.state);
  const quiet = stages.find((stage) => stage.name === name)?.quiet ?? [];
  const isIn = ({ email }: { email: string }, those: { email: string }[]) =>
    those.some((one) => sameAddress(one.email, email));
  const isTold = ({ email }: { email: string }) => !quiet.some((one) => sameAddress(one, email));
  const own = of.filter((one) => !isIn(one, out));
  const standIns = standInsOf(view, name).filter((one) => isIn(one.for, of));
  const all = [...own, ...standIns.map(({ candidate }) => candidate)];
  // Who is quiet has nobody told in their place either.
  const away = standIns.filter((one) => isTold(one.candidate) && isTold(one.for));
  const placed = away.map(({ candidate }) => candidate);
  const told = [...own.filter(isTold), ...placed];
  return { all, told, direct: told.length > MOST_DIRECT ? [] : directly(told), standIns: directly(placed) };
}

function directly(people: Candidate[]): Direct[] {
  return people.flatMap((candidate) =>
    candidate.account?.provider === 'slack' ? [{ candidate, id: candidate.account.id }] : [],
  );
}
