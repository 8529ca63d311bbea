import { ask } from '../http/ask.ts'
import type { DrainMethod } from './process.ts'
import { expectEnd } from './process.ts'

/** A request to the process itself, whose port is its own even while two of them run. */
export function httpMethod(request: {
  readonly method: string
  readonly port: number
  readonly path: string
}): DrainMethod {
  return {
    async begin(process, limitSeconds) {
      // First, for it may end before it has answered.
      await expectEnd(process, limitSeconds)
      try {
        await ask({ ...request, port: process.portOf(request.port) })
      } catch (error) {
        if (!process.told || !isRefused(error)) throw error
        // It was asked by an agent that was killed then, and has closed this port with the others.
      }
    },
  }
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'
}
