import { startOf, type Ordered } from '../../../../src/domain/request/end.js';
import type { Command } from '../../../../src/domain/request/command.js';
import type { State } from '../../../../src/domain/request/state.js';
import { filled, isWhole, permitting, verdict, type Memory, type Of } from './facts.js';

export function endings(event: Of<'RevocationStarted'>, state: State | undefined, memory: Memory): Command[] {
  const { at, by, reason, policies, unknownGroups } = event;
  const tick: Command = { type: 'Tick', at };
  const fails =
    memory.provisions > 0 &&
    reason?.code === 'aws' &&
    isWhole(reason) &&
    filled(reason.error) &&
    filled(reason.hint) &&
    reason.error !== 'TooLate';
  const failed: Command[] = fails ? [{ type: 'FailProvision', at, reason }] : [];
  const left: Command[] =
    reason?.code === 'requester' && isWhole(reason) && filled(reason.problem)
      ? [{ type: 'EndForLeaver', at, reason }]
      : [];
  const text = reason?.code === 'taken-back' ? reason.text : '';
  const groups = unknownGroups?.every(filled) ? unknownGroups : undefined;
  const person = typeof by === 'object' && 'email' in by ? by : undefined;
  const pressed: Command[] = person
    ? [undefined, ...(policies && permitting({ policies }) ? [verdict(policies)] : [])].map((may) => ({
        type: 'Revoke',
        at,
        by: person,
        text,
        ...(may && { verdict: may }),
        ...(groups && { unknownGroups: groups }),
      }))
    : [];
  const orders: Ordered[] = [
    'unreadable',
    ...(by === 'jit' || ('operator' in by && !filled(by.operator))
      ? []
      : [{ at, by, text, ...(policies && { policies }), ...(groups && { unknownGroups: groups }) }]),
  ];
  const ended: Command[] =
    memory.ordered && state
      ? orders.map((order) => ({ type: 'End', at, start: startOf(order, state.requester, at) }))
      : [];
  return [tick, ...failed, ...left, ...pressed, ...ended];
}
