/** What the program writes its log lines with, as pino has it: details first, without secrets and without free text. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
