import { formatChain, unfillable, type Chain } from '../../domain/chain.js';
import type { Entitlement } from '../../domain/entitlement.js';
import type { LintView } from './about.js';

/** A chain that some people must go for an entitlement. */
export interface SeatCase {
  entitlement: Entitlement;
  chain: Chain;
}

/** A stage of it that cannot be filled. */
export interface Gap extends SeatCase {
  code:
    | 'stage-empty'
    | 'stage-too-small'
    | 'stage-only-requester'
    | 'stage-short-of-people'
    | 'requester-without-manager';
  stage: string;
  needed: number;
  available: number;
  /** For whom; undefined: for everybody. */
  requester?: string;
  /** People sit there, and policy does not let enough of them approve. */
  isDenied?: true;
}

export function casesOf({ parts, space }: LintView): SeatCase[] {
  return [...parts.entitlements.values()].flatMap((entitlement) => {
    const chains = space.answers(entitlement).flatMap(({ chain }) => (chain?.length ? [chain] : []));
    const byText = new Map(chains.map((chain) => [formatChain(chain), { entitlement, chain }]));
    return [...byText.values()];
  });
}

/** For everybody, or for those whom the files know and who may ask. */
export function* gapsOf(about: LintView, one: SeatCase): Generator<Gap> {
  const { chain, entitlement } = one;
  const { people, stages } = about.parts.directory;
  const known = seatsOf(about, one);
  const managed = chain
    .map(({ name }) => name)
    .filter((name) => stages.some((stage) => stage.name === name && stage.kind === 'manager'));
  // Where policy lets nobody approve, that is said of the stage itself.
  const isVoter = (stage: string, email: string) =>
    email.startsWith(STRANGER) ||
    !about.mayVote.any(entitlement, stage) ||
    about.mayVote.one(entitlement, stage, email);
  const voters = Object.fromEntries(
    Object.entries(known).map(([name, list]) => [name, list.filter((email) => isVoter(name, email))]),
  );
  const fill = (manager: string, excluded: string[], by: 'seat' | 'policy') => {
    const managers = managed.map((name) => [name, by === 'seat' || isVoter(name, manager) ? [manager] : []]);
    const seats = by === 'seat' ? known : voters;
    return unfillable(chain, { ...seats, ...Object.fromEntries(managers) }, [], excluded);
  };

  const always = fill(STRANGER, [], 'seat');
  if (always) {
    const code = known[always.stage]?.length === 0 ? 'stage-empty' : 'stage-too-small';
    yield { ...one, ...always, code };
    return;
  }
  const denied = fill(STRANGER, [], 'policy');
  if (denied) {
    yield { ...one, ...denied, code: 'stage-too-small', isDenied: true };
    return;
  }
  const groups = about.space.groups(entitlement).map((name) => about.members(name));
  const named = [...Object.values(known), ...groups.map((list) => list ?? [])].flat();
  const asks = (requester: string) =>
    about.space.asks(entitlement, requester, about.members).has(formatChain(chain));
  for (const requester of new Set([...Object.keys(people), ...named])) {
    if (requester.startsWith(STRANGER)) continue;
    const manager = people[requester]?.manager;
    if (managed[0] !== undefined && (manager === undefined || manager === requester)) {
      // Who may be in a group or not may well have nothing to ask for.
      if (groups.includes(undefined) || !asks(requester)) continue;
      const gap = { stage: managed[0], needed: 1, available: 0 };
      yield { ...one, ...gap, requester, code: 'requester-without-manager' };
      continue;
    }
    const gap = fill(manager ?? STRANGER, [requester], 'policy');
    if (!gap || !asks(requester)) continue;
    const isDenied = !fill(manager ?? STRANGER, [requester], 'seat');
    const alone = !isDenied && known[gap.stage]?.every((email) => email === requester);
    const code = alone ? 'stage-only-requester' : 'stage-short-of-people';
    yield { ...one, ...gap, requester, code, ...(isDenied && { isDenied }) };
  }
}

/** No e-mail begins with it. */
const STRANGER = ' ';

/** Who sits in each stage; where Slack alone knows, as many strangers as it takes. */
function seatsOf({ parts, members }: LintView, { chain, entitlement }: SeatCase): Record<string, string[]> {
  return Object.fromEntries(
    chain.map(({ name, quorum }) => {
      const stage = parts.directory.stages.find((known) => known.name === name);
      const groups = stage?.kind === 'group' ? [stage.group ?? ''] : entitlement.owners;
      const lists = stage?.kind === 'manager' ? [] : groups.map(members);
      const strangers = Array.from({ length: quorum }, (_, i) => `${STRANGER}${name} ${i}`);
      return [name, [...new Set(lists.flatMap((list) => list ?? strangers))]];
    }),
  );
}
