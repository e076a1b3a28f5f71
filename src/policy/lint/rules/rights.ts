import type { Entitlement } from '../../../domain/entitlement.js';
import type { LintView } from '../about.js';
import { ESCALATIONS, type WayUp } from '../escalations.js';
import type { Rule } from '../about.js';
import { listed, type LintFound } from '../finding.js';
import { matches, statementsOf, type IamStatement } from '../../statements.js';
import { allows, type Allowed } from '../statements.js';

type Code =
  | 'everything-allowed'
  | 'iam-wildcard'
  | 'assume-any-role'
  | 'not-action'
  | 'widens-rights'
  | 'widens-rights-named'
  | 'keeps-access'
  | 'keeps-access-named'
  | 'rights-unseen';

/** What the grantee could make of the statements: more rights than they were given, or rights that do not end. */
export const rights: Rule<Code> = {
  codes: {
    'everything-allowed': 'error',
    'iam-wildcard': 'error',
    'assume-any-role': 'error',
    'not-action': 'warning',
    'widens-rights': 'error',
    'widens-rights-named': 'warning',
    'keeps-access': 'error',
    'keeps-access-named': 'warning',
    'rights-unseen': 'note',
  },

  find: (about) => [
    ...[...about.parts.entitlements.values()].flatMap((entitlement) => rightsOf(about, entitlement)),
    ...unseen(about),
  ],
};

function rightsOf({ inCatalog, kindOf }: LintView, entitlement: Entitlement): LintFound<Code>[] {
  const { id: subject, grant } = entitlement;
  const statements = statementsOf(entitlement);
  const found: LintFound<Code>[] = [];
  const say = (code: Code, { n }: IamStatement, explanation: string, remedy: string) =>
    void found.push({
      code,
      at: inCatalog(subject, [grant.kind, 'statements', n]),
      subject,
      explanation,
      remedy,
    });
  const named = (pattern: RegExp) =>
    statements.find(
      (statement) =>
        statement.effect === 'Allow' && statement.actions?.some((action) => pattern.test(action)),
    );

  const not = statements.find(({ effect, notActions }) => effect === 'Allow' && notActions);
  if (not)
    say(
      'not-action',
      not,
      'allows whatever NotAction leaves out, and what AWS adds tomorrow',
      'list the actions that are needed',
    );
  const everything = named(/^\*+(?::\*+)?$/);
  if (everything) {
    say(
      'everything-allowed',
      everything,
      'allows every action, those of IAM too',
      'list the actions that are needed',
    );
    return found;
  }
  const iam = named(/^iam:\*+$/i);
  if (iam)
    say(
      'iam-wildcard',
      iam,
      'allows everything in IAM: whoever has it can give themselves any right',
      'list the actions that are needed, those that read at best',
    );

  const escapes = kindOf(entitlement)?.escapes?.(grant.config) ?? true;
  const assume = allows(statements, 'sts:AssumeRole');
  if (assume && !assume.named && escapes)
    say(
      'assume-any-role',
      assume.statements[0]!,
      'allows to assume every role that trusts the account, and a role’s session outlives the grant',
      'name the roles',
    );

  for (const { escalation, allowed } of pathsOf(statements, iam !== undefined)) {
    const onNamed = allowed.some((one) => one.named);
    const kind = escalation.does === 'widen' ? 'widens-rights' : 'keeps-access';
    const first = allowed.find((one) => one.named) ?? allowed[0]!;
    const lasts = escalation.does === 'widen' ? '' : ', which outlasts the grant';
    say(
      onNamed ? `${kind}-named` : kind,
      first.statements[0]!,
      `with ${escalation.actions.join(' and ')} the grantee can ${escalation.gives}${lasts} ` +
        `(${onNamed ? 'on what the statement names' : 'on more than it names'}; see ${escalation.source})`,
      onNamed
        ? 'make sure that what it names has no more rights than this entitlement'
        : 'leave one of the actions out, or name the resources',
    );
  }
  return found;
}

/** The ways that the statements open; those within IAM go without saying where all of it is allowed. */
function pathsOf(statements: IamStatement[], anyIam: boolean): { escalation: WayUp; allowed: Allowed[] }[] {
  return ESCALATIONS.flatMap((escalation) => {
    if (anyIam && escalation.actions.every((action) => matches('iam:*', action))) return [];
    const allowed = escalation.actions.map((action) => allows(statements, action));
    return allowed.every((one) => one !== undefined) ? [{ escalation, allowed }] : [];
  });
}

/** A note that this was not checked: only AWS knows what a role may do. */
function unseen({ parts, inCatalog }: LintView): LintFound<Code>[] {
  const whole = [...parts.entitlements.values()].filter(
    ({ grant: { config } }) => config['roleArn'] !== undefined && config['statements'] === undefined,
  );
  const [first] = whole;
  if (!first) return [];
  return [
    {
      code: 'rights-unseen',
      at: inCatalog(first.id),
      subject: listed(whole.map(({ id }) => id)),
      explanation:
        'opens a session with rights that stand in AWS, so whether they can be widened was not checked',
      remedy: 'look at the roles there, or narrow the sessions with statements',
    },
  ];
}
