import { readsIn, type Reads } from '../read/cedar/reads.js';
import { jsonOf } from './probe.js';

/** What of the context some policies look at. */
export function readsOf(policies: readonly { text: string }[]): Reads {
  const names = new Set<string>();
  for (const { text } of policies) {
    const reads = readsIn(jsonOf(text).conditions);
    if (reads === 'all') return 'all';
    for (const name of reads) names.add(name);
  }
  return names;
}

export const mayRead = (reads: Reads, ...names: string[]) =>
  reads === 'all' || names.some((name) => reads.has(name));
