import { after, before } from 'mocha'
import type { Environment } from '../environment/environment.ts'
import { openEnvironment } from '../environment/environment.ts'

const OPEN_DEADLINE_MS = 300_000

let opening: Promise<Environment> | undefined
let users = 0

/**
 * One environment for all suites of a test process, since a cluster takes longer to come up than
 * most tests run. The first suite opens it, the last one closes it.
 */
export function useEnvironment(): () => Environment {
  users += 1
  let environment: Environment | undefined
  before('open the environment', async function () {
    this.timeout(OPEN_DEADLINE_MS)
    opening ??= openEnvironment({
      name: 'e2e',
      log: (line) => process.stdout.write(`    ${line}\n`),
    })
    environment = await opening
  })
  after('close the environment', async function () {
    this.timeout(60_000)
    users -= 1
    if (users === 0) await environment?.close()
  })
  return () => {
    if (environment === undefined) throw new Error('the environment is open only inside tests')
    return environment
  }
}
