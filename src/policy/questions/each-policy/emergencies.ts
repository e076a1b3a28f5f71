import type { Policy } from '../../policy.js';
import { EMERGENCY } from '../cells/inputs.js';
import { isGiving, type Saying } from '../model/decide.js';
import type { Diagram } from '../model/diagram.js';
import type { Model } from '../model/model.js';
import { isEmergency } from '../model/variables.js';
import { beatenIn, OUT, type EmergencyCase } from './beaten.js';
import type { ActWorld } from './cases.js';
import { reachedIn, waysOfPeople } from './reached.js';

/** Why a permit does not do in an emergency what it says. */
export type EmergencyFault = { policy: Policy; entitlement: string; by: readonly Policy[] } & (
  | {
      is: 'outweighed';
      /** What is asked for because of the others. */
      chain: string;
    }
  | {
      is: 'forbidden';
      /** Numbers of cells of the time; undefined: whenever it is asked. */
      times?: ReadonlySet<number>;
    }
);

const isOther = (own: string) => (answer: string) => answer !== OUT && answer !== own && isGiving(answer);

/**
 * Of permits that are met in an emergency and would not be without: those whose own chain is never enough, since others are
 * met as well, and those that forbids stop. Where that depends on what is not understood, nothing is said.
 * @param world of requests @throws TooLarge
 */
export function emergencyFaults({ model, subjects }: ActWorld): EmergencyFault[] {
  const number = model.variables.findIndex((one) => isEmergency(one));
  const variable = model.variables[number];
  if (variable?.is !== 'input' || variable.cells.length < 2) return [];
  const yes = variable.cells.findIndex(({ given }) => given[EMERGENCY] === true);
  const { diagrams: d } = model;
  const where = (value: number) => d.restricted((one) => (one === number ? value : undefined));
  const [within, without] = [where(yes), where(1 - yes)];
  const holds = d.mapped((answer) => (answer.startsWith('+') ? 'T' : 'F'));
  const only = d.operation((here, else_) => (here === 'T' && else_ === 'F' ? 'T' : 'F'));
  const decided = d.operation((met, answer) => (met === 'T' ? answer : OUT));
  const usually = d.operation((may, answer) => (may === 'T' ? answer : OUT));
  const ofPeople = mayAtAll(model);
  const known = new Map<string, ReturnType<typeof faultsOf>>();
  return subjects.flatMap((entitlement) => {
    const decision = model.decision(0, entitlement);
    const all = model.deciders[0]!.sayings(entitlement).map(({ policy, says }) => ({
      policy,
      says: within(says),
      met: policy.effect === 'permit' ? only(holds(within(says)), holds(without(says))) : d.answer('F'),
    }));
    return all
      .filter(({ met }) => met !== d.answer('F'))
      .flatMap((own) => {
        const key = [decision, own.policy.id, ...all.map(({ says }) => says)].join(' ');
        const found = known.get(key) ?? faultsOf(own, all, decision);
        known.set(key, found);
        return found.map((fault): EmergencyFault => ({ policy: own.policy, entitlement, ...fault }));
      });
  });

  function faultsOf(own: Saying & { met: Diagram }, all: readonly Saying[], decision: Diagram) {
    const outcome = decided(own.met, within(decision));
    const others = all.filter(({ policy }) => policy !== own.policy);
    const one: EmergencyCase = { model, own, others, met: own.met, outcome };
    const insiders = usually(ofPeople(without(decision)), outcome);
    const outweighed = [outcome, insiders].flatMap((of) => outweighedIn(one, of) ?? []).slice(0, 1);
    return [...outweighed, ...(beatenIn(one) ?? [])];
  }
}

/** Whether a person gets something in some way: whenever, for however long, with whatever ticket and inputs. */
function mayAtAll({ diagrams: d, variables }: Model): (decision: Diagram) => Diagram {
  const may = d.mapped((answer) => (isGiving(answer) ? 'T' : 'F'));
  const either = d.operation((one, other) => (one === 'T' ? one : other));
  const eliminated = d.joined((number) => !['group', 'person'].includes(variables[number]!.is), either);
  return (decision) => eliminated(may(decision));
}

/** @param of what is decided, of those people who count */
function outweighedIn({ model, own, others }: EmergencyCase, of: Diagram) {
  const { diagrams: d, variables } = model;
  const said = [...d.answers(own.says)].find((answer) => answer.startsWith('+'))!;
  const chain = said.slice(1);
  if (reachedIn(model, of, (answer) => answer === chain) !== 'no') return undefined;
  const isKnown = (number: number) => variables[number]!.is !== 'open';
  for (const { person, values, left } of waysOfPeople(model, of).ways) {
    const found = d.find(left, isOther(chain), isKnown);
    if (!found) continue;
    const at = (number: number) => person.values.get(number) ?? values.get(number) ?? found.get(number) ?? 0;
    const { answered } = model.deciders[0]!;
    const by = others.filter(({ says }) => answered([said, d.at(says, at)]) !== chain);
    return [{ is: 'outweighed' as const, chain: d.at(of, at), by: by.map(({ policy }) => policy) }];
  }
  return undefined;
}
