/**
 * Where each part says what does not work for it at the moment, for whoever asks the process how it is. Anybody may read
 * it: ids and codes only, never a secret nor what people wrote.
 */
export interface Ailing {
  /** @param what one thing, always by the same name: `channel C0ACCESS`. @param code what is wrong with it */
  fails(what: string, code?: string): void;
  works(what: string): void;
}
