import type { LogLevel } from '../logging/logger.ts'

/** Variables by name, as in process.env. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The environment is not what the manifest gives; `variable` is the one to correct. */
export class EnvironmentError extends Error {
  readonly code = 'BATON_ENVIRONMENT'
  readonly variable: string

  constructor(variable: string, problem: string) {
    super(`environment variable ${variable} ${problem}`)
    this.name = 'EnvironmentError'
    this.variable = variable
  }
}

const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/**
 * Readers of one variable each. A variable that is absent has its default; one that is wrong is an
 * EnvironmentError that names variable, value and remedy.
 */
export function readerOf(environment: Environment) {
  const oneOf = <T extends string>(name: string, choices: readonly T[], byDefault: T): T => {
    const text = environment[name] ?? byDefault
    const found = choices.find((one) => one === text)
    if (found !== undefined) return found
    throw new EnvironmentError(name, `is '${text}'; use one of ${choices.join(', ')}`)
  }
  const wholeNumber = (name: string, least: number, most: number, byDefault: number): number => {
    const text = environment[name]
    if (text === undefined) return byDefault
    const value = Number(text)
    if (text !== '' && Number.isInteger(value) && value >= least && value <= most) return value
    throw new EnvironmentError(name, `is '${text}'; use a whole number from ${least} to ${most}`)
  }
  return {
    /** @throws EnvironmentError when it is absent or empty */
    required: (name: string): string => {
      const value = environment[name] ?? ''
      if (value === '') throw new EnvironmentError(name, 'is not set; set it')
      return value
    },
    text: (name: string, byDefault: string): string => environment[name] ?? byDefault,
    oneOf,
    wholeNumber,
    logLevel: (): LogLevel => oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    /** 0 is for tests: any free port. */
    port: (name: string, byDefault: number) => wholeNumber(name, 0, 65_535, byDefault),
    /** Whole seconds, in milliseconds. */
    seconds: (name: string, least: number, byDefault: number): number =>
      1_000 * wholeNumber(name, least, MOST_SECONDS, byDefault),
  }
}

/** Ten years. */
const MOST_SECONDS = 10 * 365 * 86_400
