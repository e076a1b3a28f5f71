import type { Refused } from '../model/model.js';

/** An answer of the sandbox's API: JSON. */
export interface Reply {
  status: number;
  body: object;
}

export const ok = (body: object = {}): Reply => ({ status: 200, body });

/** @param error a sentence for whoever sits before the page */
export function refuse(status: number, error: string): Reply {
  return { status, body: { error } satisfies Refused };
}
