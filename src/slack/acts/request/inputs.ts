import type { Refusal } from '../../../domain/refusal.js';
import type { Form } from '../../../ports/front.js';
import { INPUTS, START, type FormInput, EMERGENCY } from '../../ids.js';
import { at, textAt } from '../../wire/payload.js';
import { isObject } from '../../../domain/is-object.js';

export const LONGEST_INPUT = 3000;

/**
 * How often we have filled in an input anew. Where the ids stay the same, Slack keeps what was entered and ignores what
 * the new view says (docs.slack.dev, views.update, "Preserving input entry"), so such an input's action_id gets a number.
 */
export type Versions = Partial<Record<FormInput, number>>;

export function actionIdOf(input: FormInput, versions: Versions): string {
  const version = versions[input] ?? 0;
  return version === 0 ? input : `${input}.${version}`;
}

export function versionsIn(view: unknown): Versions {
  const versions: Versions = {};
  for (const input of INPUTS) {
    const version = Number(heldActionId(view, input).split('.')[1] ?? 0);
    if (version > 0) versions[input] = version;
  }
  return versions;
}

/** The same, with this input filled in anew. @param nth of the draws of this modal, so that no two have one number */
export function renewed(versions: Versions, input: FormInput, nth = 1): Versions {
  return { ...versions, [input]: (Math.max(versions[input] ?? 0, nth - 1) % MOST) + 1 };
}
const MOST = 999;

/** The form's parts as texts. A part that is missing or of another type is empty: `front` says what it lacks. */
export function parseForm(view: unknown): Form {
  const [startsAt, ticket] = [valueOf(view, START), valueOf(view, 'ticket')];
  return {
    entitlement: valueOf(view, 'entitlement'),
    duration: valueOf(view, 'duration'),
    ...(startsAt !== '' && { startsAt }),
    justification: valueOf(view, 'justification'),
    ...(ticket !== '' && { ticket }),
    ...(isTicked(view, EMERGENCY) && { emergency: true }),
  };
}

/**
 * A refusal where the person can do something about it; an input that the form lacks cannot show it.
 * @param lacks the input that it is for want of, where its code does not say so
 */
export function errorsFor(
  { code }: Refusal,
  sentence: string,
  view: unknown,
  lacks?: FormInput,
): Record<string, string> {
  const named = lacks ?? INPUTS.find((input) => code.startsWith(input));
  const input = named ?? INPUT_OF[code] ?? 'entitlement';
  const there = at(view, 'state', 'values', input) !== undefined;
  return { [there ? input : 'justification']: sentence };
}

/** Where the code does not begin with the name of the input. */
const INPUT_OF: Partial<Record<Refusal['code'], FormInput>> = {
  'unknown-duration': 'duration',
  contested: EMERGENCY,
  'reviews-unknown': EMERGENCY,
  'no-emergency': EMERGENCY,
};

function isTicked(view: unknown, input: FormInput): boolean {
  const ticked = at(view, 'state', 'values', input, input, 'selected_options');
  return Array.isArray(ticked) && ticked.some((option) => textAt(option, 'value') === input);
}

function valueOf(view: unknown, input: FormInput): string {
  const value = at(view, 'state', 'values', input, heldActionId(view, input));
  const text = textAt(value, 'selected_option', 'value') ?? textAt(value, 'value') ?? picked(value);
  return text.slice(0, LONGEST_INPUT);
}

/** A picker's moment, whatever a forger has made of it: what is none is refused with a sentence. */
function picked(value: unknown): string {
  const moment = at(value, 'selected_date_time') ?? '';
  return typeof moment === 'number' || typeof moment === 'string' ? String(moment) : 'none';
}

/** Under which action_id a view holds this input: `ticket`, or `ticket.1` after it was filled in anew. */
function heldActionId(view: unknown, input: FormInput): string {
  const held = at(view, 'state', 'values', input);
  const ids = isObject(held) ? Object.keys(held) : [];
  return (
    ids.find((id) => id.startsWith(`${input}.`) && /^\.[1-9]\d{0,2}$/.test(id.slice(input.length))) ?? input
  );
}
