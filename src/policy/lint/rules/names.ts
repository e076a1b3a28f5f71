import type { Rule } from '../about.js';
import type { LintFound, FilePlace } from '../finding.js';

/** Names that people, and policies, take for one another. */
export const names: Rule<'confusing-names'> = {
  codes: { 'confusing-names': 'warning' },

  find({ parts, inCatalog, inDirectory }) {
    const { directory } = parts;
    const entitlements = [...parts.entitlements.values()];
    const found: LintFound<'confusing-names'>[] = [];
    const say = (at: FilePlace, subject: string, explanation: string, remedy: string) =>
      void found.push({ code: 'confusing-names', at, subject, explanation, remedy });

    const alike = (what: string, entries: { subject: string; text: string; at: () => FilePlace }[]) => {
      const seen = new Map<string, { subject: string; text: string }>();
      for (const { subject, text, at } of entries) {
        const key = text.toLowerCase().replaceAll(/[\s_-]/g, '');
        const other = seen.get(key);
        if (other)
          say(
            at(),
            subject,
            `its ${what} "${text}" looks like "${other.text}" of ${other.subject}`,
            'choose names that tell the two apart',
          );
        else seen.set(key, { subject, text });
      }
    };
    alike(
      'name',
      entitlements.map(({ id, name }) => ({ subject: id, text: name, at: () => inCatalog(id, ['name']) })),
    );
    alike(
      'id',
      entitlements.map(({ id }) => ({ subject: id, text: id, at: () => inCatalog(id) })),
    );
    // A policy for one of the two says nothing about the other.
    const environments = new Map(
      entitlements.map((entitlement) => [entitlement.environment, entitlement.id]),
    );
    alike(
      'environment',
      [...environments].map(([text, id]) => ({
        subject: id,
        text,
        at: () => inCatalog(id, ['environment']),
      })),
    );
    alike(
      'name',
      Object.keys(directory.groups).map((text) => ({
        subject: `group ${text}`,
        text,
        at: () => inDirectory(['groups', text]),
      })),
    );

    for (const { name, kind, group } of directory.stages) {
      const twin = Object.keys(directory.groups).find((other) => other.toLowerCase() === name.toLowerCase());
      if (twin === undefined || twin === group) continue;
      const really =
        kind === 'group' ? `those of the group ${group}` : kind === 'manager' ? 'the manager' : 'the owners';
      say(
        inDirectory(['stages', name]),
        name,
        `the stage is called like the group ${twin}, and those who agree are ${really}`,
        'name the stage after those who sit in it',
      );
    }
    return found;
  },
};
