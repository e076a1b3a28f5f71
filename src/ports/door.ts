/** As Node's HTTP server gives them: names in lower case. */
export type Headers = Record<string, string | string[] | undefined>;

export interface Incoming {
  headers: Headers;
  /** The bytes as they were sent. */
  body: Buffer;
}
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Where signed requests come in: a server hands them over, and so does a Lambda. */
export interface Door {
  /** Never throws. */
  answer(incoming: Incoming): Promise<Reply>;
}

/** Bytes of one request. */
export const LARGEST_BODY = 1_000_000;
