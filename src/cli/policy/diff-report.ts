import type { ActRow } from '../../policy/diff/acts.js';
import type { PolicyDiff } from '../../policy/diff/index.js';
import type { RightRow } from '../../policy/diff/rights/rights.js';
import type { SettingRow } from '../../policy/diff/settings.js';
import { list } from '../../words/english.js';
import { plainLines } from '../terminal.js';
import { actLine, decisionLine, rightLine, stageLine } from './report/diff-lines.js';
import { historySections, recordedTitle } from './report/history-lines.js';
import {
  cut,
  escaped,
  escapedInHtml,
  markdownOfLine,
  shortened,
  textOfLine,
  type Line,
  type Section,
} from './report/line.js';

/** A comparison, and whether anything in it counts. */
export type ToldDiff = PolicyDiff & { differs: boolean };

/** As many lines of a part as a person reads. */
const MOST = 40;

/** GitHub takes comments of 65,536 characters. This counts bytes, and leaves room for what a pipeline writes above it. */
const LARGEST = 60_000;

/** Characters of a line in a comment. */
const LONGEST = 600;

/** For a terminal. */
export function textOf(diff: ToldDiff): string {
  const parts = sections(diff).map(({ title, lines }) =>
    plainLines([title, ...cut(lines, MOST).map((line) => `  ${textOfLine(line)}`)]),
  );
  return [plainLines([headline(diff)]), ...parts].join('\n');
}

/** For a pull request: as many lines of each part as a comment on GitHub can hold. */
export function markdownOf(diff: ToldDiff): string {
  const all = sections(diff);
  const title = `### ${inMarkdown([headline(diff)])}\n`;
  const whole = (most: number) => [title, ...all.map((section) => partOf(section, most))].join('\n');
  const fits = [MOST, 20, 10, 5, 2].map(whole).find((text) => Buffer.byteLength(text) <= LARGEST);
  return fits ?? whole(1);
}

function partOf({ title, lines }: Section, most: number): string {
  const shown = cut(lines, most).map((line) => `- ${inMarkdown(line)}\n`);
  return shown.length > 10
    ? `<details><summary>${escapedInHtml(title)}</summary>\n\n${shown.join('')}\n</details>\n`
    : `**${escaped(title)}**\n\n${shown.join('')}`;
}

const inMarkdown = (line: Line): string => markdownOfLine(shortened(line, LONGEST));

/** What differs, in a sentence. Nothing below it may say otherwise. */
function headline(diff: ToldDiff): string {
  const { rows, rights, settings, files, history, open } = diff;
  const turns = (['gained', 'changed', 'lost'] as const).filter((becomes) =>
    rights.some((row) => row.becomes === becomes),
  );
  const verbs = verbsIn(diff);
  const found = [
    [...new Set(rows.map(({ kind }) => kind))].join(', '),
    turns.length > 0 ? `rights ${list(turns)}` : '',
    verbs.length > 0 ? `who may ${list(verbs)} changes` : '',
    ...new Set(settings.map(({ about }) => HEADS[about])),
  ].filter(Boolean);
  const changed = files.policies.length + files.catalog.length + files.directory.length;
  const recorded = history === undefined ? '' : `; ${recordedTitle(history)}`;
  if (found.length > 0) {
    const what = found.join('; ');
    const more = open.length > 0 ? '; not everything is proven' : '';
    return `${what.charAt(0).toUpperCase()}${what.slice(1)}${more}${recorded}.`;
  }
  if (open.length > 0) return `It is not proven that no request would be decided differently${recorded}.`;
  if (diff.differs) return `Only requests on record are decided differently${recorded}.`;
  if (changed === 0) return `Nothing differs${recorded}.`;
  return `No request or vote would be decided differently, and nobody gets other rights${recorded}.`;
}

const HEADS: Record<SettingRow['about'], string> = {
  extensions: 'how long access may be made changes',
  'IAM names': 'IAM names change',
  tickets: 'tickets change',
  emergencies: 'who hears of emergencies, or reviews them, changes',
  'who else may decide': 'who else may decide changes',
  'access of people who have left': 'access of people who have left changes',
  'who is on call': 'who is on call changes',
};

/** What a person does to a request. */
const VERBS: Record<ActRow['act'], string> = {
  approve: 'approve',
  revoke: 'end access',
  audit: 'read the record',
  review: 'review emergencies',
};

function verbsIn({ acts, stages }: PolicyDiff): string[] {
  const found = new Set(acts.map(({ act }) => VERBS[act]));
  return [...new Set([...(stages.length > 0 ? [VERBS.approve] : []), ...found])];
}

function sections(diff: PolicyDiff): Section[] {
  const { acts, rights, stages, settings, files, history, open } = diff;
  const rightLines = (becomes: RightRow['becomes']) =>
    rights.filter((row) => row.becomes === becomes).map(rightLine);
  const said = (sentences: string[]): Line[] => sentences.map((sentence) => [sentence]);
  return [
    ...decisionSections(diff),
    { title: 'Rights gained', lines: rightLines('gained') },
    { title: 'Rights changed', lines: rightLines('changed') },
    { title: 'Rights lost', lines: rightLines('lost') },
    { title: 'Who sits in the stages', lines: stages.map(stageLine) },
    { title: 'Who may approve, end, read and review', lines: acts.map(actLine) },
    { title: 'Settings', lines: said(settings.map(({ about, says }) => `${about}: ${says}`)) },
    ...(history ? historySections(history) : []),
    { title: 'Not proven', lines: said(open) },
    { title: 'Policies', lines: said(files.policies) },
    { title: 'Catalog', lines: said(files.catalog) },
    { title: 'Directory', lines: said(files.directory) },
  ].filter(({ lines }) => lines.length > 0);
}

function decisionSections({ rows, timezone }: PolicyDiff): Section[] {
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  return kinds.map((kind): Section => {
    const those = rows.filter((row) => row.kind === kind);
    const hours = those.some(({ times }) => times !== 'any time') ? ` (hours in ${timezone})` : '';
    return {
      title: `${kind.charAt(0).toUpperCase()}${kind.slice(1)}${hours}`,
      lines: those.map(decisionLine),
    };
  });
}
