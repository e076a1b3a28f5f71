import { parse } from 'yaml';
import { formatChain } from '../../domain/chain.js';
import { formatDuration } from '../../domain/duration.js';
import { isObject } from '../../domain/is-object.js';
import type { RequestFacts, Who } from '../../ports/policy.js';
import { USUAL } from '../inputs/index.js';
import type { PersonCell } from '../questions/cells/people.js';
import type { AskedQuestion } from '../questions/locate.js';
import type { Case, CaseOutcome } from './case.js';
import { SOME_TIME } from './file.js';

/** A question about a request, as a case asks it. */
export function requestCase(name: string, question: AskedQuestion): Case & { action: 'request' } {
  const { who, entitlement, duration, at, ticket, emergency, given = {}, failed = {} } = question;
  const inputs = Object.fromEntries(Object.entries(given).filter(([input, value]) => value !== USUAL[input]));
  const failedInputs = Object.keys(failed);
  return {
    action: 'request',
    name,
    who,
    entitlement,
    duration,
    at,
    ...(ticket !== undefined && { ticket }),
    ...(emergency && { emergency }),
    ...(Object.keys(inputs).length > 0 && { inputs }),
    ...(failedInputs.length > 0 && { failedInputs }),
    expect: { outcome: '' },
  };
}

/** Where it need not be this person, nobody is accused: somebody first. */
export const unnamedFirst = (who: Who, { listed }: Pick<PersonCell, 'listed'>): Who[] =>
  listed.length > 0 ? [who] : [{ ...who, email: 'somebody@corp.example' }, who];

/** A case as it stands in a file of `cases/`: `- name: …`, and a line for each part. */
export function caseText(test: Case): string {
  const { name, at, expect } = test;
  const written = {
    name,
    ...(at !== SOME_TIME && { at: new Date(at).toISOString().replace('.000Z', 'Z') }),
    ...asked(test),
    expect: expected(expect),
  };
  const lines = Object.entries(written).map(([key, value]) => `${key}: ${flow(value)}\n`);
  return `- ${lines.join('  ')}`;
}

/** As people write it on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'string') return isPlain(value) ? value : JSON.stringify(value);
  if (!isObject(value)) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, one]) => `${key}: ${flow(one)}`)
    .join(', ')} }`;
}

/** Whether YAML reads a text as it stands: not so `null`, `12` or `- a`. */
const isPlain = (text: string): boolean =>
  /^\w(?:[\w.@+/ -]|:(?=\S))*$/.test(text) && !text.endsWith(' ') && parse(text) === text;

function asked(test: Case): object {
  switch (test.action) {
    case 'request': {
      const { who, entitlement, duration, ticket, emergency, inputs, failedInputs } = test;
      const request = {
        entitlement,
        duration: formatDuration(duration),
        ...(ticket !== undefined && { ticket }),
        ...(emergency && { emergency }),
      };
      return {
        requester: person(who),
        request,
        ...(inputs && { inputs }),
        ...(failedInputs && { failedInputs }),
      };
    }
    case 'approve':
      return {
        approver: person(test.who),
        approve: {
          ...about(test.request),
          stage: test.stage,
          ...(test.delegatedBy && { delegatedBy: person(test.delegatedBy) }),
        },
      };
    case 'extend': {
      const { by, ticket } = test;
      const more = { by: formatDuration(by), ...(ticket !== undefined && { ticket }) };
      return { actor: person(test.who), extend: { ...about(test.request), ...more } };
    }
    case 'revoke':
      return { actor: person(test.who), revoke: about(test.request) };
    case 'audit':
      return { actor: person(test.who), audit: about(test.request) };
    case 'review':
      return { actor: person(test.who), review: about(test.request) };
    default:
      return test satisfies never;
  }
}

const person = ({ email, groups }: Who) => ({ email, groups });

const about = ({ entitlement, requester, duration }: RequestFacts) => ({
  entitlement,
  requester: person(requester),
  duration: formatDuration(duration),
});

function expected({ outcome, chain = [], policies = [] }: CaseOutcome): object {
  const stages = chain.map((stage) => formatChain([stage]));
  return { outcome, ...(stages.length > 0 && { chain: stages }), policies };
}
