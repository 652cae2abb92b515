import { pino } from 'pino';

/** Levels from quiet to loud. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts that go with a constant message; objects are named `namespace/name`. */
export type Fields = Readonly<Record<string, unknown>>;

/** One JSON line for each call: a constant message and its fields. */
export interface Log {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
  fatal(fields: Fields, message: string): void;
  child(fields: Fields): Log;
}

/** A log on standard output; values under these keys never appear in it. */
const SECRET_KEYS = [
  'password',
  'token',
  'authPass',
  '*.password',
  '*.token',
  '*.authPass',
  'headers.authorization',
  'headers.Authorization',
];

/** @param descriptor - 1 for standard output, 2 for standard error */
export function openLog(level: LogLevel, descriptor = 1): Log {
  const options = {
    level,
    base: null,
    messageKey: 'msg',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError },
    redact: { paths: SECRET_KEYS, censor: '[redacted]' },
  };
  return pino(options, pino.destination({ dest: descriptor, sync: true }));
}

/** What a log line says of an error: its class, words and stack, not its other fields, which may hold whole objects. */
export function describeError(error: unknown): Fields {
  if (!(error instanceof Error)) return { message: String(error) };
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { type: error.name, message: error.message, stack: error.stack, ...cause };
}

const nothing = (): void => {};

/** A log that says nothing, for tests and commands that print their own output. */
export const silentLog: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  child: () => silentLog,
};
