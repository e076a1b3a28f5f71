import type { Chain } from '../../src/domain/chain.js';
import type { UnknownGroup } from '../../src/domain/directory.js';
import type { RequestDecision, Verdict } from '../../src/domain/request/decision.js';
import { unknownGroup } from '../../src/people/snapshot.js';
import type { Who } from '../../src/ports/policy.js';
import { FRIDAY, HOUR } from './units.js';

/** As the directory says it of one that Slack has no more. */
export const lost = (name: string): UnknownGroup =>
  unknownGroup({ name: 'Slack' }, { name, id: `S0${name.toUpperCase()}`, lasting: true });
export const someone = (email: string, groups: string[], unknown: string[] = []): Who => ({
  email,
  groups,
  ...(unknown.length > 0 && { unknownGroups: unknown.map(lost) }),
});
export const subsets = (names: string[]): string[][] =>
  names.reduce<string[][]>((sets, name) => [...sets, ...sets.map((set) => [...set, name])], [[]]);

export const on = 'principal, action == Jit::Action::"request", resource';
export const PLAIN = `@id("plain") @chain("manager") permit (${on});`;
export const ask = (who: Who) => ({ who, entitlement: 'logs', duration: HOUR, at: FRIDAY });

export const stagesOf = (answer: RequestDecision | Verdict): Chain => ('chain' in answer ? answer.chain : []);
