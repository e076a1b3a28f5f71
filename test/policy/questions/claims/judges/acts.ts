import type { ActRow } from '../../../../../src/policy/diff/acts.js';
import type { Random } from '../../../../fuzz/random.js';
import { about, type ActQuestion, mayAct, OF, questionsBy, someActs, voters } from '../asked/acts.js';
import type { Side } from '../asked/question.js';
import type { Space } from '../asked/space.js';
import type { Judge } from '../claim.js';
import type { Commands } from '../commands.js';
import { peopleIn } from './people.js';
import { whoIn } from './said.js';

/** Each row of votes, revocations and looks, and that there are no more. */
export function judgeActs(space: Space, judge: Judge, { diffPolicies }: Commands, r: Random): void {
  const [one, other] = space.sides as [Side, Side];
  const { acts, open } = diffPolicies(one.loaded, other.loaded, Date.parse(one.made.from));
  const isOpen = open.some((why) => why.startsWith('who may') || why.startsWith('whether'));
  if (isOpen) judge.open();
  const becomes = (asked: ActQuestion) => {
    const [before, after] = [mayAct(one, asked), mayAct(other, asked)];
    return before === after ? undefined : after ? 'allowed' : 'denied';
  };
  for (const row of acts)
    for (const entitlement of row.entitlements)
      for (const who of row.who) {
        const found = voters(space, row, entitlement)
          .filter((person) => isOne(space, who, person))
          .some((person) =>
            [...questionsBy(space, { ...about(row, entitlement), person })].some(
              (asked) => becomes(asked) === row.becomes,
            ),
          );
        judge.claim(
          `${JSON.stringify(row)} of ${who} for ${entitlement}`,
          true,
          found ? undefined : 'no request shows it',
        );
      }
  if (isOpen) return;
  for (const entitlement of one.loaded.parts.entitlements.keys()) {
    if (!other.loaded.parts.entitlements.has(entitlement)) continue;
    for (const of of OF) {
      const missing = someActs(space, of, entitlement, r).find((question) => {
        const change = becomes(question);
        return change !== undefined && !acts.some((row) => covers(space, row, question, change));
      });
      judge.claim(
        `${entitlement}: ${JSON.stringify(of)} as before but ${JSON.stringify(acts)}`,
        acts.length > 0,
        missing,
      );
    }
  }
}

/** Whether a name of a row may be this person. */
function isOne(space: Space, name: string, person: ActQuestion['person']): boolean {
  const { emails, isSuch, groups } = whoIn(name);
  const isAddress = emails.length === 0 || emails.includes(person.email) || isSuch;
  return isAddress && peopleIn(space).isIn(groups, person);
}

function covers(
  space: Space,
  row: ActRow,
  { act, stage, entitlement, person }: ActQuestion,
  change: string,
): boolean {
  return (
    row.act === act &&
    row.stage === stage &&
    row.entitlements.includes(entitlement) &&
    row.becomes === change &&
    row.who.some((name) => isOne(space, name, person))
  );
}
