import { runAgent } from './agent.ts'
import { systemClock } from './clock.ts'
import { podFields, readConfig } from './config.ts'
import { jsonLogger } from './log.ts'

const log = jsonLogger((line) => {
  process.stdout.write(line)
}, podFields(process.env))
const stopping = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.on(name, () => {
    stopping.abort()
  })
}

try {
  await runAgent({ config: readConfig(process.env), log, clock: systemClock }, stopping.signal)
} catch (error) {
  // The launcher starts the agent anew; the state on disk is all it needs.
  log.error('agent failed', { error })
  process.exitCode = 1
}
process.exit()
