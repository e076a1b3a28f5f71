import type { Entitlement, Json } from '../../domain/entitlement.js';

/** An IAM statement, as far as it matters here; every value as a list. */
export interface LintStatement {
  /** Its place in `statements`. */
  n: number;
  effect: string;
  actions?: string[];
  notActions?: string[];
  resources?: string[];
  notResources?: string[];
  conditional: boolean;
}

/** The statements in an entitlement's configuration; of a kind that has none, none. */
export function statementsOf({ grant }: Entitlement): LintStatement[] {
  const { statements } = grant.config;
  if (!Array.isArray(statements)) return [];
  return statements.flatMap((value, n): LintStatement[] => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    const { Effect, Action, NotAction, Resource, NotResource, Condition } = value;
    return [
      {
        n,
        effect: typeof Effect === 'string' ? Effect : '',
        ...(Action !== undefined && { actions: texts(Action) }),
        ...(NotAction !== undefined && { notActions: texts(NotAction) }),
        ...(Resource !== undefined && { resources: texts(Resource) }),
        ...(NotResource !== undefined && { notResources: texts(NotResource) }),
        conditional: Condition !== undefined,
      },
    ];
  });
}

/** Where one action is allowed. */
export interface Allowed {
  statements: LintStatement[];
  /** On resources that are named one by one, and no others. */
  named: boolean;
}

/**
 * Whether the statements allow an action on anything at all. Conditions are taken to hold: what they ask for is often
 * the grantee's to bring about. A Deny counts only where nothing narrows it.
 */
export function allows(statements: LintStatement[], action: string): Allowed | undefined {
  const allowing = statements.filter(
    (statement) => statement.effect === 'Allow' && speaksOf(statement, action),
  );
  const denied = statements.some(
    (statement) =>
      statement.effect === 'Deny' &&
      !statement.conditional &&
      statement.resources?.includes('*') &&
      speaksOf(statement, action),
  );
  if (allowing.length === 0 || denied) return undefined;
  return { statements: allowing, named: allowing.every((statement) => !isBroad(statement)) };
}

function speaksOf({ actions, notActions }: LintStatement, action: string): boolean {
  if (actions) return actions.some((pattern) => matches(pattern, action));
  return notActions !== undefined && !notActions.some((pattern) => matches(pattern, action));
}

/** Whether its resources are more than those it names. */
export function isBroad({ resources }: LintStatement): boolean {
  return resources === undefined || resources.some((resource) => /[*?]/.test(resource));
}

/**
 * As IAM matches actions: `*` and `?`, whatever the case. Without a regular expression, which a pattern of many stars
 * would keep busy for ever.
 */
export function matches(pattern: string, action: string): boolean {
  const wanted = pattern.toLowerCase();
  const text = action.toLowerCase();
  let star = -1;
  let resume = 0;
  let p = 0;
  for (let t = 0; t < text.length;) {
    if (wanted[p] === '*') {
      star = p++;
      resume = t;
    } else if (wanted[p] === '?' || wanted[p] === text[t]) {
      p++;
      t++;
    } else if (star !== -1) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  return /^\**$/.test(wanted.slice(p));
}

function texts(value: Json): string[] {
  return [value].flat().filter((item) => typeof item === 'string');
}
