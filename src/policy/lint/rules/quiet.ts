import type { StageDef } from '../../../domain/directory.js';
import type { LintView, Rule } from '../about.js';
import { listed, type LintFound } from '../finding.js';

type Code = 'quiet-outsider' | 'quiet-everybody';

/** Who is not told of a request, against who could approve it. Of stages whose people Slack alone knows nothing is said. */
export const quiet: Rule<Code> = {
  codes: { 'quiet-outsider': 'warning', 'quiet-everybody': 'note' },

  find(about) {
    const { parts, inDirectory } = about;
    return parts.directory.stages.flatMap((stage): LintFound<Code>[] => {
      const { name, quiet: silent = [] } = stage;
      const inIt = silent.length > 0 ? peopleOf(about, stage) : undefined;
      if (!inIt) return [];
      const at = inDirectory(['stages', name, 'quiet']);
      const outside = silent.filter((email) => !inIt.has(email));
      const told = [...inIt].filter((email) => !silent.includes(email));
      return [
        ...outside.map((subject) => ({
          code: 'quiet-outsider' as const,
          at,
          subject,
          explanation: `is quiet in the stage ${name}, and could not approve there; those who could: ${listed([...inIt]) || 'nobody'}`,
          remedy: 'mend the address, or take it out',
        })),
        ...(inIt.size > 0 && told.length === 0
          ? [
              {
                code: 'quiet-everybody' as const,
                at,
                subject: name,
                explanation:
                  'nobody in it is told, so each request gets a card in the channel that mentions nobody',
                remedy: 'leave it, if somebody watches the channel; else take out whoever is to be told',
              },
            ]
          : []),
      ];
    });
  },
};

/** Undefined where not all of them are known. */
function peopleOf({ parts, members }: LintView, { kind, group = '' }: StageDef): Set<string> | undefined {
  const { directory, entitlements } = parts;
  if (kind === 'manager')
    return new Set(Object.values(directory.people).flatMap(({ manager }) => manager ?? []));
  const names = kind === 'group' ? [group] : [...entitlements.values()].flatMap(({ owners }) => owners);
  const lists = names.map(members);
  return lists.includes(undefined) ? undefined : new Set(lists.flatMap((list) => list ?? []));
}
