import type { DestinationStream, Logger } from 'pino';
import type { Outside } from '../outside.js';
import { StartFault } from '../wiring/late-part.js';
import type { Millis } from '../../domain/entitlement.js';
import { trapped } from '../../policy/cedar/cedar.js';

/** Of what Lambda says about an invocation, what we read. */
export interface Invocation {
  invokedFunctionArn?: string;
  getRemainingTimeInMillis?: () => Millis;
}

/** What a function is put into. What is absent is the real thing; tests put something else there. */
export interface Container extends Pick<Outside, 'now'>, Partial<Pick<Outside, 'end'>> {
  /** The folder of the bundle: the policies lie beside it. */
  here: string;
  /** Default: the process's own. */
  env?: NodeJS.ProcessEnv;
  /** Where the log goes; default: standard output. */
  destination?: DestinationStream;
  /** What only a new process can mend. */
  fault?: () => string | undefined;
}

/** By then nothing new is begun, so that what is in hand ends before Lambda ends the process. */
const FAREWELL: Millis = 10_000;
/** Lambda's runtime sends an answer only after the handler has given it. */
const SENT: Millis = 50;

/** The account that the function itself runs in, without asking STS. */
export function accountOf({ invokedFunctionArn = '' }: Invocation): string | undefined {
  return /^arn:[\w-]+:lambda:[\w-]+:(\d{12}):/.exec(invokedFunctionArn)?.[1];
}

export function timeLeft({ getRemainingTimeInMillis }: Invocation): boolean {
  return getRemainingTimeInMillis === undefined || getRemainingTimeInMillis() > FAREWELL;
}

/** The line that an alarm listens for. No problem repeats a secret. */
export function cannotStart(log: Logger, error: unknown): void {
  if (error instanceof StartFault) log.fatal({ problems: error.problems }, 'jit cannot start');
  else log.fatal({ err: error }, 'jit cannot start');
}

/** After a trap of Cedar's everything is denied for ever: this container ends, and Lambda starts another. */
export function endIfTrapped(log: Logger, { fault = trapped, end = endSoon }: Container): void {
  const why = fault();
  if (why === undefined) return;
  log.fatal({ fault: why }, 'everything is denied until this process is started anew');
  end();
}

const endSoon = () => void setTimeout(() => process.exit(1), SENT);
