import { shared } from '../../jest.config.js';

const [[files, [, options]]] = Object.entries(shared.transform);

/** What the main configuration shares, with a transformer that can put a mistake in. */
export default {
  ...shared,
  rootDir: '../..',
  transform: { [files]: ['<rootDir>/test/mistakes/transform.cjs', options] },
};
