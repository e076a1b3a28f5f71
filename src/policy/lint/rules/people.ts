import type { Rule } from '../about.js';
import { standbyGroups } from '../../../domain/directory.js';
import { listed, type LintFound } from '../finding.js';
import { mentioned } from '../scope.js';

type Code = 'person-outside-domains' | 'manager-unknown' | 'group-unused' | 'stage-unused';

/** Names in directory.yml that lead nowhere. */
export const people: Rule<Code> = {
  codes: {
    'person-outside-domains': 'warning',
    'manager-unknown': 'warning',
    'group-unused': 'warning',
    'stage-unused': 'warning',
  },

  find({ parts, policies, members, inDirectory }) {
    const { directory, entitlements } = parts;
    const found: LintFound<Code>[] = [];
    const managers = Object.entries(directory.people).flatMap(([email, { manager }]) =>
      manager === undefined ? [] : [{ email: manager, path: ['people', email, 'manager'] }],
    );
    const listedMembers = Object.entries(directory.groups).flatMap(([name, group]) =>
      'members' in group
        ? group.members.map((email, i) => ({ email, path: ['groups', name, 'members', i] }))
        : [],
    );
    const entries = Object.keys(directory.people).map((email) => ({ email, path: ['people', email] }));

    const domains = directory.identity?.domains;
    for (const { email, path } of domains ? [...entries, ...managers, ...listedMembers] : []) {
      if (domains?.includes(email.slice(email.lastIndexOf('@') + 1))) continue;
      found.push({
        code: 'person-outside-domains',
        at: inDirectory(path),
        subject: email,
        explanation: `is not of ${domains?.join(' or ')}, the domains under identity`,
        remedy: 'mend the address, or add the domain',
      });
    }

    const names = Object.keys(directory.groups);
    const lists = names.map(members);
    const known = new Set([...Object.keys(directory.people), ...lists.flatMap((list) => list ?? [])]);
    if (!lists.includes(undefined)) {
      for (const { email, path } of managers.filter((manager) => !known.has(manager.email))) {
        found.push({
          code: 'manager-unknown',
          at: inDirectory(path),
          subject: email,
          explanation: 'approves as a manager, and stands nowhere else: neither under people nor in a group',
          remedy: 'mend the address, or add the person under people',
        });
      }
    }

    const used = new Set([
      ...policies.flatMap(({ json }) => mentioned(json, 'Group')),
      ...[...entitlements.values()].flatMap(({ owners }) => owners),
      ...directory.stages.map(({ group }) => group),
      ...standbyGroups(directory),
    ]);
    for (const subject of names.filter((name) => !used.has(name))) {
      found.push({
        code: 'group-unused',
        at: inDirectory(['groups', subject]),
        subject,
        explanation: 'no policy, stage or entitlement uses this group',
        remedy: 'take it out, or look whether a policy should name it',
      });
    }

    const chained = new Set(policies.flatMap(({ policy }) => policy.chain?.map(({ name }) => name) ?? []));
    for (const { name } of directory.stages.filter((stage) => !chained.has(stage.name))) {
      found.push({
        code: 'stage-unused',
        at: inDirectory(['stages', name]),
        subject: name,
        explanation: `no chain uses this stage; those that are used: ${listed([...chained]) || 'none'}`,
        remedy: 'take it out, or look whether a @chain should name it',
      });
    }
    return found;
  },
};
