import type { ActRow } from '../../policy/diff/acts.js';
import type { DiffRow } from '../../policy/diff/describe.js';
import type { HistoryDiff } from '../../policy/diff/history.js';
import type { PolicyDiff } from '../../policy/diff/index.js';
import { plain, plainLines } from '../terminal.js';
import { historyLines, historyTitle } from './history-report.js';

/** As many as a person reads. */
const MOST = 40;

/** One part of what is said: a heading, and lines. */
interface Section {
  title: string;
  lines: string[];
}

/** For a terminal. */
export function textOf(diff: PolicyDiff): string {
  const parts = sections(diff).map(({ title, lines }) =>
    plainLines([title, ...lines.map((line) => `  ${line}`)]),
  );
  return [`${headline(diff)}\n`, ...parts].join('\n');
}

/** For a pull request. */
export function markdownOf(diff: PolicyDiff): string {
  const parts = sections(diff).map(({ title, lines }) => {
    const list = lines.map((line) => `- ${escaped(line)}\n`).join('');
    return lines.length > 10
      ? `<details><summary>${escaped(title)}</summary>\n\n${list}\n</details>\n`
      : `**${escaped(title)}**\n\n${list}`;
  });
  return [`### ${escaped(headline(diff))}\n`, ...parts].join('\n');
}

function headline({ rows, acts, files, history, open }: PolicyDiff): string {
  const changed = files.policies.length + files.catalog.length + files.directory.length;
  const answered = history ? history.otherwise.length : 0;
  if (rows.length + acts.length + open.length + changed + answered === 0) return 'Nothing differs.';
  const verbs = [...new Set(acts.map(({ act }) => VERBS[act]))].join(' and ');
  const kinds = [
    ...new Set(rows.map(({ kind }) => kind)),
    ...(verbs === '' ? [] : [`who may ${verbs} changes`]),
  ];
  const none =
    open.length > 0
      ? 'It is not proven that no request would be decided differently'
      : 'No request would be decided differently';
  const what = kinds.length === 0 ? none : kinds.join(', ');
  const recorded = history === undefined ? '' : `; ${historyTitle(history)}`;
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}${recorded}.`;
}

/** What a person does to a request. */
const VERBS: Record<ActRow['act'], string> = {
  approve: 'approve',
  revoke: 'end access',
  audit: 'read the record',
};

/** `sam@corp.example: may no longer approve orders-logs, billing-reports (stage security)` */
function actText({ act, stage, who, entitlements, becomes }: ActRow): string {
  const may = becomes === 'allowed' ? 'may now' : 'may no longer';
  const what = { approve: 'approve', revoke: 'end access to', audit: 'read the record of' }[act];
  return `${few(who)}: ${may} ${what} ${few(entitlements)}${stage === undefined ? '' : ` (stage ${stage})`}`;
}

function sections({ rows, acts, files, history, timezone, open }: PolicyDiff): Section[] {
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  const decisions = kinds.map((kind): Section => {
    const lines = rows.filter((row) => row.kind === kind).map(rowText);
    return {
      title: `${kind.charAt(0).toUpperCase()}${kind.slice(1)} (hours in ${timezone})`,
      lines: cut(lines),
    };
  });
  const { policies, catalog, directory } = files;
  return [
    ...decisions,
    { title: 'Who may approve, end and read', lines: cut(acts.map(actText)) },
    ...(history ? historySections(history) : []),
    { title: 'Policies', lines: cut(policies) },
    { title: 'Catalog', lines: cut(catalog) },
    { title: 'Directory', lines: cut(directory) },
    { title: 'Not proven', lines: cut(open) },
  ].filter(({ lines }) => lines.length > 0);
}

function historySections(history: HistoryDiff): Section[] {
  const { differ, otherwise, unjudged } = historyLines(history);
  return [
    {
      title: `Recorded requests: ${historyTitle(history)}`,
      lines: [...cut(differ), ...cut(otherwise), ...cut(unjudged)],
    },
  ];
}

/** `engineers: orders-db-admin 1h–4h, Mon–Fri 8–18, with a ticket: manager, 2 of security → manager` */
function rowText({ who, entitlements, durations, times, ticket, given, before, after }: DiffRow): string {
  const what = `${few(entitlements)}${durations === 'any duration' ? '' : ` ${durations}`}`;
  const when = [
    times === 'any time' ? '' : times,
    ticket === 'with or without a ticket' ? '' : ticket,
    given ?? '',
  ];
  return `${few(who)}: ${[what, ...when.filter(Boolean)].join(', ')}: ${before} → ${after}`;
}

function cut(lines: string[]): string[] {
  if (lines.length <= MOST) return lines;
  return [...lines.slice(0, MOST), `… and ${lines.length - MOST} more: --json has them all`];
}

function few(names: string[]): string {
  return names.length <= 8
    ? names.join(', ')
    : `${names.slice(0, 7).join(', ')} and ${names.length - 7} more`;
}

/** What stands in the files must not be markup on a page under which people press "approve". */
function escaped(text: string): string {
  return plain(text).replace(/[\\`*_[\]<>#|~&@]/g, (character) =>
    character === '@' ? '@\u2060' : `\\${character}`,
  );
}
