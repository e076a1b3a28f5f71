import { parseDuration } from '../../../domain/duration.js';
import type { Entitlement, Millis } from '../../../domain/entitlement.js';
import type { Invalid } from '../../../domain/refusal.js';
import { LINE_BREAK, visibleLength } from '../../../domain/text.js';
import type { Bundle } from '../../../ports/policy.js';
import type { Form } from '../../../ports/front.js';

/** A justification that is longer is refused, not cut: what is on record is what was written. */
const LONGEST_TEXT = 1000;
const LONGEST_TICKET = 64;
/** Where the directory has no pattern: what ticket systems use, and nothing that reads like a sentence. */
const ANY_TICKET = '[\\w.:#/-]+';
// Typed by hand it is harmless text; a chat would send it only as a mention of everybody.
const BROADCAST = /<!(?:channel|here|everyone|subteam)\b[^>]*>/i;

interface Checked {
  entitlement: Entitlement;
  duration: Millis;
  justification: string;
  ticket?: string;
}

/** Checks a form against the catalog and the directory's rules for texts. */
export function checkForm(form: Form, { entitlements, directory }: Bundle): Checked | Invalid {
  const entitlement = entitlements.get(form.entitlement);
  if (!entitlement) return { code: 'unknown-entitlement', entitlement: form.entitlement.slice(0, 64) };
  const duration = parseDuration(form.duration);
  if (duration === undefined) return { code: 'unknown-duration', text: form.duration.slice(0, 20) };
  if (!entitlement.durations.includes(duration))
    return { code: 'duration-not-offered', offered: entitlement.durations };

  const justification = tidy(form.justification);
  const { minLength, ticket: rule } = directory.justification;
  if (visibleLength(justification) < Math.max(1, minLength))
    return { code: 'justification-too-short', minLength };
  if (Array.from(justification).length > LONGEST_TEXT)
    return { code: 'justification-too-long', maxLength: LONGEST_TEXT };
  const broadcast = BROADCAST.exec(justification);
  if (broadcast) return { code: 'justification-broadcast', found: broadcast[0].slice(0, 40) };

  const ticket = tidy(form.ticket ?? '');
  if (visibleLength(ticket) === 0) {
    if (rule?.required) return { code: 'ticket-required', pattern: rule.pattern };
    return { entitlement, duration, justification };
  }
  const pattern = rule?.pattern ?? ANY_TICKET;
  if (ticket.length > LONGEST_TICKET || !new RegExp(`^(?:${pattern})$`).test(ticket))
    return { code: 'ticket-malformed', pattern };
  return { entitlement, duration, justification, ticket };
}

/** A person's reason as it is kept: cut where it is too long, empty where there is nothing to see. */
export function reasonText(text: string): string {
  const kept = Array.from(tidy(text)).slice(0, LONGEST_TEXT).join('');
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
