/** What keeps the program from starting, one sentence each. */
export class StartFault extends Error {
  constructor(
    readonly problems: string[],
    /** Whether an operator must fix it, or it may pass by itself. */
    readonly code: 'refused' | 'unreachable' = 'refused',
  ) {
    super(problems.join('\n'));
  }
}
