import { useState } from 'preact/hooks';

/** A button's errand: whether it is under way, and why it could not be done. */
export function useErrand() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  async function run(errand: () => Promise<unknown>): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await errand();
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  }
  return { busy, problem, run: (errand: () => Promise<unknown>) => void run(errand) };
}

/** For people; `fetch` itself says only that it failed. */
export function sentenceOf(error: unknown): string {
  if (error instanceof TypeError) return 'The sandbox does not answer.';
  return error instanceof Error ? error.message : 'That did not work.';
}
