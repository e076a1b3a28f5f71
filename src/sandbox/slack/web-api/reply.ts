import type { JsonObject } from '../../../domain/entitlement.js';
import type { Workspace } from '../workspace.js';

/** The answer of a Web API method. */
export type MethodReply = JsonObject & { ok: boolean };
export type Args = JsonObject;
export interface Method {
  /** Needed when the setup names scopes. */
  scope?: string;
  /** Which token; default: the bot's. */
  token?: 'app';
  run: (ws: Workspace, args: Args) => MethodReply;
}

/** @param messages in Slack's words, each with its place */
export function refuse(error: string, messages?: string[]): MethodReply {
  if (!messages) return { ok: false, error };
  const errors = messages.map((message) => message.replace('[ERROR] ', ''));
  return { ok: false, error, errors, response_metadata: { messages } };
}

export function missing(field: string): MethodReply {
  return refuse('invalid_arguments', [`[ERROR] missing required field: ${field}`]);
}

/** A member as text; undefined where it is absent or empty. */
export function word(args: Args, name: string): string | undefined {
  const value = args[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function yes(args: Args, name: string): boolean {
  const value = args[name];
  return value === true || value === 1 || value === 'true' || value === '1';
}

/** One page of a list, with the cursor to the next one. */
export function page<T>(all: T[], args: Args, most: number): { items: T[]; cursor: string } {
  const from = Number(word(args, 'cursor')?.replace('page:', '') ?? 0);
  const size = Math.min(Number(args['limit'] ?? 0) || most, most);
  const items = all.slice(from, from + size);
  return { items, cursor: from + size < all.length ? `page:${from + size}` : '' };
}
