import type { DrainMethod } from './process.ts'
import { stopProcess } from './process.ts'

/** The process knows by itself what to do with the signal, and ends when it has done it. */
export function signalMethod({ name }: { readonly name: string }): DrainMethod {
  return { begin: (process, limitSeconds) => stopProcess(process, limitSeconds, name) }
}
