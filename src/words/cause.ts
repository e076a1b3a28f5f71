import type { Cause } from '../domain/request/state.js';

/** Why access ends, after a colon. */
export const CAUSES: Readonly<Record<Cause, string>> = {
  expired: 'time was up',
  released: 'handed back',
  revoked: 'taken back',
  failed: 'it could not be set up',
};
