const { join } = require('node:path');
const { createTransformer } = require('@swc/jest');
const mistakes = require('./mistakes.json');

const ROOT = join(__dirname, '../..');

/** The source with the mistake in it, or as it is where the mistake belongs to another file. */
function seeded(source, path, { name, file, find, replace }) {
  if (path !== join(ROOT, file)) return source;
  const parts = source.split(find);
  if (parts.length !== 2)
    throw new Error(`"${name}": ${file} has what is to be found ${parts.length - 1} times`);
  return parts.join(replace);
}

function mistakeNamed(name) {
  const mistake = mistakes.find((one) => one.name === name);
  if (!mistake) throw new Error(`JIT_MISTAKE is "${name}", which mistakes.json does not have`);
  return mistake;
}

module.exports = {
  seeded,
  /** @swc/jest, which sees the seeded source, when it makes the key of its cache too. */
  createTransformer(options) {
    const swc = createTransformer(options);
    const mistake = mistakeNamed(process.env.JIT_MISTAKE);
    const seeing =
      (work) =>
      (source, path, ...rest) =>
        work(seeded(source, path, mistake), path, ...rest);
    return {
      ...swc,
      process: seeing(swc.process),
      processAsync: seeing(swc.processAsync),
      getCacheKey: seeing(swc.getCacheKey),
    };
  },
};
