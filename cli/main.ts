import { parseArgs } from 'node:util'
import { statusText } from './status.ts'

const HELP = `kubectl baton COMMAND

Commands
  status [SET]   what every SidecarSet does, or one set with each of its pods

Examples
  kubectl baton status
  kubectl baton status mesh

It uses the cluster that kubectl uses: KUBECONFIG or ~/.kube/config.
`

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  })
  const [command, name, ...rest] = positionals
  if (values.help === true || command === undefined || command === 'help') {
    process.stdout.write(HELP)
    return 0
  }
  if (command !== 'status' || rest.length > 0) {
    process.stderr.write(`kubectl baton does not know "${positionals.join(' ')}"\n\n${HELP}`)
    return 2
  }
  process.stdout.write(`${await statusText(name)}\n`)
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const { message, data } = error as { message?: string; data?: { message?: string } }
  process.stderr.write(`kubectl baton: ${data?.message ?? message ?? String(error)}\n`)
  process.exitCode = 1
}
