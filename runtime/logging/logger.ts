import type { Writable } from 'node:stream'
import winston from 'winston'
import { describeError } from './describeError.ts'

/** What goes with a message. Messages are constant, what varies is a field. */
export type Fields = Readonly<Record<string, unknown>>

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** A structured logger: constant lower-case messages, everything that varies in fields. */
export interface Logger {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
  /** A logger that adds these fields to each of its entries. */
  with(fields: Fields): Logger
}

export interface LoggerOptions {
  /** Least level that is written. Defaults to `info`. */
  readonly level?: LogLevel
  /** Where the lines go. Defaults to standard output, where a container's log is collected. */
  readonly stream?: Writable
  /** Fields of every entry. */
  readonly fields?: Fields
}

/**
 * Creates a logger that writes one JSON object a line: `{"time", "level", "message", …fields}`.
 * A field that is an Error becomes `{name, code, message, stack, cause}`.
 *
 * @example
 * const logger = createLogger({ level: 'info' }).with({ controller: 'rollout' })
 * logger.info('revision created', { set: 'mesh', revision: 'abc' })
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const stream = options.stream ?? process.stdout
  const sink = winston.createLogger({
    level: options.level ?? 'info',
    format: winston.format.printf((info) => {
      const { level, message, ...fields } = info
      return JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })
    }),
    // winston types its own transports as an interface beside the class it asks for.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
    transports: [new winston.transports.Stream({ stream, eol: '\n' })],
  })
  return over(sink, options.fields ?? {})
}

function over(sink: winston.Logger, base: Fields): Logger {
  const write = (level: LogLevel, message: string, fields: Fields = {}): void => {
    if (!sink.isLevelEnabled(level)) return
    sink.log({ ...plain(base), ...plain(fields), level, message })
  }
  return {
    debug: (message, fields) => {
      write('debug', message, fields)
    },
    info: (message, fields) => {
      write('info', message, fields)
    },
    warn: (message, fields) => {
      write('warn', message, fields)
    },
    error: (message, fields) => {
      write('error', message, fields)
    },
    with: (fields) => over(sink, { ...base, ...fields }),
  }
}

function plain(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? describeError(value) : value,
    ]),
  )
}

/** Writes nothing: the default of every `logger` option. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentLogger,
}
