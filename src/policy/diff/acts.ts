import type { Instant } from '../../domain/entitlement.js';
import { boxesOfAll, TOO_MANY } from '../questions/boxes.js';
import { subjectsOf, type PolicyAct, type ActSubject } from '../expressions/acts.js';
import { modelOf } from '../questions/model/model.js';
import { profilesIn, type Profile } from '../questions/profiles/profiles.js';
import { answersOfAct } from '../questions/acting.js';
import { entitledTo, listedFor } from '../questions/voters.js';
import type { Side } from './change.js';

/** A change of who may approve, end, read or review requests. */
export interface ActRow {
  act: Exclude<PolicyAct, 'request'>;
  /** Of a vote: of which stage. */
  stage?: string;
  /** Of a vote: in the place of somebody who is away. */
  inPlace?: true;
  who: string[];
  entitlements: string[];
  /** What these people may do after the change that they might not before, or no longer; for some requests at least. */
  becomes: 'allowed' | 'denied';
}

const ACTS_ON_REQUESTS = ['approve', 'revoke', 'audit', 'review'] as const;
const SAME = '';

/** @returns who may approve, end and read what they might not before, and the other way round; `open`: what is not proven */
export function actRowsOf(before: Side, after: Side, from: Instant): { rows: ActRow[]; open: string[] } {
  const open = new Set<string>();
  const found = ACTS_ON_REQUESTS.flatMap((act) => {
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
    const parted = boxesOfAll(model, both.length);
    return both.flatMap((subject) => {
      const changed = compared(model.decision(0, subject.key), model.decision(1, subject.key));
      if (d.choicesOf(changed).length === 0 && d.answerOf(changed) === SAME) return [];
      const own = [subjects[0]!.get(subject.key)!, subject];
      const entitled = entitledTo(model, changed, {
        subjects: own,
        all: [before.parts, after.parts],
        nobody: SAME,
      });
      return entitled.flatMap(({ decision, among }) => {
        const { profiles, unsure } = profilesIn(model, decision, { once: true, among });
        for (const why of unsure) open.add(why);
        return profiles.flatMap((profile) => rowsFor(profile, subject, among && listsOf(own)));
      });
    });

    function rowsFor(profile: Profile, subject: ActSubject, lists: Lists | undefined): ActRow[] {
      const becomes = new Set<'allowed' | 'denied'>();
      const { boxes, all } = parted(profile.left, (answer) => answer !== SAME);
      if (!all) open.add(`who may ${act} requests for ${subject.entitlement.id}: ${TOO_MANY}`);
      for (const { answer, values } of boxes) {
        if (answer !== 'allowed' && answer !== 'denied') continue;
        const first = new Map([...values].map(([number, those]) => [number, those[0]!]));
        const about = { act, subject, profile };
        const told = answersOfAct(model, [before.pdp, after.pdp], about, first);
        if (told?.length === 0) continue;
        if (told?.[1] === answer && told[0] !== answer) becomes.add(answer);
        else open.add(`who may ${act} requests for ${subject.entitlement.id}`);
      }
      return [...becomes].flatMap((one) => {
        const who = whoIs(profile, lists?.[one]);
        const stage = {
          ...(subject.stage !== undefined && { stage: subject.stage }),
          ...(subject.inPlace && { inPlace: true as const }),
        };
        const entitlements = [subject.entitlement.id];
        return who.length > 0 ? [{ act, ...stage, who, entitlements, becomes: one }] : [];
      });
    }
  });
  return { rows: merged(found), open: [...open] };

  function listsOf([earlier, now]: readonly ActSubject[]): Lists {
    return { allowed: listedFor(now!, after.parts), denied: listedFor(earlier!, before.parts) };
  }
}

/** Those who can gain something, as they are in the stage now, and those who can lose it, as they were in it before. */
type Lists = Record<ActRow['becomes'], readonly string[]>;

/** Of a stage whose people are all known, only these, and by name where nothing else tells them apart. */
function whoIs({ name, groups, person }: Profile, listed: readonly string[] | undefined): string[] {
  if (!listed) return [name];
  const those = person.named.filter((email) => listed.includes(email));
  return those.length > 0 && groups.length > 0 ? [name] : those;
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
