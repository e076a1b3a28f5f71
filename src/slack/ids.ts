import type { Button } from '@slack/types';
import type { AnswerButton, StageButton } from '../ports/front.js';

/** The names by which Slack hands our own things back to us. Fixed: outside tests and old messages rely on them. */
export const COMMAND = '/jit';
export const REQUEST_MODAL = 'request';
export const DENY_MODAL = 'deny';
export const SHORTEN_MODAL = 'shorten';
export const QUESTION_MODAL = 'question';
export const ANSWER_MODAL = 'answer';
export const AWAY_MODAL = 'away';
export const REVIEW_MODAL = 'review';
export const EXTEND_MODAL = 'extend';
/** Each input's block_id and action_id alike. */
export const INPUTS = ['entitlement', 'duration', 'start', 'justification', 'ticket', 'emergency'] as const;
/** What else the form shows: who would decide, and how we read what was typed. */
export const FORM_BLOCKS = { preview: 'preview', notes: 'notes' } as const;
export type FormInput = (typeof INPUTS)[number];
export const REASON = 'reason';
export const START = 'start' satisfies FormInput;
export const DURATION = 'duration' satisfies FormInput;
export const EMERGENCY = 'emergency' satisfies FormInput;
export const QUESTION = 'question';
export const ANSWER = 'answer';
export const UNTIL = 'until';
export const STAND_IN = 'stand-in';
export const VERDICT = 'verdict';
export const WORDS = 'words';
/** Ends a delegation: of the person whose account its value names, or of whoever presses it. */
export const BACK_BUTTON = 'back';
/** Shortcuts: from anywhere, and on a message. */
export const REQUEST_SHORTCUT = 'request';
export const MESSAGE_SHORTCUT = 'request-from-message';
/** The overflow menus of App Home: each option is the press on a button. */
export const MENU = 'menu';
/** What pages through a list of App Home: its window, and the buttons, whose values are `past.2`. */
export const PAGE_MODAL = 'page';
export const PAGE_BUTTONS = ['page', 'page-back'] as const;
/** By which jit knows its own messages again: the types of their metadata. */
export const CARD_EVENT = 'jit_card';
export const NEWS_EVENT = 'jit_news';
export const LIVING_EVENT = 'jit_living';
export const HISTORY_EVENT = 'jit_history';
export const REMINDER_EVENT = 'jit_reminder';
export const DELEGATION_EVENT = 'jit_delegation';
export const INCIDENT_EVENT = 'jit_incident';
export const ALERT_EVENT = 'jit_alert';

const REQUEST_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const ANSWER_BUTTON = /^([0-7][0-9A-HJKMNP-TV-Z]{25})\.([1-9]\d?)$/;
const ACCOUNT_ID = /^[UW][A-Z0-9]{1,30}$/;
const STAGE_BUTTON = /^([0-7][0-9A-HJKMNP-TV-Z]{25})\.(\d{1,6})\.([a-z0-9-]{1,200})$/;

/** What a stage's buttons carry. It gives no right: jit checks authority at the click. */
export function stageValue({ id, stage, revision }: StageButton): string {
  return `${id}.${revision}.${stage}`;
}

/** @returns undefined for a value that `stageValue` did not write */
export function parseStageValue(value: unknown): StageButton | undefined {
  if (typeof value !== 'string' || value.length > 300) return undefined;
  const [, id, revision, stage] = STAGE_BUTTON.exec(value) ?? [];
  if (!id || !revision || !stage) return undefined;
  return { id, stage, revision: Number(revision) };
}

/** What the button carries that answers a question. */
export function answerValue({ id, question }: AnswerButton): string {
  return `${id}.${question}`;
}

/** @returns undefined for a value that `answerValue` did not write */
export function parseAnswerValue(value: unknown): AnswerButton | undefined {
  if (typeof value !== 'string' || value.length > 300) return undefined;
  const [, id, question] = ANSWER_BUTTON.exec(value) ?? [];
  return id && question ? { id, question: Number(question) } : undefined;
}

/** The request id that a button carries, exactly as written. */
export function parseRequestValue(value: unknown): string | undefined {
  return typeof value === 'string' && REQUEST_ID.test(value) ? value : undefined;
}

/** The id of an account, as buttons, forms and mentions carry it. */
export function parseAccountId(value: unknown): string | undefined {
  return typeof value === 'string' && ACCOUNT_ID.test(value) ? value : undefined;
}

/** Slack takes no longer value of an option. */
const LONGEST_OPTION = 150;
const OPTION = /^([a-z-]{1,20}) (\S{1,149})$/;

/** What an option of a menu carries: the button that it stands for, with that one's value. Undefined: too long. */
export function menuValue({
  action_id: action = '',
  value = '',
}: Pick<Button, 'action_id' | 'value'>): string | undefined {
  const option = `${action} ${value}`;
  return option.length <= LONGEST_OPTION ? option : undefined;
}

/** @returns undefined for a value that `menuValue` did not write */
export function parseMenuValue(option: unknown): { action: string; value: string } | undefined {
  const [, action, value] = (typeof option === 'string' && OPTION.exec(option)) || [];
  return action !== undefined && value !== undefined ? { action, value } : undefined;
}

/** A request id as people type it, or copy it from one of our messages: any case. */
export function parseTypedId(text: string): string | undefined {
  return parseRequestValue(bare(text).toUpperCase());
}

/** Names of ours are shorter. */
const LONGEST_WORD = 200;
const AROUND = /^[\s\p{Cf}\p{P}\p{S}]+|[\s\p{Cf}\p{P}\p{S}]+$/gu;

/**
 * A word without the marks that messages and phones put around it: backticks, any quotation marks, brackets, asterisks, a
 * full stop. No id, name or duration of ours begins or ends with one of them.
 */
export function bare(word: string): string {
  return word
    .slice(0, LONGEST_WORD)
    .replace(/\p{Cf}/gu, '')
    .replace(AROUND, '');
}
