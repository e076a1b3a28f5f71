import { formatChain } from '../../domain/chain.js';
import type { Pdp } from '../../ports/policy.js';
import { EMERGENCY } from './cells/inputs.js';
import type { AskedQuestion } from './locate.js';
import type { Model } from './model/model.js';
import type { PersonCell } from './cells/people.js';

/**
 * A question that somebody could put, with these values of the variables; of the others it has the first.
 * @param person whose group lists and address it takes
 * @param values of the rest
 * @param side the folder that is asked: a person may be listed in other groups there
 */
export function questionWith(
  { variables, groupsOn }: Pick<Model, 'variables' | 'groupsOn'>,
  entitlement: string,
  person: Pick<PersonCell, 'email' | 'listed'>,
  values: ReadonlyMap<number, number>,
  side = 0,
): AskedQuestion {
  const slack = variables.flatMap((variable, number) =>
    variable.is === 'group' && values.get(number) === 1 ? [variable.name] : [],
  );
  const question: AskedQuestion = {
    who: { email: person.email, groups: groupsOn(side, [...person.listed, ...slack]) },
    entitlement,
    duration: 0,
    at: 0,
    given: {},
    failed: {},
  };
  variables.forEach((variable, number) => {
    const value = values.get(number) ?? 0;
    switch (variable.is) {
      case 'duration':
        question.duration = variable.cells[value]!.duration;
        return;
      case 'ticket': {
        const { ticket } = variable.cells[value]!;
        if (ticket !== undefined) question.ticket = ticket;
        return;
      }
      case 'input': {
        const { given, lost } = variable.cells[value]!;
        if (variable.name === EMERGENCY) {
          if (given[EMERGENCY] === true) question.emergency = true;
          return;
        }
        Object.assign(question.given!, given);
        if (lost !== undefined) Object.assign(question.failed!, { [lost]: 'it could not be looked up' });
        return;
      }
      case 'time':
        question.at = variable.cells[value]!.at;
        return;
      case 'group':
      case 'person':
      case 'requester':
      case 'delegator':
      case 'open':
        return;
    }
  });
  return question;
}

/** What the decision point itself says: a chain, `denied`, or `error`. */
export function answerBy(pdp: Pdp, question: AskedQuestion): string {
  const decision = pdp.request({ ...question, probe: true });
  if (decision.outcome !== 'denied') return formatChain(decision.chain);
  return decision.errors.length > 0 ? 'error' : 'denied';
}
