import type { Millis } from '../../domain/entitlement.js';
import { axesOf, boxesOfAll, givenIn, openIn, TOO_MANY, UNCONFIRMED, type Box } from '../questions/boxes.js';
import type { AskedQuestion } from '../questions/locate.js';
import type { Model } from '../questions/model/model.js';
import { isEmergency } from '../questions/model/variables.js';
import { profilesIn, type Profile } from '../questions/profiles/profiles.js';
import { answerBy, questionWith } from '../questions/witness.js';
import { changeBetween, decisionIn, plainly, shownDecision, type Side } from './change.js';
import { merged, type Alike, type Difference, type DiffRow } from './describe.js';

/** Where nothing is decided differently, so far as a person would notice. */
const SAME = '';
const BETWEEN = ' → ';

/**
 * What the two decide differently, of every request that could be made.
 * @param model of requests, in both
 * @returns rows, each confirmed by the decision points themselves; `open`: what could not be proven
 */
export function rowsOf(before: Side, after: Side, model: Model): { rows: DiffRow[]; open: string[] } {
  const axes = axesOf(model.variables);
  const open = new Set<string>();
  const differences: Difference[] = [];
  const profiles: Profile[] = [];
  const classes = alike(model, before, after);
  const parted = boxesOfAll(model, classes.length);
  for (const [number, { ids, durations, changed }] of classes.entries()) {
    const [id = ''] = ids;
    const own = profilesIn(model, changed);
    for (const why of own.unsure) open.add(`${id}: ${why}`);
    const found: Difference[] = [];
    for (const profile of own.profiles) {
      profiles.push(profile);
      const { boxes, all } = parted(profile.left, (answer) => answer !== SAME);
      if (!all) open.add(`${id}: ${TOO_MANY}`);
      for (const box of boxes) {
        const witness = confirmed(box, profile, id);
        const unknown = openIn(box.values, model.variables);
        if (witness) {
          const difference = differenceOf(box, durations);
          // Of when it is so, only the question is sure.
          const times = unknown.length > 0 ? [] : difference.times;
          found.push({ ...difference, times, profile: profiles.length - 1, alike: number, witness });
        }
        if (!witness || unknown.length > 0) open.add(`${id}: ${whyOpen(unknown)}`);
      }
    }
    differences.push(...found.filter((one) => !found.some((other) => implies(other, one, profiles))));
  }
  return {
    rows: merged(differences, { classes, profiles, axes, timezone: after.parts.directory.timezone }),
    open: [...open],
  };

  /** A question of the box that both answer so; a person may be in other groups before than after. */
  function confirmed(box: Box, { person, values }: Profile, id: string): AskedQuestion | undefined {
    const first = [...box.values].map(([number, those]) => [number, those[0]!] as const);
    const asked = [before, after].map((_, side) =>
      questionWith(model, id, person, new Map([...values, ...first]), side),
    );
    const answers = [before, after].map((side, n) => told(side, asked[n]!));
    return answers.join(BETWEEN) === box.answer ? asked[1] : undefined;
  }

  function differenceOf(box: Box, durations: readonly Millis[]) {
    const [one = '', other = ''] = box.answer.split(BETWEEN);
    const at = (number: number, size: number) =>
      box.values.get(number) ?? Array.from({ length: size }, (_, n) => n);
    const change = changeBetween(decisionIn(one), decisionIn(other))!;
    return {
      kind: change.kind,
      durations: at(axes.duration.number, axes.duration.cells.length).filter((n) =>
        durations.includes(axes.duration.cells[n]!.duration),
      ),
      times: at(axes.time.number, axes.time.cells.length),
      tickets: at(axes.ticket.number, axes.ticket.cells.length),
      given: givenIn(box.values, model.variables, isEmergency),
      before: shownDecision(decisionIn(one)),
      after: shownDecision(decisionIn(other)),
    };
  }
}

/** What a side makes of a question, as the model says it. */
function told({ parts, pdp }: Side, question: AskedQuestion): string {
  const offered = parts.entitlements.get(question.entitlement)?.durations ?? [];
  if (!offered.includes(question.duration)) return 'not offered';
  return plainly(answerBy(pdp, question));
}

function alike({ diagrams: d, decision }: Model, before: Side, after: Side): Alike[] {
  const compared = d.operation((one, other) => {
    const [a, b] = [plainly(one), plainly(other)];
    return changeBetween(decisionIn(a), decisionIn(b)) ? [a, b].join(BETWEEN) : SAME;
  });
  const classes = new Map<string, Alike>();
  const ids = [...before.parts.entitlements.keys(), ...after.parts.entitlements.keys()];
  for (const id of [...new Set(ids)].sort()) {
    const changed = compared(decision(0, id), decision(1, id));
    if (d.choicesOf(changed).length === 0 && d.answerOf(changed) === SAME) continue;
    const offered = [before, after].flatMap(({ parts }) => parts.entitlements.get(id)?.durations ?? []);
    const durations = [...new Set(offered)].sort((a, b) => a - b);
    const key = JSON.stringify([changed, durations]);
    const known = classes.get(key);
    if (known) known.ids.push(id);
    else classes.set(key, { ids: [id], durations, changed });
  }
  return [...classes.values()];
}

/** What holds for those of fewer groups need not be said of those of more. */
function implies(wide: Difference, narrow: Difference, profiles: readonly Profile[]): boolean {
  if (wide === narrow || !isSameBut(wide, narrow)) return false;
  const [fewer, more] = [profiles[wide.profile]!, profiles[narrow.profile]!];
  if (fewer.named) return false;
  return fewer.groups.length < more.groups.length && fewer.groups.every((name) => more.groups.includes(name));
}

function isSameBut(wide: Difference, narrow: Difference): boolean {
  const within = (axis: 'durations' | 'times' | 'tickets') =>
    narrow[axis].every((value) => wide[axis].includes(value));
  return (
    wide.before === narrow.before &&
    wide.after === narrow.after &&
    wide.given === narrow.given &&
    within('durations') &&
    within('times') &&
    within('tickets')
  );
}

const whyOpen = (policies: readonly string[]): string =>
  policies.length > 0 ? `not understood: ${policies.join(', ')}` : `it depends on ${UNCONFIRMED}`;
