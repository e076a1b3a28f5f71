import type { Pdp, Who } from '../../../ports/policy.js';
import type { Parts } from '../../policy.js';
import { axesOf, boxesOfAll } from '../boxes.js';
import { timesIn } from '../cells/when.js';
import { valuesIn, type AskedQuestion } from '../locate.js';
import { isGiving } from '../model/decide.js';
import { bounded } from '../model/diagram.js';
import { modelOf } from '../model/model.js';
import type { Variable } from '../model/variables.js';
import { tooMuch } from '../too-much.js';
import { answerBy, questionWith } from '../witness.js';
import { waysOf, type Access } from './ways.js';

export interface WhatCan {
  who: Who;
  rows: ({ entitlement: string } & Access)[];
  /** Entitlements that this person may not ask for. */
  denied: string[];
  /** What has to be found of the person, where it is what is usual, and rows do not say it. */
  usual: string[];
  /** What is not proven, and why. */
  open: string[];
}

/**
 * Which entitlements of the catalog a person may ask for.
 * @param asker.given what is found of them, by attribute; of the rest everything that may be is looked at
 * @param asker.failed inputs of which nothing is known
 */
export function whatCan(
  parts: Parts,
  pdp: Pdp,
  { who, at, given = {}, failed = {} }: Pick<AskedQuestion, 'who' | 'at' | 'given' | 'failed'>,
): WhatCan {
  const isTheirs = (variable: Variable): boolean => {
    if (variable.is !== 'input') return variable.is === 'group' || variable.is === 'person';
    const [cell] = variable.cells;
    const isGiven = Object.keys(cell?.given ?? {}).some((name) => Object.hasOwn(given, name));
    return isGiven || Object.hasOwn(failed, variable.name);
  };
  const model = modelOf([parts], {
    from: at,
    fixed(variables) {
      const question = { who, entitlement: '', duration: 0, at, given, failed };
      const own = valuesIn(question, variables, [parts.directory]);
      return (number) => (isTheirs(variables[number]!) ? own(number) : undefined);
    },
  });
  const parted = boxesOfAll(model, parts.entitlements.size);
  const when = timesIn(axesOf(model.variables).time.cells, parts.directory.timezone);
  const ways = (id: string) =>
    waysOf(model, parts, parted(model.decision(0, id), isGiving), when, (values) => {
      const question = questionWith(model, id, { email: who.email, listed: [] }, values);
      return answerBy(pdp, {
        ...question,
        who,
        given: { ...question.given, ...given },
        failed: { ...question.failed, ...failed },
      });
    });
  const found = [...parts.entitlements.keys()].map((id) => ({
    id,
    ...bounded(
      () => ways(id),
      (why) => ({ ways: [], usual: [], open: [tooMuch(why, parts.policies)] }),
    ),
  }));
  return {
    who,
    rows: found.flatMap(({ id, ways }) => ways.map((way) => ({ entitlement: id, ...way }))),
    denied: found.filter(({ ways }) => ways.length === 0).map(({ id }) => id),
    usual: [...new Set(found.flatMap(({ usual }) => usual))],
    open: found.flatMap(({ open }) => open),
  };
}
