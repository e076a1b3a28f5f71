import projects from './test/projects.cjs';

// The program says in one line which Node.js is recommended; here the AWS SDK would say it in five for each test file.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const swc = (parser) => ({
  jsc: { parser, target: 'es2022', transform: { react: { runtime: 'automatic', importSource: 'preact' } } },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
});

/** What the tests of every project share. */
export const shared = {
  testEnvironment: '<rootDir>/test/support/environment.cjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', swc({ syntax: 'typescript' })],
    '^.+\\.tsx$': ['@swc/jest', swc({ syntax: 'typescript', tsx: true })],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // Ends what hangs, and says nothing of what is slow: other processes share the machine. No test has a limit of its own.
  testTimeout: 600_000,
};

/** @type {import('jest').Config} */
export default {
  // By default one core stays idle, and of two that is half.
  maxWorkers: '100%',
  // Of a project's own, jest takes no notice.
  testTimeout: shared.testTimeout,
  projects: Object.entries(projects.testFiles()).map(([displayName, files]) => ({
    ...shared,
    displayName,
    testMatch: files.map((file) => `<rootDir>/test/${file}`),
    ...(displayName === 'outside' && { globalSetup: '<rootDir>/test/support/built.ts' }),
  })),
};
