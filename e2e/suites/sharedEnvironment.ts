import { after, before } from 'mocha'
import type { Environment } from '../environment/environment.ts'
import { openEnvironment } from '../environment/environment.ts'

const OPEN_DEADLINE_MS = 300_000

let opening: Promise<Environment> | undefined

// At the top of a module this is a hook of the root suite: it runs once, after all files, also when
// a pattern has left most of them out.
after('close the environment', async function () {
  this.timeout(60_000)
  await (await opening)?.close()
})

/**
 * One environment for all suites of a test process, since a cluster takes longer to come up than
 * most tests run. The first suite that needs it opens it.
 */
export function useEnvironment(): () => Environment {
  let environment: Environment | undefined
  before('open the environment', async function () {
    this.timeout(OPEN_DEADLINE_MS)
    opening ??= openEnvironment({
      name: 'e2e',
      useExisting: process.env['BATON_USE_EXISTING'] === '1',
      log: (line) => process.stdout.write(`    ${line}\n`),
    })
    environment = await opening
  })
  return () => {
    if (environment === undefined) throw new Error('the environment is open only inside tests')
    return environment
  }
}
