import { changed, stranger, type Wrong, SAID } from './kinds.js';

export const confirming: Wrong[] = [
  changed('VotesVoided', 'of people who had not voted', (event) => ({
    ...event,
    people: [...event.people, stranger.email],
  })),
  changed('VotesVoided', 'of nobody', (event) => ({ ...event, people: [] })),
  changed('VotesVoided', 'for a reason that the program does not know', (event) => ({
    ...event,
    why: 'lost',
  })),
  changed('VotesVoided', 'reason emptied', (event) => ({ ...event, why: '' })),
  changed('VotesVoided', 'a moment before the rest of its confirmation', (event, { n, events }) =>
    events[n + 1]?.at === event.at && events[n + 1]?.by === 'jit'
      ? { ...event, at: event.at - 1 }
      : undefined,
  ),
  changed('ChainChanged', 'to the chain that it was', (event, { n, events }) => {
    const before = events
      .slice(0, n)
      .findLast((one) => one.type === 'ChainChanged' || one.type === 'RequestSubmitted');
    const chain =
      before?.type === 'ChainChanged'
        ? before.chain
        : before?.type === 'RequestSubmitted'
          ? before.asked.chain
          : [];
    return { ...event, chain };
  }),
  changed('ChainChanged', 'to a shorter one', (event) => ({ ...event, chain: event.chain.slice(1) })),
  changed('ChainChanged', 'to nobody’s approval', (event) => ({ ...event, chain: [] })),
  changed('ChainChanged', 'to lower quorums', (event) => ({
    ...event,
    chain: event.chain.map((stage) => ({ ...stage, quorum: 0 })),
  })),
  changed('ChainChanged', 'to a stage that stands twice', (event) => ({
    ...event,
    chain: [...event.chain, event.chain[0]!],
  })),
  changed('ChainChanged', 'policies emptied', (event) => ({
    ...event,
    ruling: { ...event.ruling, policies: [] },
  })),
  changed(
    'ChainChanged',
    'by other policies',
    (event) => ({ ...event, ruling: { ...event.ruling, policies: ['x'] } }),
    SAID,
  ),
];
