import { pino, type DestinationStream, type Logger } from 'pino';

/** Names under which a secret could come along, wherever a log line is built (invariant 9). */
const SECRETS = [
  'token',
  'botToken',
  'appToken',
  'signingSecret',
  'secretAccessKey',
  'sessionToken',
  'SecretAccessKey',
  'SessionToken',
  'consoleUrl',
  'authorization',
  'Authorization',
];

/**
 * Structured logs on standard output, one JSON object a line, without secrets and without payloads.
 * @param level the least level that is written
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths, censor: '[redacted]' },
    serializers: { err: describe },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Of an error only what names the fault: clients hang whole requests and answers on theirs. */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { name: 'unknown', message: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code.slice(0, 100) } : {};
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return {
    name: error.name,
    ...code,
    message: error.message.slice(0, 300),
    stack: frames.slice(0, 8).join('\n'),
    ...(error.cause instanceof Error && { cause: describe(error.cause) }),
  };
}

/**
 * An error that no code caught ends the process with a line of our own: Node and Lambda's runtime would log the whole error,
 * with all that a client has hung on it (invariant 9).
 */
export function endAfterSurprise(
  log: Logger = createLog('info'),
  on: Pick<NodeJS.Process, 'prependListener' | 'exit'> = process,
): void {
  const end = (err: unknown) => {
    log.fatal({ err }, 'unexpected; ending, so that another process goes on');
    on.exit(1);
  };
  // Before those of Lambda's runtime.
  on.prependListener('uncaughtException', end);
  on.prependListener('unhandledRejection', end);
}
