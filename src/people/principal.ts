import type { DirectoryConfig } from '../domain/directory.js';
import { emailOf } from '../domain/email.js';
import type { Principal } from '../domain/entitlement.js';

/** What IAM allows in the name of a user or role. */
const NAME = /^[\w+=,.@-]{1,64}$/;

/**
 * The IAM principal of a person: the one that `people` names, else the one that the `identity` template makes.
 * @param email lower case
 * @returns a sentence for that person when there is none, or when it might be another person's
 */
export function principalOf(email: string, config: DirectoryConfig): Principal | string {
  const principal = explicit(email, config) ?? templated(email, config);
  if (typeof principal === 'string') return principal;
  const { type, name } = principal;
  if (name.toLowerCase().startsWith('awsreservedsso_'))
    return `The IAM role ${name} belongs to IAM Identity Center, which would undo any change to it. Please ask an administrator to name another one under "people" in directory.yml.`;
  const other = Object.keys(config.people).find((key) => {
    if (emailOf(key) === email) return false;
    const theirs = explicit(emailOf(key), config);
    if (typeof theirs !== 'object' || theirs.type !== type) return false;
    // IAM names that differ only in case are one name.
    return theirs.name.toLowerCase() === name.toLowerCase();
  });
  if (other !== undefined)
    return `The IAM ${type} ${name} is also ${other}'s in directory.yml, and access cannot go to two people at once. Please ask an administrator to correct one of the two entries.`;
  return principal;
}

function explicit(email: string, { people }: DirectoryConfig): Principal | string | undefined {
  const entry = Object.entries(people).find(([key]) => emailOf(key) === email)?.[1];
  if (entry?.iamUser !== undefined) return checked('user', entry.iamUser);
  if (entry?.iamRole !== undefined) return checked('role', ...split(entry.iamRole));
  return undefined;
}

function templated(email: string, { identity }: DirectoryConfig): Principal | string {
  const at = email.lastIndexOf('@');
  const [local, domain] = [email.slice(0, at), email.slice(at + 1)];
  if (!identity)
    return `directory.yml does not say which IAM user or role is yours. Please ask an administrator to add ${email} under "people".`;
  if (at < 1 || !identity.domains.some((known) => emailOf(known) === domain))
    return `Your e-mail address ${email} is not in a domain that directory.yml maps to IAM names. Please ask an administrator to add you under "people".`;
  const [name, path] = identity.type === 'role' ? split(identity.template) : [identity.template, ''];
  if (!name.includes('{email}') && !name.includes('{local}'))
    return `The template "${identity.template}" in directory.yml would give everybody the same IAM ${identity.type}. Please ask an administrator to put {email} or {local} into it.`;
  // ana@one.example and ana@two.example may be two people.
  if (!name.includes('{email}') && identity.domains.length > 1)
    return `directory.yml maps several domains to IAM names by {local}, so that two people could share one. Please ask an administrator to add ${email} under "people".`;
  // The path is cut off before the address is put in: an address may contain a slash.
  const filled = name.replaceAll(/\{(email|local)\}/g, (_, word) => (word === 'email' ? email : local));
  return checked(identity.type, filled, path);
}

/** The name of a role, and the path before it. */
function split(role: string): [name: string, path: string] {
  const cut = role.lastIndexOf('/');
  return [role.slice(cut + 1), role.slice(0, cut + 1)];
}

function checked(type: Principal['type'], name: string, path = ''): Principal | string {
  if (!NAME.test(name))
    return `IAM does not allow the ${type} name "${name}": 1 to 64 letters, digits and + = , . @ _ - are possible. Please ask an administrator to name yours under "people" in directory.yml.`;
  if (path.includes(':'))
    return `"${path}${name}" in directory.yml is an ARN. Please ask an administrator to write the ${type}'s name there, with its path if it has one.`;
  return { type, name };
}
