import { type Condition, isLeaf, type RandomFolder, type RandomPolicy } from './folders.js';

function conditionText(it: Condition): string {
  if (isLeaf(it)) return it.text.includes(' ') ? `(${it.text})` : it.text;
  return it.text.replace(/\$(\d)/g, (_, n) => conditionText(it.parts[Number(n)]!));
}

function policyText({ id, effect, chain, principal, action, resource, conditions }: RandomPolicy): string {
  const annotations = [`@id("${id}")`, ...(chain === undefined ? [] : [`@chain("${chain}")`])].join(' ');
  const body = conditions.map(({ kind, body: it }) => `\n  ${kind} { ${conditionText(it)} }`).join('');
  return `${annotations} ${effect} (${principal}, ${action}, ${resource})${body};\n`;
}

/** Its files. What nothing names is left out. */
export function filesOf(folder: RandomFolder): Record<string, string> {
  const policies = folder.policies.map(policyText).join('');
  const entitlements = folder.entitlements.map(({ id, ...rest }) => ({
    id,
    name: id,
    description: `${id}.`,
    ...rest,
    'sts-session': { roleArn: `arn:aws:iam::${rest.account}:role/jit/${id}` },
  }));
  const owned = folder.entitlements.flatMap(({ owners }) => owners);
  const groups = Object.entries(folder.groups)
    .filter(([name]) => name === 'c' || owned.includes(name) || policies.includes(`Group::"${name}"`))
    .map(
      ([name, it]) =>
        `  ${name}: ${JSON.stringify(typeof it === 'string' ? { usergroup: it } : { members: it })}\n`,
    );
  const work = { days: [1, 2, 3, 4, 5], from: 8, to: 18, holidays: folder.holidays };
  const people = folder.managed.map((email) => `  ${email}: { manager: mo@corp.example }\n`);
  return {
    'policies.cedar': policies,
    'catalog.yml': `entitlements:\n${entitlements.map((one) => `  - ${JSON.stringify(one)}\n`).join('')}`,
    'directory.yml': `channel: C0ACCESS
timezone: ${folder.timezone}
groups:
${groups.join('')}stages:
  manager: { manager: true }
  owners: { owners: true }
  security: { group: c }
businessHours: ${JSON.stringify(work)}
onCall: { ical: "https://x.example/x.ics" }
${folder.emergency ? 'emergency: { channel: C0INC, tell: c, review: { by: c, within: 3d } }\n' : ''}${folder.ticket ? `justification: ${JSON.stringify({ ticket: folder.ticket })}\n` : ''}${people.length > 0 ? `people:\n${people.join('')}` : ''}`,
  };
}
