import { HOUR } from '../../support/requests.js';

/** What the catalog says of extensions. */
export const TERMS = { most: 2, total: 8 * HOUR };
