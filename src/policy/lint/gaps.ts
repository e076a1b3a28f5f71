import { formatChain, unfillable, type Chain } from '../../domain/chain.js';
import type { Entitlement } from '../../domain/entitlement.js';
import type { LintView } from './about.js';
import type { LintAnswer } from './space.js';

/** A chain that some people must go for an entitlement. */
export interface SeatCase {
  entitlement: Entitlement;
  chain: Chain;
  /** Those that led to the chain. */
  answers: LintAnswer[];
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
}

export function casesOf({ parts, space }: LintView): SeatCase[] {
  return [...parts.entitlements.values()].flatMap((entitlement) => {
    const byText = new Map<string, SeatCase>();
    for (const answer of space.answers(entitlement)) {
      const { chain = [] } = answer;
      if (chain.length === 0) continue;
      const text = formatChain(chain);
      const known = byText.get(text);
      if (known) known.answers.push(answer);
      else byText.set(text, { entitlement, chain, answers: [answer] });
    }
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
  const fill = (manager: string, excluded: string[]) => {
    const managers = Object.fromEntries(managed.map((name) => [name, [manager]]));
    return unfillable(chain, { ...known, ...managers }, [], excluded);
  };

  const always = fill(STRANGER, []);
  if (always) {
    const code = known[always.stage]?.length === 0 ? 'stage-empty' : 'stage-too-small';
    yield { ...one, ...always, code };
    return;
  }
  const groups = about.space.groups(entitlement).map((name) => about.members(name));
  const named = [...Object.values(known), ...groups.map((list) => list ?? [])].flat();
  const asks = askersOf(about, one);
  for (const requester of new Set([...Object.keys(people), ...named])) {
    if (requester.startsWith(STRANGER) || !asks(requester)) continue;
    const manager = people[requester]?.manager;
    if (managed[0] !== undefined && (manager === undefined || manager === requester)) {
      // Who may be in a group or not may well have nothing to ask for.
      if (groups.includes(undefined)) continue;
      const gap = { stage: managed[0], needed: 1, available: 0 };
      yield { ...one, ...gap, requester, code: 'requester-without-manager' };
      continue;
    }
    const gap = fill(manager ?? STRANGER, [requester]);
    if (!gap) continue;
    const alone = known[gap.stage]?.every((email) => email === requester);
    yield { ...one, ...gap, requester, code: alone ? 'stage-only-requester' : 'stage-short-of-people' };
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

/** Whether a person can be one of those who got these answers, as far as their groups are known. */
function askersOf(
  { space, members }: LintView,
  { entitlement, answers }: SeatCase,
): (email: string) => boolean {
  const lists = space.groups(entitlement).flatMap((name) => {
    const list = members(name);
    return list ? [{ name, people: new Set(list) }] : [];
  });
  const able = new Set(
    answers.map(
      ({ who, named }) =>
        (named ? who.email : '') + lists.map(({ name }) => Number(who.groups.includes(name))).join(''),
    ),
  );
  return (email) => {
    const own = lists.map(({ people }) => Number(people.has(email))).join('');
    return able.has(own) || able.has(email + own);
  };
}
