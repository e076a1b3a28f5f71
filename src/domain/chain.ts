/** One place in a chain: `quorum` distinct people of the stage `name` must agree. */
export interface Stage {
  name: string;
  quorum: number;
}
/** Stages in order; empty means `auto`. */
export type Chain = Stage[];

const STAGE = /^(?:([1-9]\d?) of )?([a-z0-9-]+)$/;

/**
 * Reads `auto`, or stages separated by commas: `manager, 2 of security`.
 * @returns the chain, or a sentence that says what is wrong with the text.
 */
export function parseChain(text: string): Chain | string {
  if (text.trim() === 'auto') return [];
  const chain: Chain = [];
  for (const part of text.split(',')) {
    const match = STAGE.exec(part.trim());
    if (!match?.[2]) return `"${part.trim()}" is not a stage: write a stage's name, or "2 of <stage>"`;
    if (match[2] === 'auto') return '"auto" must be the whole chain: it cannot be one stage among others';
    if (chain.some((stage) => stage.name === match[2])) return `the stage "${match[2]}" appears twice`;
    chain.push({ name: match[2], quorum: Number(match[1] ?? 1) });
  }
  return chain;
}

export function formatChain(chain: Chain): string {
  if (chain.length === 0) return 'auto';
  return chain.map(({ name, quorum }) => (quorum === 1 ? name : `${quorum} of ${name}`)).join(', ');
}

/** Strictest wins: every stage of every chain, each with its greatest quorum, in the order given. */
export function mergeChains(chains: Chain[], order: string[]): Chain {
  const quorums = new Map<string, number>();
  for (const { name, quorum } of chains.flat()) {
    quorums.set(name, Math.max(quorum, quorums.get(name) ?? 0));
  }
  return [...quorums]
    .map(([name, quorum]) => ({ name, quorum }))
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

/** A person's seat in a stage: a vote, or one that is about to be. */
interface Seat {
  stage: string;
  by: { email: string };
  /** Whose seat it is, where they fill it for somebody who is away: both are used up by it. */
  delegatedBy?: { email: string };
}

/**
 * Can the chain still be completed by distinct people, none of them in `excluded`, given the seats already taken?
 * A person counts once in a whole chain, so this is a bipartite matching of open seats and people (augmenting paths).
 * @param unknown by name the stages of which not all who may fill them are known: of these it is not asked
 * @returns the first stage that cannot be filled, with how many it needs and how many can be found for it.
 */
export function unfillable(
  chain: Chain,
  candidates: Record<string, readonly string[]>,
  taken: Seat[],
  excluded: string[],
  unknown: Record<string, unknown> = {},
): { stage: string; needed: number; available: number } | undefined {
  const used = taken.flatMap(({ by, delegatedBy }) => [
    by.email,
    ...(delegatedBy ? [delegatedBy.email] : []),
  ]);
  const unavailable = new Set([...excluded, ...used]);
  const seatOf = new Map<string, { stage: string }>();

  const place = (seat: { stage: string }, seen: Set<string>): boolean => {
    for (const person of candidates[seat.stage] ?? []) {
      if (unavailable.has(person) || seen.has(person)) continue;
      seen.add(person);
      const holder = seatOf.get(person);
      if (!holder || place(holder, seen)) {
        seatOf.set(person, seat);
        return true;
      }
    }
    return false;
  };

  for (const { name, quorum } of chain) {
    if (Object.hasOwn(unknown, name)) continue;
    const had = taken.filter((seat) => seat.stage === name).length;
    for (let found = had; found < quorum; found++) {
      if (!place({ stage: name }, new Set())) return { stage: name, needed: quorum, available: found };
    }
  }
  return undefined;
}

/** The stage that waits for votes: the first without its quorum; undefined when the chain is complete. */
export function openStage({ chain, votes }: { chain: Chain; votes: Seat[] }): Stage | undefined {
  return chain.find(({ name, quorum }) => votes.filter((vote) => vote.stage === name).length < quorum);
}

export function isComplete(request: { chain: Chain; votes: Seat[] }): boolean {
  return openStage(request) === undefined;
}
