import { runAgent } from './agent.ts'
import { systemClock } from './clock.ts'
import { podFields, readAnnotation, readConfig } from './config.ts'
import { presentFamilies } from './interception/iptables/backend.ts'
import { runProgram } from './interception/iptables/program.ts'
import { prepareNetwork } from './interception/prepare.ts'
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
  if (process.argv[2] === 'iptables') await prepare()
  else await runAgent({ config: readConfig(process.env), log, clock: systemClock }, stopping.signal)
} catch (error) {
  // The launcher starts the agent anew; the state on disk is all it needs.
  log.error('agent failed', { error })
  process.exitCode = 1
}
process.exit()

/** The same program as the init container `baton-iptables`. */
async function prepare(): Promise<void> {
  const annotation = readAnnotation(process.env)
  await prepareNetwork({ annotation, families: presentFamilies(), run: runProgram, log })
}
