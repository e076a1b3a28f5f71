import type { StageButton } from '../ports.js';

/** The names by which Slack hands our own things back to us. Fixed: outside tests and old messages rely on them. */
export const COMMAND = '/jit';
export const REQUEST_MODAL = 'request';
export const DENY_MODAL = 'deny';
/** Each input's block_id and action_id alike. */
export const INPUTS = ['entitlement', 'duration', 'justification', 'ticket'] as const;
export type Input = (typeof INPUTS)[number];
export const REASON = 'reason';
export const CARD_EVENT = 'jit_card';
export const NEWS_EVENT = 'jit_news';

const REQUEST_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const STAGE_BUTTON = /^([0-7][0-9A-HJKMNP-TV-Z]{25})\.(\d{1,6})\.([a-z0-9-]{1,200})$/;

/** What a stage's buttons carry. Opaque to whoever holds it: authority is checked at the click. */
export function stageValue({ id, stage, revision }: StageButton): string {
  return `${id}.${revision}.${stage}`;
}

/** @returns undefined for whatever `stageValue` did not write */
export function parseStageValue(value: unknown): StageButton | undefined {
  if (typeof value !== 'string' || value.length > 300) return undefined;
  const [, id, revision, stage] = STAGE_BUTTON.exec(value) ?? [];
  if (!id || !revision || !stage) return undefined;
  return { id, stage, revision: Number(revision) };
}

/** The request id that a button carries, exactly as written. */
export function parseRequestValue(value: unknown): string | undefined {
  return typeof value === 'string' && REQUEST_ID.test(value) ? value : undefined;
}

/** A request id as people type it: any case. */
export function parseTypedId(text: string): string | undefined {
  return parseRequestValue(text.toUpperCase());
}
