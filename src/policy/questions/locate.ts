import { USUAL } from '../inputs/index.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Who } from '../../ports/policy.js';
import { truthIn, type Cell } from './cells/cell.js';
import { isTrueOf } from './cells/requester.js';
import { ABSENT } from '../expressions/fold.js';
import type { Variable } from './model/variables.js';
import type { Term } from '../expressions/term.js';
import { timeValues } from './cells/time.js';
import type { CedarValue } from '../expressions/value.js';

/** A question that somebody could put, with what was found of the inputs. */
export interface AskedQuestion {
  who: Who;
  entitlement: string;
  duration: Millis;
  at: Instant;
  ticket?: string;
  emergency?: true;
  given?: Readonly<Record<string, number | boolean>>;
  failed?: Readonly<Record<string, string>>;
  /** Of a vote, a revocation or a look at a request: who made the request. */
  requester?: Who;
}

/** Which value each variable has in a question; undefined: that cannot be said. */
export function valuesIn(
  question: AskedQuestion,
  variables: readonly Variable[],
  directories: readonly DirectoryConfig[],
): (variable: number) => number | undefined {
  const { who, duration, at, ticket, emergency, given = {}, failed = {} } = question;
  const values: Record<string, CedarValue | typeof ABSENT> = {
    principal: { type: 'Jit::User', id: who.email },
    'principal.email': who.email,
    'context.duration': { duration: BigInt(duration) },
    'context.ticket': ticket ?? ABSENT,
    'context.emergency': emergency ?? false,
    ...timeValues(at, directories),
    ...Object.fromEntries(
      Object.entries({ ...USUAL, ...given }).map(([name, value]) => [
        `context.${name}`,
        typeof value === 'number' ? BigInt(value) : value,
      ]),
    ),
  };
  const here: Cell = { values };
  const alike = (cells: readonly Cell[], terms: readonly Term[]): number | undefined => {
    const answers = (cell: Cell) => terms.map((term) => truthIn(term, cell)).join();
    const found = cells.findIndex((cell) => cell.lost === undefined && answers(cell) === answers(here));
    return found === -1 ? undefined : found;
  };
  return (number) => {
    const variable = variables[number]!;
    switch (variable.is) {
      case 'group':
        return who.groups.includes(variable.name.replace(/@1$/, '')) ? 1 : 0;
      case 'person':
        return truthIn(variable.term, here) === 'T' ? 1 : 0;
      case 'duration':
        return variable.cells.findIndex((cell) => cell.duration === duration);
      case 'ticket':
        return ticket === undefined ? 0 : alike(variable.cells.slice(1), variable.terms)! + 1;
      case 'input': {
        const lost = variable.cells.length - 1;
        return failed[variable.name] !== undefined ? lost : alike(variable.cells, variable.terms);
      }
      case 'time':
        return alike(variable.cells, variable.terms);
      case 'requester':
        return question.requester && (isTrueOf(variable.term, question.requester) ? 1 : 0);
      case 'delegator':
      case 'open':
        return undefined;
      default:
        return variable satisfies never;
    }
  };
}
