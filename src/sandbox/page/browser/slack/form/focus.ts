const CAN =
  'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex="-1"])';

function stops(within: HTMLElement): HTMLElement[] {
  return [...within.querySelectorAll<HTMLElement>(CAN)].filter(
    (one) => !one.matches(':disabled') && one.getClientRects().length > 0,
  );
}

/** From the last stop Tab leads to the first, and back. */
export function keepFocus(within: HTMLElement, event: KeyboardEvent): void {
  if (event.key !== 'Tab') return;
  const all = stops(within);
  const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
  if (document.activeElement !== from && document.activeElement !== within) return;
  if (document.activeElement === within && !event.shiftKey) return;
  event.preventDefault();
  to?.focus();
}

/** The first field, or the whole where there is nothing to fill in, so that it is read from its beginning. */
export function enter(within: HTMLElement): void {
  const field = within.querySelector<HTMLElement>(
    'input:not(:disabled), select:not(:disabled), textarea:not(:disabled)',
  );
  (field ?? within).focus();
}

/** Whether somebody is at work in another part of the page, and must not be torn away from it. */
export function isElsewhere(home: Element | null): boolean {
  const { activeElement } = document;
  return activeElement !== null && activeElement !== document.body && !home?.contains(activeElement);
}
