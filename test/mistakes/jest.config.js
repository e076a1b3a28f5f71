import main from '../../jest.config.js';

const [[files, [, options]]] = Object.entries(main.transform);

/** The main configuration, with a transformer that can put a mistake in. */
export default {
  ...main,
  rootDir: '../..',
  transform: { [files]: ['<rootDir>/test/mistakes/transform.cjs', options] },
};
