import { parseDuration } from '../../../../../src/domain/duration.js';
import type { LintFinding } from '../../../../../src/policy/lint/index.js';
import { folder, kinds } from '../../../../support/policy.js';
import { mayAct, questionsBy, voters } from '../asked/acts.js';
import { answerBy, type Answered, answersTo } from '../asked/answers.js';
import type { Space } from '../asked/space.js';
import { withEmergency } from '../asked/values.js';
import type { Judge } from '../claim.js';
import type { Commands } from '../commands.js';
import { filesOf } from '../made/written.js';

const isGranted = ({ answer }: Answered) => answer !== 'denied' && answer !== 'error';

/** What lint says of the reach of policies, and does not say. */
export async function judgeLint(space: Space, judge: Judge, { lint }: Commands): Promise<void> {
  const { made, loaded } = space.sides[0]!;
  const dir = await folder(filesOf(made));
  const { findings } = await lint(dir, loaded.parts, { at: Date.parse(made.from), kinds });
  for (const entitlement of loaded.parts.entitlements.values())
    judgeReach(space, judge, findings, entitlement.id);
}

/** Codes that say that something is never, or sometimes. */
function judgeReach(space: Space, judge: Judge, findings: readonly LintFinding[], id: string): void {
  const { parts } = space.sides[0]!.loaded;
  const { durations, risk, environment } = parts.entitlements.get(id)!;
  const of = (code: string) => findings.filter((one) => one.code === code && one.subject === id);
  const { all, exhaustive } = answersTo(space, id);
  const granted = all.filter(isGranted);
  const isOpen = of('not-proven').length > 0;
  if (isOpen) judge.open();
  /** Said: there is none. Not said: there is one, which brute force has to find if it has looked everywhere. */
  const never = (code: string, isSaid: boolean, found: Answered | undefined) => {
    if (isSaid) judge.claim(`${code} of ${id}`, true, found);
    else if (exhaustive && !isOpen)
      judge.claim(`no ${code} of ${id}`, false, found ? undefined : 'no question shows it');
  };
  /** Said: there is one. Not said: there is none. */
  const sometimes = (code: string, found: Answered | undefined) => {
    if (of(code).length === 0) {
      if (!isOpen) judge.claim(`no ${code} of ${id}`, false, found);
    } else if (exhaustive) judge.claim(`${code} of ${id}`, true, found ? undefined : 'no question shows it');
  };
  never('entitlement-unreachable', of('entitlement-unreachable').length > 0, granted[0]);
  const said = of('duration-never-permitted').map(({ explanation }) =>
    parseDuration(explanation.split(' ')[0]!),
  );
  for (const duration of granted.length > 0 ? durations : [])
    never(
      `duration-never-permitted ${duration / 60_000}m`,
      said.includes(duration),
      granted.find(({ asked }) => asked.duration === duration),
    );
  sometimes(
    'policy-error',
    all.find(({ answer }) => answer === 'error'),
  );
  const atOnce = granted.filter(({ answer }) => answer === 'auto');
  const isUsual = ({ asked }: Answered) =>
    answerBy(space.sides[0]!, { ...asked, inputs: withEmergency(asked.inputs, false) }) === 'auto';
  const auto = atOnce.find(isUsual);
  if (risk === 'high' || (risk === 'medium' && environment === 'production'))
    sometimes('auto-in-emergency', auto ? undefined : atOnce[0]);
  if (risk === 'high') sometimes('auto-high-risk', auto);
  if (risk === 'medium' && environment === 'production') sometimes('auto-medium-production', auto);
  judgeVotes(space, judge, findings, { id, isOpen });
}

/** Whether policy lets anybody in a stage vote. */
function judgeVotes(
  space: Space,
  judge: Judge,
  findings: readonly LintFinding[],
  { id, isOpen }: { id: string; isOpen: boolean },
): void {
  const { all } = answersTo(space, id);
  const stages = all.filter(isGranted).flatMap(({ answer }) => answer.replace(/\d+ of /g, '').split(', '));
  for (const stage of new Set(stages.filter((name) => name !== 'auto'))) {
    const isSaid = findings.some(
      ({ code, subject, explanation }) =>
        code === 'stage-without-approvers' &&
        subject === stage &&
        explanation
          .split(':')[0]!
          .match(/request for (.*)$/)?.[1]
          ?.split(', ')
          .includes(id),
    );
    const people = voters(space, { stage }, id);
    // That nobody is in a stage is said of itself.
    if (people.length === 0) continue;
    let found: object | undefined;
    for (const person of people)
      for (const asked of found ? [] : questionsBy(space, { act: 'approve', stage, entitlement: id, person }))
        if (mayAct(space.sides[0]!, asked)) found = asked;
    const name = `stage-without-approvers of ${stage} for ${id}`;
    if (isSaid) judge.claim(name, true, found);
    else if (!isOpen) judge.claim(`no ${name}`, false, found ? undefined : 'nobody may vote');
  }
}
