import { shared } from '../../jest.config.js';

/** What the main configuration shares, with the mistake that JIT_MISTAKE names, if any. */
export default {
  ...shared,
  rootDir: '../..',
  setupFiles: process.env['JIT_MISTAKE'] ? ['<rootDir>/test/mistakes/setup.ts'] : [],
};
