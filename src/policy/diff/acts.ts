import type { Instant } from '../../domain/entitlement.js';
import { boxesOf } from '../questions/boxes.js';
import { subjectsOf, type PolicyAct, type ActSubject } from '../expressions/acts.js';
import { modelOf, type Model } from '../questions/model/model.js';
import { profilesIn, type Profile } from '../questions/profiles.js';
import { answersOfAct, membersOf } from '../questions/voters.js';
import type { Side } from './change.js';

/** A change of who may approve, end or read requests. */
export interface ActRow {
  act: Exclude<PolicyAct, 'request'>;
  /** Of a vote: of which stage. */
  stage?: string;
  who: string[];
  entitlements: string[];
  /** What these people may do after the change that they might not before, or no longer; for some requests at least. */
  becomes: 'allowed' | 'denied';
}

const ACTS = ['approve', 'revoke', 'audit'] as const;
const SAME = '';

/** @returns who may approve, end and read what they might not before, and the other way round; `open`: what is not proven */
export function actRowsOf(before: Side, after: Side, from: Instant): { rows: ActRow[]; open: string[] } {
  const open = new Set<string>();
  const found = ACTS.flatMap((act) => {
    const model = modelOf([before.parts, after.parts], { from, act });
    const { diagrams: d } = model;
    const compared = d.operation((a, b) =>
      isAllowed(a) === isAllowed(b) ? SAME : isAllowed(b) ? 'allowed' : 'denied',
    );
    const subjects = [before, after].map(
      ({ parts }) => new Map(subjectsOf(act, parts).map((one) => [one.key, one])),
    );
    // What only one of them has is no change of who may do it.
    const both = [...subjects[1]!.values()].filter(({ key }) => subjects[0]!.has(key));
    return both.flatMap((subject) => {
      const changed = compared(model.decision(0, subject.key), model.decision(1, subject.key));
      if (d.choicesOf(changed).length === 0 && d.answerOf(changed) === SAME) return [];
      const { profiles, unsure } = profilesIn(model, changed, {
        once: true,
        among: amongOf(subject, subjects[0]!.get(subject.key)!),
      });
      for (const why of unsure) open.add(why);
      return profiles.flatMap((profile) => rowsFor(profile, subject));
    });

    function rowsFor(profile: Profile, subject: ActSubject): ActRow[] {
      const becomes = new Set<'allowed' | 'denied'>();
      for (const { answer, values } of boxesOf(model, profile.left).boxes) {
        if (answer !== 'allowed' && answer !== 'denied') continue;
        const first = new Map([...values].map(([number, those]) => [number, those[0]!]));
        const about = { act, subject, profile };
        const told = answersOfAct(model, [before.pdp, after.pdp], about, first);
        if (told?.[1] === answer && told[0] !== answer) becomes.add(answer);
        else open.add(`who may ${act} requests for ${subject.entitlement.id}`);
      }
      return [...becomes].map((one) => ({
        act,
        ...(subject.stage !== undefined && { stage: subject.stage }),
        who: whoIs(model, profile),
        entitlements: [subject.entitlement.id],
        becomes: one,
      }));
    }
  });
  return { rows: merged(found), open: [...open] };

  function amongOf(subject: ActSubject, earlier: ActSubject): string[] | undefined {
    const lists = [membersOf(subject, after.parts), membersOf(earlier, before.parts)];
    return lists.includes(undefined) ? undefined : [...new Set(lists.flatMap((list) => list ?? []))];
  }
}

/** Those who are in other lists than before are named themselves, as those are whom an address decides about. */
function whoIs({ groupsOn }: Model, { name, groups, person }: Profile): string[] {
  const [earlier, later] = [0, 1].map((side) => groupsOn(side, person.listed).join());
  const isOne = earlier !== later || groups.length === 0;
  return isOne && person.named.length > 0 ? [...person.named] : [name];
}

const isAllowed = (answer: string): boolean => answer === 'allowed';

/** The same of several entitlements, and of several people, is one row. */
function merged(rows: readonly ActRow[]): ActRow[] {
  const join = (list: readonly ActRow[], axis: 'who' | 'entitlements'): ActRow[] => {
    const groups = new Map<string, ActRow>();
    for (const row of list) {
      const key = JSON.stringify({ ...row, [axis]: undefined });
      const known = groups.get(key);
      groups.set(key, known ? { ...known, [axis]: [...new Set([...known[axis], ...row[axis]])] } : row);
    }
    return [...groups.values()];
  };
  return join(join(rows, 'entitlements'), 'who');
}
