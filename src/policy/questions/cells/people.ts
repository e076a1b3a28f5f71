import type { DirectoryConfig } from '../../../domain/directory.js';
import { emailOf } from '../../../domain/email.js';
import { isEmail } from '../../read/shapes.js';
import { truthIn } from './cell.js';
import { bounded, TooLarge } from '../model/diagram.js';
import type { Variable } from '../model/variables.js';
import { SECOND } from '../../expressions/rename.js';
import { textOfTerm } from '../../expressions/decompose.js';
import { partsOf, type Term } from '../../expressions/term.js';
import { languageOf, ofPattern, ofWords, textCells, without } from './text/languages.js';

/** People whom policies do not tell apart, but for the groups that are known in Slack alone. */
export interface PersonCell {
  /** One of them. */
  email: string;
  /** All of them that directory.yml or a policy names. */
  named: readonly string[];
  /** Whether there may be more of them than those. */
  others: boolean;
  /** The groups in which directory.yml lists them, of those that matter, by the names of their variables. */
  listed: readonly string[];
  /** Of the variables about people that are not left to Slack. */
  values: ReadonlyMap<number, number>;
}

/** Beyond ASCII there are more letters; an address of one's own choice needs none of them. */
const ADDRESS = ofPattern(String.raw`[^\s@\x00-\x1f\x7f-\x9fA-Z]+@[^\s@\x00-\x1f\x7f-\x9fA-Z]+`)!;

/** Of whom nothing is known but that nobody has named them. */
const STRANGERS = ['somebody@corp.example', 'somebody@example.invalid', 'nobody.else@example.invalid'];

export type People = ReturnType<typeof peopleOf>;

/** Everybody whom some variables tell apart; `unsure` where there may be more people than these. */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function peopleOf(variables: readonly Variable[], directories: readonly DirectoryConfig[]) {
  const groups = variables.map((variable) => {
    if (variable.is !== 'group') return undefined;
    const [name = '', second] = variable.name.split(SECOND);
    const group = directories[second === undefined ? 0 : 1]?.groups[name];
    return group && 'source' in group ? undefined : { name: variable.name, members: new Set(group?.members) };
  });
  const named = variables.flatMap((variable) => (variable.is === 'person' ? literalsIn(variable.term) : []));
  const known = [...new Set([...directories.flatMap(namesIn), ...named])].filter(isAddress);
  const isKnown = new Set(known);
  const isReal = (text: string) => isAddress(text) && !isKnown.has(text);
  let others: ReturnType<typeof without> | undefined;
  const found = new Map<string, { cells: PersonCell[]; unsure: boolean } | TooLarge>();

  return {
    /** @param asked numbers of the variables that matter @throws TooLarge */
    apart(asked: ReadonlySet<number>): { cells: PersonCell[]; unsure: boolean } {
      const numbers = theirs(asked);
      const key = numbers.join();
      const known = found.get(key) ?? unlessTooLarge(() => apart(numbers));
      found.set(key, known);
      if (known instanceof TooLarge) throw known;
      return known;
    },
    /** These people, as far as the variables tell them apart. */
    among(emails: readonly string[], asked: ReadonlySet<number>): PersonCell[] {
      return collected(emails, theirs(asked));
    },
  };

  function theirs(asked: ReadonlySet<number>): number[] {
    return [...asked]
      .filter((number) => groups[number] ?? variables[number]!.is === 'person')
      .sort((a, b) => a - b);
  }

  function termsOf(numbers: readonly number[]): { number: number; term: Term }[] {
    return numbers.flatMap((number) => {
      const variable = variables[number]!;
      return variable.is === 'person' ? [{ number, term: variable.term }] : [];
    });
  }

  function apart(numbers: readonly number[]): { cells: PersonCell[]; unsure: boolean } {
    const strangers = strangersBy(termsOf(numbers).map(({ term }) => languageFor(term)));
    // An address that reads like one is the better example, where it is one.
    const examples = strangers.texts.map((text) => `somebody@${text.slice(text.lastIndexOf('@') + 1)}`);
    const emails = [...known, ...examples.filter(isReal), ...strangers.texts];
    return { cells: collected(emails, numbers), unsure: strangers.unsure };
  }

  /** Those who are alike in one cell. */
  function collected(emails: readonly string[], numbers: readonly number[]): PersonCell[] {
    const terms = termsOf(numbers);
    const cells = new Map<string, PersonCell>();
    for (const email of emails) {
      const cell = cellOf(email, numbers, terms);
      const key = JSON.stringify([...cell.values]);
      const first = cells.get(key);
      const named = [...(first?.named ?? []), ...cell.named];
      cells.set(key, { ...(first ?? cell), named, others: cell.others || first?.others === true });
    }
    return [...cells.values()];
  }

  function strangersBy(languages: readonly ReturnType<typeof languageFor>[]): {
    texts: string[];
    unsure: boolean;
  } {
    if (languages.length === 0) return { texts: STRANGERS.filter(isReal).slice(0, 1), unsure: false };
    // Whoever else is known is passed over when an address is looked for.
    others ??= without(ADDRESS, ofWords([...new Set(named)]));
    const { cells, unsure } = textCells(
      others,
      languages.filter((one) => one !== undefined),
      isReal,
    );
    return { texts: cells.map(({ text }) => text), unsure: unsure || languages.includes(undefined) };
  }

  function cellOf(
    email: string,
    numbers: readonly number[],
    terms: readonly { number: number; term: Term }[],
  ): PersonCell {
    const person = { values: { principal: { type: 'Jit::User', id: email }, 'principal.email': email } };
    const own = numbers.filter((number) => groups[number]?.members.has(email));
    const values = new Map([
      ...terms.map(({ number, term }) => [number, truthIn(term, person) === 'T' ? 1 : 0] as const),
      ...numbers.flatMap((number) =>
        groups[number] ? [[number, own.includes(number) ? 1 : 0] as const] : [],
      ),
    ]);
    return {
      email,
      named: isKnown.has(email) ? [email] : [],
      others: !isKnown.has(email),
      listed: [...new Set(own.map((number) => groups[number]!.name))],
      values,
    };
  }
}

/** What is too large is so again when it is asked for again. */
function unlessTooLarge<T>(work: () => T): T | TooLarge {
  return bounded<T | TooLarge>(work, (why) => new TooLarge(why));
}

const isAddress = (email: string) => isEmail(email) && emailOf(email) === email;

/** Everybody whom directory.yml names. */
function namesIn({ groups, people }: DirectoryConfig): string[] {
  const members = Object.values(groups).flatMap((group) => ('members' in group ? group.members : []));
  return [
    ...members,
    ...Object.entries(people).flatMap(([email, { manager }]) => [email, ...(manager ? [manager] : [])]),
  ];
}

function literalsIn(term: Term): string[] {
  return term.op === 'value' ? literalsOf(term.value) : partsOf(term).flatMap(literalsIn);
}

function literalsOf(value: (Term & { op: 'value' })['value']): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object') return [];
  if ('set' in value) return value.set.flatMap(literalsOf);
  return 'type' in value && value.type === 'Jit::User' ? [value.id] : [];
}

/** Of an expression about a person: the addresses of which it is true. */
function languageFor(term: Term): ReturnType<typeof languageOf> {
  const [email] = literalsIn(term);
  const isOne =
    term.op === 'call' && (term.name === '==' || term.name === 'in') && !textOfTerm(term).includes('"attr"');
  return isOne && email !== undefined
    ? ofPattern(email.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    : languageOf(term, 'principal.email');
}
