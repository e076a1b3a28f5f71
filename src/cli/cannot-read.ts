/** What keeps a command from beginning, one sentence each. */
export class CannotRead extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
  }
}
