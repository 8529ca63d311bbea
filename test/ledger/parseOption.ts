import { LedgerError } from './error.ts'

/** The option as a record of one field; empty when it is absent. */
export function field<Name extends string, T>(
  name: Name,
  value: unknown,
  parse: (value: unknown) => T,
): Partial<Record<Name, T>> {
  const record: Partial<Record<Name, T>> = {}
  if (value !== undefined) record[name] = parse(value)
  return record
}

export function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw bad(name, 'is not an object')
  return value as Readonly<Record<string, unknown>>
}

export function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw bad(name, 'is not a list')
  return value
}

export function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw bad(name, 'is not a text')
  return value
}

export function positive(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value
  throw bad(name, `is ${JSON.stringify(value)}, not a number above 0`)
}

export function notNegative(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  throw bad(name, `is ${JSON.stringify(value)}, not a number from 0`)
}

export function bad(name: string, problem: string): LedgerError {
  return new LedgerError('LEDGER_BAD_OPTION', `load option ${name} ${problem}`)
}
