/** How much a test tries: little where somebody waits for it, much in CI. */
export function tries<T>(few: T, many: T): T {
  return process.env['CI'] ? many : few;
}
