import type { DirectoryConfig } from '../../domain/directory.js';
import type { Problem } from '../../ports/policy.js';
import type { Path, Source } from './source.js';

const NAME = /^[\w+=,.@-]{1,64}$/;
const PATHS = /^(?:[\w+=,.@-]+\/)*$/;

/** What is wrong with an IAM name (a path before it is fine) as a sentence, or undefined. */
export function iamNameProblem(written: string, shown = written): string | undefined {
  const name = bare(written);
  if (/^AWSReservedSSO_/i.test(name)) {
    return `"${shown}" is a role that Identity Center owns and rewrites; name a role or user of your own`;
  }
  if (!NAME.test(name) || !PATHS.test(written.slice(0, written.length - name.length))) {
    return `"${shown}" is not an IAM name; write 1 to 64 letters, digits or + = , . @ _ -`;
  }
  return undefined;
}

/** What is wrong with the template that makes an IAM name of an e-mail, or undefined. */
export function templateProblem(template: string, domains: string[]): string | undefined {
  const parts = template.split(/\{(?:email|local)\}/);
  if (parts.length !== 2) return `"${template}" must hold {email} or {local} exactly once`;
  if (template.includes('{local}') && domains.length > 1) {
    return `"${template}" gives people of ${domains.join(' and ')} with the same first half one IAM principal; write {email}, or name one domain`;
  }
  return iamNameProblem(parts.join('x'), template);
}

/** Two people on one IAM principal: a grant to one would be the other's too. IAM names are case-insensitively unique. */
export function sharedPrincipals(directory: DirectoryConfig, source: Source): Problem[] {
  const problems: Problem[] = [];
  const holders = new Map<string, string>();
  const known = new Set([
    ...Object.keys(directory.people),
    ...Object.values(directory.people).flatMap(({ manager }) => manager ?? []),
    ...Object.values(directory.groups).flatMap((group) => ('members' in group ? group.members : [])),
  ]);
  for (const email of [...known].sort()) {
    const own = directory.people[email];
    for (const { key, path } of principalsOf(email, directory)) {
      const holder = holders.get(key);
      if (holder !== undefined && holder !== email) {
        const at: Path = own ? ['people', email, ...path] : ['people', holder];
        const what = `${key} would be shared by ${holder} and ${email}; give each person their own IAM principal`;
        problems.push(source.problem(at, `people.${own ? email : holder}: ${what}`));
      }
      holders.set(key, email);
    }
  }
  return problems;
}

/** The IAM users and roles that an e-mail address stands for: `user ana.lopez`, in lower case and without a path. */
export function principalsOf(
  email: string,
  { people, identity }: DirectoryConfig,
): { key: string; path: Path }[] {
  const own = people[email];
  const named = [
    ...(own?.iamUser ? [{ key: `user ${lower(own.iamUser)}`, path: ['iamUser'] }] : []),
    ...(own?.iamRole ? [{ key: `role ${lower(own.iamRole)}`, path: ['iamRole'] }] : []),
  ];
  const [local = '', domain = ''] = email.split('@');
  if (named.length > 0 || !identity?.domains.includes(domain)) return named;
  const made = identity.template.replace('{email}', email).replace('{local}', local);
  return [{ key: `${identity.type} ${lower(made)}`, path: [] }];
}

const bare = (name: string) => name.slice(name.lastIndexOf('/') + 1);
const lower = (name: string) => bare(name).toLowerCase();
