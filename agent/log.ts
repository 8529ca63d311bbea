export type Fields = Readonly<Record<string, unknown>>

/** Messages are constant and lower-case; what varies goes into the fields. */
export interface Logger {
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
  /** A logger that adds `fields` to every line. */
  with(fields: Fields): Logger
}

/** JSON lines. @param write takes one line with its end */
export function jsonLogger(write: (line: string) => void, base: Fields = {}): Logger {
  const at =
    (level: string) =>
    (message: string, fields: Fields = {}): void => {
      const line = { time: new Date().toISOString(), level, message, ...base, ...fields }
      write(`${JSON.stringify(line, plainErrors)}\n`)
    }
  return {
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => jsonLogger(write, { ...base, ...fields }),
  }
}

/** JSON.stringify makes {} of an error. */
function plainErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value
  const cause = value.cause instanceof Error ? `: ${value.cause.message}` : ''
  return `${value.message}${cause}`
}
