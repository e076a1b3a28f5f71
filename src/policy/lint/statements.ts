import { matches, type IamStatement } from '../statements.js';

/** Where one action is allowed. */
export interface Allowed {
  statements: IamStatement[];
  /** On resources that are named one by one, and no others. */
  named: boolean;
}

/**
 * Whether the statements allow an action on anything at all. Conditions are taken to hold: what they ask for is often
 * the grantee's to bring about. A Deny counts only where nothing narrows it.
 */
export function allows(statements: IamStatement[], action: string): Allowed | undefined {
  const allowing = statements.filter(
    (statement) => statement.effect === 'Allow' && speaksOf(statement, action),
  );
  const denied = statements.some(
    (statement) =>
      statement.effect === 'Deny' &&
      statement.condition === undefined &&
      statement.resources?.includes('*') &&
      speaksOf(statement, action),
  );
  if (allowing.length === 0 || denied) return undefined;
  return { statements: allowing, named: allowing.every((statement) => !isBroad(statement)) };
}

function speaksOf({ actions, notActions }: IamStatement, action: string): boolean {
  if (actions) return actions.some((pattern) => matches(pattern, action));
  return notActions !== undefined && !notActions.some((pattern) => matches(pattern, action));
}

/** Whether its resources are more than those it names. */
export function isBroad({ resources }: IamStatement): boolean {
  return resources === undefined || resources.some((resource) => /[*?]/.test(resource));
}
