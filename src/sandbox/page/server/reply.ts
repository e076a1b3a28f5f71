import type { RefusedCall } from '../model/model.js';

/** An answer of the sandbox's API: JSON. */
export interface PageReply {
  status: number;
  body: object;
}

export const ok = (body: object = {}): PageReply => ({ status: 200, body });

/** @param error a sentence for whoever sits before the page */
export function refuse(status: number, error: string): PageReply {
  return { status, body: { error } satisfies RefusedCall };
}
