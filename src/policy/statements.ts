import type { Entitlement, Json } from '../domain/entitlement.js';

/** An IAM statement as a catalog has it; every value as a list. */
export interface IamStatement {
  /** Its place in `statements`. */
  n: number;
  effect: string;
  actions?: string[];
  notActions?: string[];
  resources?: string[];
  notResources?: string[];
  /** Operator → key → values. */
  condition?: Json;
}

/** The statements in an entitlement's configuration; of a kind that has none, none. */
export function statementsOf({ grant }: Entitlement): IamStatement[] {
  const { statements } = grant.config;
  if (!Array.isArray(statements)) return [];
  return statements.flatMap((value, n): IamStatement[] => {
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
        ...(Condition !== undefined && { condition: Condition }),
      },
    ];
  });
}

/** As IAM matches actions: `*` and `?`, whatever the case. */
export function matches(pattern: string, action: string): boolean {
  return covers(pattern.toLowerCase(), action.toLowerCase());
}

/**
 * Whether a pattern of `*` and `?` matches all that another one does, or a text. Where it says so, it is so; of two
 * that match the same it may say no. Without a regular expression, which a pattern of many stars would keep busy for
 * ever.
 */
export function covers(wanted: string, text: string): boolean {
  let star = -1;
  let resume = 0;
  let p = 0;
  for (let t = 0; t < text.length;) {
    if (wanted[p] === '*') {
      star = p++;
      resume = t;
    } else if (wanted[p] === text[t] || (wanted[p] === '?' && text[t] !== '*')) {
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
