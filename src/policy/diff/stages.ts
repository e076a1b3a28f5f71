import { groupsOfStage, type DirectoryConfig } from '../../domain/directory.js';
import type { Entitlement } from '../../domain/entitlement.js';
import type { Parts } from '../policy.js';
import type { Model } from '../questions/model/model.js';
import { byName, minus } from './by-name.js';
import { decisionIn, plainly } from './change.js';

/** A change of who sits in a stage that some request needs. */
export interface StageRow {
  stage: string;
  entitlements: string[];
  /** Of the stage that a requester's manager fills: whose requests. */
  requesters?: string[];
  /** E-mail addresses, and Slack user groups as `Slack user group S0ENG`. */
  come: string[];
  gone: string[];
  /** Whether anybody is in it after the change. */
  empty: boolean;
}

/** @param model of requests; undefined: it is not known which stages they need, and each counts as one of them */
export function stageRowsOf(before: Parts, after: Parts, model: Model | undefined): StageRow[] {
  const names = [
    ...new Set([before, after].flatMap(({ directory }) => directory.stages.map(({ name }) => name))),
  ];
  const both = [...after.entitlements.values()].filter(({ id }) => before.entitlements.has(id));
  const needed = neededBy(both, model);
  const managers = byName(before.directory.people, after.directory.people).filter(
    ({ one, other }) => one?.manager !== other?.manager,
  );
  const rows = names.flatMap((stage): StageRow[] =>
    both.flatMap((entitlement): StageRow[] => {
      if (!needed(entitlement.id, stage)) return [];
      const about = { stage, entitlements: [entitlement.id] };
      const earlier = before.entitlements.get(entitlement.id)!;
      const [was, is] = [
        seatsIn(stage, earlier, before.directory),
        seatsIn(stage, entitlement, after.directory),
      ];
      if (was === 'managers' && is === 'managers')
        return managers.map(({ name, one, other }) => ({
          ...about,
          requesters: [name],
          ...moved(listed(one?.manager), listed(other?.manager)),
        }));
      const row = moved(asList(was), asList(is));
      return row.come.length + row.gone.length > 0 ? [{ ...about, ...row }] : [];
    }),
  );
  return merged(merged(rows, 'entitlements'), 'requesters');
}

const listed = (one: string | undefined): string[] => (one === undefined ? [] : [one]);
const asList = (seats: string[] | 'managers'): string[] =>
  seats === 'managers' ? ['each requester’s manager'] : seats;

const moved = (was: string[], is: string[]) => ({
  come: minus(is, was),
  gone: minus(was, is),
  empty: is.length === 0,
});

/** Who sits there, as far as directory.yml says; nobody where there is no such stage. */
function seatsIn(stage: string, { owners }: Entitlement, directory: DirectoryConfig): string[] | 'managers' {
  const def = directory.stages.find(({ name }) => name === stage);
  if (def?.kind === 'manager') return 'managers';
  const groups = def ? groupsOfStage(def, owners) : [];
  const seats = groups.flatMap((name) => {
    const group = directory.groups[name];
    return group && 'source' in group ? [`Slack user group ${group.id}`] : (group?.members ?? []);
  });
  return [...new Set(seats)];
}

/** Which stages the requests for an entitlement may need, before or after. */
function neededBy(
  entitlements: readonly Entitlement[],
  model: Model | undefined,
): (entitlement: string, stage: string) => boolean {
  if (!model) return () => true;
  const stages = new Map(
    entitlements.map(({ id }) => {
      const answers = [0, 1].flatMap((side) => [...model.diagrams.answers(model.decision(side, id))]);
      const chains = answers.map((answer) => decisionIn(plainly(answer))).filter(Array.isArray);
      return [id, new Set(chains.flat().map(({ name }) => name))];
    }),
  );
  return (entitlement, stage) => stages.get(entitlement)?.has(stage) === true;
}

/** The same of several entitlements, and of several requesters, is one row. */
function merged(rows: readonly StageRow[], axis: 'entitlements' | 'requesters'): StageRow[] {
  const groups = new Map<string, { row: StageRow; all: Set<string> }>();
  for (const row of rows) {
    const key = JSON.stringify({ ...row, [axis]: undefined });
    const group = groups.get(key) ?? { row, all: new Set<string>() };
    for (const name of row[axis] ?? []) group.all.add(name);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ row, all }) => (row[axis] ? { ...row, [axis]: [...all] } : row));
}
