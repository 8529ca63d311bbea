import type { DrainMethod } from './process.ts'
import { stopProcess } from './process.ts'

/**
 * SIGQUIT to the master, which passes it on. Its workers stop accepting and finish what they have
 * begun. What becomes of idle connections is in the hands of nginx alone: see README.md.
 */
export const nginxMethod: DrainMethod = {
  begin: (process, limitSeconds) => stopProcess(process, limitSeconds, 'QUIT'),
}
