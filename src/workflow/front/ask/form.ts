import { parseDuration } from '../../../domain/duration.js';
import type { Entitlement, Instant, Millis } from '../../../domain/entitlement.js';
import type { Invalid } from '../../../domain/refusal.js';
import {
  LINE_BREAK,
  LONGEST_JUSTIFICATION,
  LONGEST_TICKET,
  visibleLength,
} from '../../../domain/request/text.js';
import type { Bundle } from '../../../ports/policy.js';
import type { Form } from '../../../ports/front.js';

/** Where the directory has no pattern: what ticket systems use, and nothing that reads like a sentence. */
const ANY_TICKET = '[\\w.:#/-]+';
// Typed by hand it is harmless text; a chat would send it only as a mention of everybody.
const BROADCAST = /<!(?:channel|here|everyone|subteam)\b[^>]*>/i;

/** What is asked for, and for how long. */
interface Choice {
  entitlement: Entitlement;
  duration: Millis;
}
interface Checked extends Choice {
  startsAt?: Instant;
  justification: string;
  ticket?: string;
  emergency?: true;
}

/** Checks a form against the catalog and the directory's rules for texts. */
export function checkForm(form: Form, bundle: Bundle, now: Instant): Checked | Invalid {
  const choice = checkChoice(form, bundle);
  if ('code' in choice) return choice;
  const start = checkStart(form, bundle, now);
  if ('code' in start) return start;
  const justification = tidy(form.justification);
  const { minLength } = bundle.directory.justification;
  if (visibleLength(justification) < Math.max(1, minLength))
    return { code: 'justification-too-short', minLength };
  if (Array.from(justification).length > LONGEST_JUSTIFICATION)
    return { code: 'justification-too-long', maxLength: LONGEST_JUSTIFICATION };
  const broadcast = BROADCAST.exec(justification);
  if (broadcast) return { code: 'justification-broadcast', found: broadcast[0].slice(0, 40) };
  const ticket = checkTicket(form, bundle);
  if (form.emergency && !bundle.directory.emergency) return { code: 'no-emergency' };
  const special = form.emergency ? { emergency: true as const } : {};
  return 'code' in ticket ? ticket : { ...choice, ...start, justification, ...ticket, ...special };
}

/** The part of the form that decides. */
export function checkChoice(form: Form, { entitlements }: Bundle): Choice | Invalid {
  const entitlement = entitlements.get(form.entitlement);
  if (!entitlement) return { code: 'unknown-entitlement', entitlement: form.entitlement.slice(0, 64) };
  const duration = parseDuration(form.duration);
  if (duration === undefined) return { code: 'unknown-duration', text: form.duration.slice(0, 20) };
  if (!entitlement.durations.includes(duration))
    return { code: 'duration-not-offered', offered: entitlement.durations };
  return { entitlement, duration };
}

/** Epoch seconds of an instant that a picker could give. */
const PICKED = /^[1-9]\d{0,10}$/;

/** When it is to begin; nothing where that is at once. */
export function checkStart(
  { startsAt: written = '', emergency }: Pick<Form, 'startsAt' | 'emergency'>,
  { directory }: Pick<Bundle, 'directory'>,
  now: Instant,
): { startsAt?: Instant } | Invalid {
  if (written === '') return {};
  if (emergency) return { code: 'start-in-emergency' };
  if (!PICKED.test(written)) return { code: 'start-unreadable' };
  const startsAt = Number(written) * 1_000;
  if (startsAt <= now) return { code: 'start-past' };
  const { startWithin: within } = directory;
  return startsAt > now + within ? { code: 'start-too-far', within } : { startsAt };
}

/** The ticket; none where none is given, and none is required. */
export function checkTicket(form: Form, { directory }: Bundle): { ticket?: string } | Invalid {
  const { ticket: rule } = directory.justification;
  const such = rule?.example === undefined ? {} : { example: rule.example };
  const ticket = tidy(form.ticket ?? '');
  if (visibleLength(ticket) === 0) return rule?.required ? { code: 'ticket-required', ...such } : {};
  const pattern = rule?.pattern ?? ANY_TICKET;
  if (ticket.length > LONGEST_TICKET || !new RegExp(`^(?:${pattern})$`).test(ticket))
    return { code: 'ticket-malformed', ...such };
  return { ticket };
}

/** A person's reason as it is kept: cut where it is too long, empty where there is nothing to see. */
export function reasonText(text: string): string {
  const kept = Array.from(tidy(text)).slice(0, LONGEST_JUSTIFICATION).join('');
  return visibleLength(kept) > 0 ? kept : '';
}

/**
 * Free text as it is kept: well-formed Unicode without control characters, so that its hash survives storage, and with
 * one kind of line break.
 */
function tidy(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('utf8')
    .replace(LINE_BREAK, '\n')
    .replace(/(?![\t\n])\p{Cc}/gu, '')
    .trim();
}
