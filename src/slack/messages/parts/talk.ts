import type { StageQuestion, State } from '../../../domain/request/state.js';
import { spelled } from '../../../words/english.js';
import { line, mention, quote } from '../mrkdwn.js';

const SHOWN = 5;
/** Of each text, in UTF-16 units. */
const SAID = 300;

/** Questions and answers so far, the newest last, a text each; of many the newest. */
export function talkOf({ questions = [], requester }: State): string[] {
  const left = questions.length - SHOWN;
  return [
    ...(left > 0 ? [`${left} earlier ${left === 1 ? 'question is' : 'questions are'} on record.`] : []),
    ...questions
      .slice(-SHOWN)
      .map(({ by, text, answer }) =>
        [
          `${mention(by)} asked:`,
          quote(text, SAID),
          ...(answer ? [`${mention(requester)} answered:`, quote(answer.text, SAID)] : ['Not answered yet.']),
        ].join('\n'),
      ),
  ];
}

/** A question as the requester reads it. */
export function questionFor({ by, text }: StageQuestion): string {
  return `${mention(by)} asks:\n${quote(text, 1000)}`;
}

/** The same in one line, for a phone. */
export function questionInLine({ text }: StageQuestion): string {
  return line(text, 300);
}

/** That it is for less time than was asked, and by whom; undefined where it is not. */
export function shorteningOf({ shortened = [], duration }: State): string | undefined {
  const [first] = shortened;
  const last = shortened.at(-1);
  if (!first || !last) return undefined;
  return `${mention(last.by)} approved it for ${spelled(duration)} instead of ${spelled(first.from)}.`;
}
