import type { DirectoryConfig, Group, StageDef } from '../../domain/directory.js';
import { emailOf } from '../../domain/email.js';
import type { Problem } from '../../ports/policy.js';
import { isObject } from '../../domain/is-object.js';
import { defined } from '../../domain/objects.js';
import { iamNameProblem } from './identity.js';
import * as s from './shapes.js';
import { fit, type Path, type Source } from './source.js';
import { unknown } from './suggest.js';

/** What a reader of a section works with. */
export interface Reading {
  source: Source;
  problems: Problem[];
  warnings: Problem[];
  /** Reports a problem at a path. */
  say: (path: Path, message: string) => void;
}

const group = s.object(
  { usergroup: s.usergroup.optional(), members: s.list(s.email, 'a list of e-mail addresses').optional() },
  'usergroup: <id>, or members: [<e-mail>, …]',
);

/** A Slack user group, or a list under review. */
export function readGroups({ source, problems, say }: Reading): Record<string, Group> {
  const groups: Record<string, Group> = {};
  for (const name of source.keys(['groups'])) {
    const path = ['groups', name];
    if (!s.isName(name)) say(path, 'is not a usable name; choose another, without stray spaces');
    const found = fit(source, path, group, problems);
    if (!found) continue;
    if ((found.usergroup === undefined) === (found.members === undefined)) {
      say(path, 'write either usergroup: <id> or members: [<e-mail>, …]');
    } else if (found.usergroup !== undefined) groups[name] = { source: 'slack', id: found.usergroup };
    else groups[name] = { members: [...new Set(found.members)] };
  }
  return groups;
}

const stage = s.object(
  {
    manager: s.yes('manager: true').optional(),
    owners: s.yes('owners: true').optional(),
    group: s.name.optional(),
    channel: s.channel.optional(),
    tell: s.oneOf('channel', 'people').optional(),
    quiet: s.list(s.email, 'a list of e-mail addresses').optional(),
    remind: s.duration.optional(),
    escalate: s.object({ after: s.duration, to: s.name }, 'after: <duration>, to: <group>').optional(),
    delegates: s.name.optional(),
  },
  'manager: true, owners: true or group: <name>',
);

/** In the order of the file, in which a merged chain walks them. */
export function readStages({ source, problems, warnings, say }: Reading): StageDef[] {
  const stages: StageDef[] = [];
  const groupNames = source.keys(['groups']);
  for (const name of source.keys(['stages'])) {
    const path = ['stages', name];
    if (name === 'auto')
      say(path, '"auto" is reserved: it means that no approval is needed; choose another name');
    else if (!/^[a-z0-9-]+$/.test(name)) say(path, 'write the name in a–z, 0–9 and hyphens only');
    const found = fit(source, path, stage, problems);
    if (!found) continue;
    const { escalate, delegates } = found;
    const kinds = (['manager', 'owners', 'group'] as const).filter((kind) => found[kind] !== undefined);
    if (kinds.length !== 1) say(path, 'write exactly one of manager: true, owners: true and group: <name>');
    for (const [key, to] of Object.entries({ group: found.group, 'escalate.to': escalate?.to, delegates })) {
      if (to === undefined || groupNames.includes(to)) continue;
      say([...path, ...key.split('.')], unknown('group', to, groupNames));
    }
    const { group: members, channel, tell, quiet, remind } = found;
    if (escalate && escalate.to === members) {
      const message = `"${escalate.to}" is the group of the stage itself, so its escalation brings nobody`;
      warnings.push(source.problem([...path, 'escalate', 'to'], `${path.join('.')}.escalate.to: ${message}`));
    }
    stages.push({
      name,
      kind: kinds[0] ?? 'group',
      ...(members !== undefined && { group: members }),
      ...(channel !== undefined && { channel }),
      ...(tell !== undefined && { tell }),
      ...(quiet !== undefined && { quiet: [...new Set(quiet)] }),
      ...defined({ remind, escalate, delegates }),
    });
  }
  return stages;
}

const fallback = s.object({ group: s.name, channel: s.channel }, 'group: <group>, channel: <channel>');

/** Who decides where nobody else is left who could. */
export function readFallback({ source, problems, say }: Reading): DirectoryConfig['fallback'] {
  const path = ['fallback'];
  // What is no mapping is said where all of directory.yml is read.
  const found = isObject(source.at(path)) ? fit(source, path, fallback, problems) : undefined;
  const names = source.keys(['groups']);
  if (found && !names.includes(found.group)) say(['fallback', 'group'], unknown('group', found.group, names));
  return found;
}

const person = s.object(
  {
    manager: s.email.exactOptional(),
    iamUser: s.text('an IAM user').exactOptional(),
    iamRole: s.text('an IAM role').exactOptional(),
  },
  'manager, iamUser or iamRole',
);

/** What Slack does not know of people, by lower-case e-mail. */
export function readPeople({ source, problems, warnings, say }: Reading): DirectoryConfig['people'] {
  const people: DirectoryConfig['people'] = {};
  for (const key of source.keys(['people'])) {
    const path = ['people', key];
    const email = emailOf(key);
    if (!s.isEmail(key)) say(path, 'is not an e-mail address');
    else if (Object.hasOwn(people, email))
      say(path, 'appears twice; e-mail addresses that differ only in case are one person');
    const found = fit(source, path, person, problems);
    if (!found) continue;
    const { manager, iamUser, iamRole } = found;
    if (iamUser !== undefined && iamRole !== undefined)
      say(path, 'write either iamUser or iamRole, not both');
    for (const [kind, iamName] of Object.entries({ iamUser, iamRole })) {
      const wrong = iamName === undefined ? undefined : iamNameProblem(iamName);
      if (wrong) say([...path, kind], wrong);
    }
    if (manager === email) {
      const message = 'is their own manager, but people never approve their own requests';
      warnings.push(source.problem([...path, 'manager'], `${path.join('.')}: ${message}`));
    }
    people[email] = found;
  }
  return people;
}

const ROLE = /^arn:aws[a-z-]*:iam::(\d{12}):role\/[\w+=,.@/-]+$/;
const about = s.object(
  {
    manageRoleArn: s.text("a role's ARN").exactOptional(),
    externalId: s.text('an external id').exactOptional(),
    name: s.name.exactOptional(),
  },
  'manageRoleArn: <ARN>, name: <name>, or both',
);

/** What directory.yml says of AWS accounts: the way into those that are not the bot's own, and what people call them. */
export function readAccounts({
  source,
  problems,
  say,
}: Reading): Pick<DirectoryConfig, 'accounts' | 'accountNames'> {
  const accounts: DirectoryConfig['accounts'] = {};
  const accountNames: Record<string, string> = {};
  for (const id of source.keys(['accounts'])) {
    const path = ['accounts', id];
    if (!s.ACCOUNT.test(id)) say(path, 'is not an AWS account; write its 12 digits in quotes');
    const found = fit(source, path, about, problems);
    if (!found) continue;
    const { name, manageRoleArn, externalId } = found;
    if (name !== undefined) accountNames[id] = name;
    if (manageRoleArn === undefined) {
      if (externalId !== undefined)
        say([...path, 'externalId'], 'is of no use without a role; write manageRoleArn');
      else if (name === undefined) say(path, 'is empty; write manageRoleArn, name, or both');
      continue;
    }
    const account = ROLE.exec(manageRoleArn)?.[1];
    if (account === undefined) say([...path, 'manageRoleArn'], "is not a role's ARN");
    else if (account !== id) say([...path, 'manageRoleArn'], `is a role of account ${account}, not of ${id}`);
    accounts[id] = { manageRoleArn, ...(externalId !== undefined && { externalId }) };
  }
  return { accounts, ...(Object.keys(accountNames).length > 0 && { accountNames }) };
}
