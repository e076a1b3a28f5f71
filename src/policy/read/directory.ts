import * as z from 'zod';
import type { DirectoryConfig } from '../../domain/directory.js';
import { emailOf } from '../../domain/email.js';
import type { Problem } from '../../ports/policy.js';
import { businessHours, readOnCall } from './calendar.js';
import { exampleProblem } from './pattern.js';
import { readEmergency } from './emergency.js';
import { sharedPrincipals, templateProblem } from './identity.js';
import { readAccounts, readFallback, readGroups, readPeople, readStages, type Reading } from './sections.js';
import * as s from './shapes.js';
import { fit, type Path, type Source } from './source.js';

const MINUTES = 60_000;
/** Read entry by entry; empty while everything in it is commented out. */
const section = s.mapping('a mapping').nullish();

const ticket = s
  .object(
    {
      pattern: s.pattern,
      example: s.text('a ticket that fits the pattern, such as OPS-12').exactOptional(),
      required: s.flag.default(false),
    },
    'a mapping',
  )
  .superRefine(({ pattern, example }, context) => {
    const message = exampleProblem(example, pattern);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['example'], message });
  });

const top = s.object(
  {
    channel: s.channel,
    timezone: s.timezone.default('UTC'),
    justification: s
      .object(
        {
          minLength: s.whole(0, 1000).default(10),
          ticket: ticket.exactOptional(),
        },
        'a mapping',
      )
      .default({ minLength: 10 }),
    approvalTimeout: s.duration.default(480 * MINUTES),
    startWithin: s.startWithin.default(3 * 1_440 * MINUTES),
    warnBefore: s.duration.default(10 * MINUTES),
    groups: section,
    stages: section,
    people: section,
    identity: section,
    account: s.account.exactOptional(),
    accounts: section,
    fallback: section,
    emergency: section,
    leavers: s.oneOf('end', 'tell').exactOptional(),
    businessHours: businessHours.exactOptional(),
    onCall: z.unknown().optional(),
  },
  'a mapping with at least a channel',
);

const DEFAULTS = top.parse({ channel: 'none' });

const identity = s.object(
  {
    iamUser: s.text('a template such as {email}').optional(),
    iamRole: s.text('a template such as jit/{local}').optional(),
    domains: s.list(s.text('a domain such as corp.example'), 'a list of e-mail domains'),
  },
  'iamUser: <template> or iamRole: <template>, and domains',
);

/**
 * Checks directory.yml.
 * @param runsIn the AWS account that jit runs in; absent: it is not known, so what the file says of it is not judged
 * @returns what could be read, for the checks that build on it: of use only where there are no problems.
 */
export function readDirectory(
  source: Source,
  runsIn?: string,
): {
  directory: DirectoryConfig;
  problems: Problem[];
  warnings: Problem[];
} {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const say = (path: Path, message: string) =>
    void problems.push(source.problem(path, `${path.join('.')}: ${message}`));
  const reading: Reading = { source, problems, warnings, say };
  const {
    identity: _,
    onCall: __,
    account: ___,
    accounts: ____,
    fallback: _____,
    emergency: ______,
    ...settings
  } = fit(source, [], top, problems) ?? DEFAULTS;
  const account = accountOf(source);
  if (runsIn !== undefined && account !== undefined && account !== runsIn)
    say(
      ['account'],
      `jit does not run in ${account}, but in ${runsIn}; correct it, or give jit its own policies`,
    );
  const identity = readIdentity(reading);
  const onCall = readOnCall(reading);
  const fallback = readFallback(reading);
  const emergency = readEmergency(reading);
  const directory: DirectoryConfig = {
    ...settings,
    groups: readGroups(reading),
    stages: readStages(reading),
    people: readPeople(reading),
    ...readAccounts(reading),
    ...(account !== undefined && { account }),
    ...(identity && { identity }),
    ...(onCall && { onCall }),
    ...(fallback && { fallback }),
    ...(emergency && { emergency }),
  };
  return { directory, problems: [...problems, ...sharedPrincipals(directory, source)], warnings };
}

/** jit's own account, as the file says it, whatever else is wrong with the file; undefined: it says none. */
export function accountOf(source: Source): string | undefined {
  const written = source.at(['account']);
  return typeof written === 'string' && s.ACCOUNT.test(written) ? written : undefined;
}

function readIdentity({ source, problems, say }: Reading): DirectoryConfig['identity'] {
  const read = source.at(['identity']) ? fit(source, ['identity'], identity, problems) : undefined;
  if (!read) return undefined;
  const type = read.iamUser === undefined ? 'role' : 'user';
  const key = type === 'user' ? 'iamUser' : 'iamRole';
  const template = read[key];
  if (template === undefined || (read.iamUser !== undefined && read.iamRole !== undefined)) {
    say(['identity'], 'write exactly one of iamUser: "{email}" and iamRole: "jit/{local}"');
    return undefined;
  }
  const domains = [...new Set(read.domains.map(emailOf))];
  if (domains.length === 0) say(['identity', 'domains'], 'a template needs at least one e-mail domain');
  const odd = domains.find((domain) => !s.isEmail(`x@${domain}`));
  if (odd !== undefined)
    say(['identity', 'domains'], `"${odd}" is not a domain; write one such as corp.example`);
  const wrong = templateProblem(template, domains);
  if (wrong) say(['identity', key], wrong);
  return { type, template, domains };
}
