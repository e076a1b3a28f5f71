import type { Examined } from '../../kit/diagnosis.js';
import type { RouteTaken } from '../../kit/outbound/index.js';

/** Which way each host was asked. No password: the proxies' addresses are told without (invariant 9). */
export function judgeRoutes(taken: RouteTaken[]): Examined<true> {
  if (taken.length === 0) return { skipped: 'nothing outside this machine was asked' };
  const ways = new Map<string, string[]>();
  for (const { host, proxy } of taken) {
    const way = proxy === undefined ? 'without a proxy' : `through ${proxy}`;
    ways.set(way, [...(ways.get(way) ?? []), host]);
  }
  return { value: true, about: [...ways].map(([way, hosts]) => `${way}: ${hosts.join(', ')}`).join('; ') };
}
