import type { Chain, Seat, Stage } from '../chain.js';
import type { Vote } from './state.js';

interface Progress {
  chain: Chain;
  votes: Vote[];
}

/** The stage that waits for votes: the first without its quorum; undefined when the chain is complete. */
export function openStage({ chain, votes }: Progress): Stage | undefined {
  return chain.find(({ name, quorum }) => votes.filter((vote) => vote.stage === name).length < quorum);
}

export function isComplete(progress: Progress): boolean {
  return openStage(progress) === undefined;
}

export function seats(votes: Vote[]): Seat[] {
  return votes.map(({ stage, by }) => ({ stage, by: by.email }));
}
