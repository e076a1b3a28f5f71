import type { Instant } from '../../../domain/entitlement.js';
import { gathered, USUAL } from '../../inputs/index.js';
import { SECOND } from '../../expressions/rename.js';
import { valuesIn } from '../../questions/locate.js';
import { takes } from '../../questions/cells/ticket.js';
import { bounded, type Diagram } from '../../questions/model/diagram.js';
import { modelOf, type Model } from '../../questions/model/model.js';
import type { Variable } from '../../questions/model/variables.js';
import { chainIn } from '../../questions/model/decide.js';
import { reads } from '../../unknown-inputs.js';
import {
  changeBetween,
  decisionOf,
  type DiffDecision,
  type DiffQuestion,
  type Side,
  type Sides,
} from '../change.js';
import type { PastFacts } from './facts.js';

/** What both folders say of a request of which not all is known, where it is the same difference whatever that was. */
type Possible = [before: DiffDecision, after: DiffDecision] | { dependsOn: DependsOn };

/** What nobody knows, and on what it depends whether the folders differ. */
export interface DependsOn {
  groups: string[];
  /** Attributes of the context. */
  inputs: string[];
  /** In sentences, whatever else it is. */
  other: string[];
}

type Question = Omit<DiffQuestion, 'who' | 'given' | 'failed'>;
type PastFactsOfBoth = readonly [PastFacts, PastFacts];
export type PossibleBy = (question: Question, facts: PastFactsOfBoth) => Possible;

const SAME = '';
const BETWEEN = ' → ';

/**
 * Whether two folders differ about a request, for everything that may have been found of what nobody knows.
 * @param scope.from the earliest instant of a request that is asked about, `scope.only` the entitlements
 */
export function possibleBy(sides: Sides, scope: { from: Instant; only: readonly string[] }): PossibleBy {
  return bounded<PossibleBy>(
    () => {
      const parts = sides.map((side) => side.parts);
      const model = modelOf(parts, scope);
      const differing = differencesIn(model);
      return (question, facts) =>
        bounded(() => possible(model, sides, differing, { question, facts }), otherwise);
    },
    (why) => () => otherwise(why),
  );
}

const otherwise = (why: string): Possible => ({
  dependsOn: { groups: [], inputs: [], other: [`not understood: ${why}`] },
});

/** @returns of an entitlement, the difference as a function of everything on which it depends */
function differencesIn({ diagrams: d, decision }: Model): (entitlement: string) => Diagram {
  const compared = d.operation((a, b) =>
    changeBetween(decisionIn(a), decisionIn(b)) ? [a, b].join(BETWEEN) : SAME,
  );
  return (id) => compared(decision(0, id), decision(1, id));
}

function possible(
  { variables, directories, diagrams: d }: Model,
  sides: Sides,
  differing: (entitlement: string) => Diagram,
  { question, facts }: { question: Question; facts: PastFactsOfBoth },
): Possible {
  const [one, other] = facts;
  const own = valuesIn({ ...question, ...one.told }, variables, directories);
  const left = d.restricted((number) => valueOf(variables[number]!, number))(differing(question.entitlement));
  // A group that could not be looked up is neither of the values that it has here.
  const unknown = facts.flatMap(({ told }) => (told.who.unknownGroups ?? []).map(({ name }) => name));
  const lost = variables.flatMap((variable) =>
    variable.is === 'group' && unknown.includes(plain(variable.name)) ? [plain(variable.name)] : [],
  );
  const asked = [...d.asks(left)].map((number) => variables[number]!);
  if (lost.length + asked.length > 0) return { dependsOn: dependsOn(asked, lost, sides) };
  const decided = ({ told }: PastFacts, side: Side) =>
    decisionOf(side, { ...question, ...told, given: { ...USUAL, ...told.given } });
  const [before, after] = [decided(one, sides[0]), decided(other, sides[1])];
  const answer = changeBetween(before, after) ? [before, after].map(asText).join(BETWEEN) : SAME;
  return answer === plainly(d.answerOf(left)) ? [before, after] : otherwise('what the two folders decide');

  /** Undefined: nobody knows. */
  function valueOf(variable: Variable, number: number): number | undefined {
    if (variable.is === 'group') {
      // Without the mark it is the same in both folders, of which perhaps only one reads it.
      const of: readonly PastFacts[] = variable.name.endsWith(SECOND) ? [other] : facts;
      const name = plain(variable.name);
      if (of.some(({ missing }) => missing.groups.includes(name))) return undefined;
      return of[0]!.told.who.groups.includes(name) ? 1 : 0;
    }
    if (variable.is === 'input' && facts.some(({ missing }) => missing.inputs.includes(variable.name)))
      return undefined;
    const value = own(number);
    const isValue =
      value !== undefined && value >= 0 && (variable.is !== 'ticket' || isLike(variable, value));
    return isValue ? value : undefined;
  }

  /** Whether both directories take the ticket of a cell as they take that of the question. */
  function isLike({ cells }: Variable & { is: 'ticket' }, value: number): boolean {
    const { ticket } = cells[value]!;
    return [ticket, question.ticket].every((text) => text !== undefined)
      ? directories.every((directory) => takes(directory, ticket!) === takes(directory, question.ticket!))
      : ticket === question.ticket;
  }
}

const plain = (name: string) => name.replace(SECOND, '');

const decisionIn = (answer: string): DiffDecision =>
  answer === 'not offered' ? answer : answer === 'denied' || answer === 'error' ? 'refused' : chainIn(answer);

const plainly = (answer: string): string =>
  answer === SAME ? SAME : answer.split(BETWEEN).map(decisionIn).map(asText).join(BETWEEN);

const asText = (decision: DiffDecision): string =>
  typeof decision === 'string' ? decision : JSON.stringify(decision);

function dependsOn(asked: readonly Variable[], lost: readonly string[], sides: Sides): DependsOn {
  const groups = asked.flatMap((variable) => (variable.is === 'group' ? [plain(variable.name)] : []));
  const inputs = asked.flatMap((variable) => (variable.is === 'input' ? attributesOf(variable.name) : []));
  const other = asked.flatMap((variable) => {
    if (variable.is === 'group' || variable.is === 'input') return [];
    return variable.is === 'open'
      ? variable.policies.map((policy) => `not understood: what ${policy} reads`)
      : [`not understood: its ${variable.is}`];
  });
  return { groups: distinct([...groups, ...lost]), inputs: distinct(inputs), other: distinct(other) };

  function attributesOf(input: string): string[] {
    const { attributes = {} } = gathered.find(({ name }) => name === input) ?? {};
    return Object.keys(attributes).filter((name) =>
      sides.some(({ parts }) => parts.policies.some((policy) => reads(policy, name))),
    );
  }
}

const distinct = (names: readonly string[]) => [...new Set(names)].sort();
