import { peopleOf } from '../../domain/delegation.js';
import { defined } from '../../domain/objects.js';
import { pin, type Entitlement } from '../../domain/entitlement.js';
import { sameAccount, samePerson, type Person } from '../../domain/person.js';
import type { Refusal } from '../../domain/refusal.js';
import type { Command } from '../../domain/request/command.js';
import { decidedOn, isExtending, pastExtensions } from '../../domain/request/extension.js';
import type { Head } from '../../domain/request/head.js';
import type { Pending, State } from '../../domain/request/state.js';
import type { Candidate } from '../../ports/people.js';
import { verdictOn } from '../ask-policy.js';
import { asAskedFor, candidatesOf, emails, who } from '../facts.js';
import { seatsFor } from '../seats/stand-ins.js';
import type { FrontDeps } from './deps.js';

export type RefusedAct = { refusal: Refusal };
export const UNKNOWN: RefusedAct = { refusal: { code: 'unknown-request' } };
/**
 * Told to everybody: the first two are said only of what was permitted, and whoever may be in a group that cannot be
 * known now must hear that it is, not that there is no such request.
 */
const TOLD = new Set<Refusal['code']>(['replayed', 'busy', 'group-unknown']);

/**
 * Why an act on a request was refused, for those who may learn it. To everybody else it is as if there were no such
 * request.
 * @param of.met the request, if there is one
 * @param of.made the command that was refused
 */
export async function whyRefused(
  deps: FrontDeps,
  by: Person,
  id: string,
  { met, made, refused }: { met: Head | undefined; made: Command | undefined; refused: RefusedAct },
): Promise<RefusedAct> {
  if (met && (TOLD.has(refused.refusal.code) || mayAct(made) || standsIn(made))) return refused;
  const state = met?.state ?? placeholderRequest(deps, id);
  return (await hasToDoWith(deps, by, state)) && met ? refused : unknownTo(deps, by);
}

/** There is none; or the person may be in a group that cannot be known now, and so have to do with it after all. */
export async function unknownTo(deps: FrontDeps, person: Person): Promise<RefusedAct> {
  const { unknownGroups: groups } = await who(deps, person);
  return { refusal: { code: 'unknown-request', ...defined({ groups }) } };
}

/** @param asked those who may fill the stages of its chain now */
export async function mayRead(
  deps: FrontDeps,
  person: Person,
  state: State,
  asked: Record<string, Candidate[]>,
): Promise<boolean> {
  const known = actors(state);
  if (known.some((one) => sameAccount(person.account, one.account))) return true;
  // Who has the address of one of them by now is a stranger to this request, and to policies looks like that one.
  if (known.some((one) => samePerson(person, one) === 'changed')) return false;
  if (Object.values(emails(asked, [person])).some((people) => people.includes(person.email))) return true;
  const { seats } = await seatsFor(deps, person, asked);
  if (Object.values(seats).some(({ length }) => length > 0)) return true;
  const { verdict } = await verdictOn(deps, 'audit', { by: person, state, at: deps.clock.now() });
  return verdict.outcome === 'allowed';
}

/** Who may fill the stages of it, and of an extension that waits. */
export async function everybodyAsked(deps: FrontDeps, state: State): Promise<Record<string, Candidate[]>> {
  const { asked } = await candidatesOf(deps, state);
  return isExtending(state) ? { ...asked, ...(await candidatesOf(deps, decidedOn(state))).asked } : asked;
}

async function hasToDoWith(deps: FrontDeps, person: Person, state: State): Promise<boolean> {
  if (actors(state).some((one) => samePerson(person, one) !== 'other')) return true;
  return mayRead(deps, person, state, await everybodyAsked(deps, state));
}

/** Who asked for it, who has approved it, themselves or by another, who wanted to know something first, and who reviewed it. */
function actors(state: State): Person[] {
  const { requester, votes, questions = [] } = state;
  const { reviews = [] } = state.status === 'closed' ? state : {};
  const extensions = [...pastExtensions(state), ...(isExtending(state) ? [state.extension] : [])];
  const voted = [votes, ...extensions.map((one) => one.votes)].flat();
  return [requester, ...voted.flatMap(peopleOf), ...[...questions, ...reviews].map(({ by }) => by)];
}

function mayAct(made: Command | undefined): boolean {
  if (made?.type === 'Review') return made.reviews && made.verdict.outcome === 'allowed';
  return made?.type === 'Revoke' && made.verdict?.outcome === 'allowed';
}

/** Whether somebody who fills a stage of it has asked them to stand in. */
function standsIn(made: Command | undefined): boolean {
  return made !== undefined && 'delegatedBy' in made && made.delegatedBy !== undefined;
}

const ANYTHING = {
  id: 'nothing',
  name: '',
  description: '',
  environment: 'nowhere',
  account: '000000000000',
  risk: 'low',
  owners: [],
  tags: {},
  durations: [],
  grant: { kind: '', config: {} },
} satisfies Entitlement;

/**
 * What stands in for a request that does not exist, so that the same questions are asked about both: whoever guesses ids
 * learns neither by the answer nor by its time whether there is one.
 */
export function placeholderRequest({ bundle, clock }: FrontDeps, id: string): Pending {
  const { entitlements, directory } = bundle();
  const at = clock.now();
  const [entitlement = ANYTHING] = entitlements.values();
  return {
    status: 'pending',
    checked: true,
    id,
    requester: { email: 'nobody@jit.invalid', account: { provider: '', tenant: '', id: '' } },
    entitlement: asAskedFor(entitlement),
    duration: entitlement.durations[0] ?? 0,
    justification: '',
    requestedAt: at,
    lapsesAt: at + directory.approvalTimeout,
    grant: pin(entitlement),
    ruling: { policies: [], advice: [], bundle: '' },
    chain: directory.stages.map(({ name }) => ({ name, quorum: 1 })),
    revision: 0,
    votes: [],
  };
}
