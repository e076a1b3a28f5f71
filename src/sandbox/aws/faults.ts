/** What can be made to go wrong with a call. */
export type CallFault =
  | { fail: string; status?: number; message?: string }
  /** The call takes effect, and the connection breaks before the answer. */
  | 'drop'
  | { delay: number };

export interface Faults {
  /** The next `times` calls of `action` (`PutUserPolicy`, or `*`) go wrong in this way. */
  add(action: string, fault: CallFault, times?: number): void;
  /** Takes what is next for this call. */
  take(action: string): CallFault | undefined;
  clear(): void;
}

export function faults(): Faults {
  let waiting: { action: string; fault: CallFault; times: number }[] = [];
  return {
    add: (action, fault, times = 1) => void waiting.push({ action, fault, times }),
    take(action) {
      const next = waiting.find((one) => one.action === action || one.action === '*');
      if (!next) return undefined;
      next.times -= 1;
      waiting = waiting.filter((one) => one.times > 0);
      return next.fault;
    },
    clear: () => void (waiting = []),
  };
}
