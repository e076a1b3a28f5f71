import { formatDuration } from '../../../domain/duration.js';
import type { Entitlement, Json } from '../../../domain/entitlement.js';
import type { LintView } from '../about.js';
import type { Rule } from '../about.js';
import { listed, type LintFound } from '../finding.js';
import { isProduction } from '../production.js';
import { statementsOf, type IamStatement } from '../../statements.js';

type Code =
  | 'guardrails-missing'
  | 'chaining-high-risk'
  | 'account-differs'
  | 'wildcard-write'
  | 'policy-too-large'
  | 'policy-fits-once'
  | 'policy-two-layers';

/** How access is made: its guardrails, its reach and its size. */
export const grants: Rule<Code> = {
  codes: {
    'guardrails-missing': 'warning',
    'chaining-high-risk': 'error',
    'account-differs': 'warning',
    'wildcard-write': 'note',
    'policy-too-large': 'error',
    'policy-fits-once': 'note',
    'policy-two-layers': 'note',
  },

  find: (about) =>
    [...about.parts.entitlements.values()].flatMap((entitlement) => [
      ...reachOf(about, entitlement),
      ...sizeOf(about, entitlement),
    ]),
};

function* reachOf({ inCatalog }: LintView, entitlement: Entitlement): Generator<LintFound<Code>> {
  const { id: subject, grant, account, risk, durations } = entitlement;
  const { config, kind } = grant;
  const production = isProduction(entitlement.environment);
  const at = (...path: (string | number)[]) => inCatalog(subject, path);

  const guardrails = config['guardrails'];
  const guarded = typeof guardrails === 'object' && guardrails !== null && Object.keys(guardrails).length > 0;
  if (production && !guarded) {
    yield {
      code: 'guardrails-missing',
      at: at(),
      subject,
      explanation:
        'is of production, and may be used from anywhere: stolen credentials work for a thief as well',
      remedy: 'write guardrails: sourceIp, vpcEndpoints, regions or mfa',
    };
  }
  if (config['chaining'] === true && risk === 'high') {
    yield {
      code: 'chaining-high-risk',
      at: at(kind, 'chaining'),
      subject,
      explanation: `a session may assume further roles, which the end after ${formatDuration(durations.at(-1) ?? 0)} does not reach: up to an hour more`,
      remedy: 'write chaining: false, and an entitlement for each further role',
    };
  }
  const statements = statementsOf(entitlement);
  const whole = [config['roleArn'], config['policyArns']].flat().flatMap((value) => accountOf(value) ?? []);
  const places = [
    ...statements.map(({ n, resources = [], notResources = [] }) => ({
      at: at(kind, 'statements', n),
      accounts: [...resources, ...notResources].flatMap((arn) => accountOf(arn) ?? []),
    })),
    { at: at(kind), accounts: whole },
  ];
  for (const place of places) {
    const others = place.accounts.filter((other) => other !== account);
    if (others.length === 0) continue;
    yield {
      code: 'account-differs',
      at: place.at,
      subject,
      explanation: `is of account ${account}, and names things of account ${listed(others)}`,
      remedy: 'mend the account, or accept it where access across accounts is meant',
    };
  }
  for (const statement of production ? statements : []) {
    const write = writesAnywhere(statement);
    if (write === undefined) continue;
    yield {
      code: 'wildcard-write',
      at: at(kind, 'statements', statement.n),
      subject,
      explanation: `allows ${write} on every resource of a production account`,
      remedy: 'name the resources',
    };
  }
}

/** By its name; an action whose name does not say so counts as one that writes. */
const READS =
  /^[\w-]+:(?:BatchGet|Describe|Get|Head|List|Lookup|Query|Scan|Search|Select|View|Filter|Test|Simulate|Validate|Preview|Estimate)\w*\*?$/i;

function writesAnywhere({ effect, actions, resources }: IamStatement): string | undefined {
  if (effect !== 'Allow' || !resources?.includes('*')) return undefined;
  return actions ? actions.find((action) => !READS.test(action)) : 'all but some actions';
}

function accountOf(arn: Json | undefined): string | undefined {
  return typeof arn === 'string' ? /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1] : undefined;
}

const LIMITED = {
  session: 'STS takes for a session',
  user: 'IAM takes for a user',
  role: 'IAM takes for a role',
};

function* sizeOf(
  { parts, kindOf, inCatalog }: LintView,
  entitlement: Entitlement,
): Generator<LintFound<Code>> {
  const measured = kindOf(entitlement)?.size?.(entitlement.grant.config);
  if (!measured) return;
  const about = { at: inCatalog(entitlement.id, [entitlement.grant.kind]), subject: entitlement.id };
  if (measured.layers === 2) {
    yield {
      ...about,
      code: 'policy-two-layers',
      explanation:
        'its session policy has room for the Denies only, and its statements stand in a second layer: where AWS makes none (sts:GetScopedCredentials), nobody is given it',
      remedy: 'shorten the statements',
    };
  }
  const { people, identity } = parts.directory;
  const entries = Object.values(people);
  const in_use = {
    session: true,
    user: identity?.type === 'user' || entries.some(({ iamUser }) => iamUser !== undefined),
    role: identity?.type === 'role' || entries.some(({ iamRole }) => iamRole !== undefined),
  };
  for (const kind of ['session', 'user', 'role'] as const) {
    const limit = measured.limits[kind];
    if (limit === undefined || !in_use[kind]) continue;
    const sizes = `takes ${measured.size} characters of the ${limit} that ${LIMITED[kind]}`;
    if (measured.size > limit) {
      yield {
        ...about,
        code: 'policy-too-large',
        explanation: `its policy ${sizes}`,
        remedy: 'shorten the statements',
      };
    } else if (kind !== 'session' && measured.size * 2 > limit) {
      yield {
        ...about,
        code: 'policy-fits-once',
        explanation: `its policy ${sizes}, all grants together: a second one beside it is refused`,
        remedy: 'shorten the statements, or make it an sts-session',
      };
    }
  }
}
