export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Friday, 20 November 2026: ten o'clock in London, eleven in Berlin. */
export const FRIDAY = Date.UTC(2026, 10, 20, 10);
