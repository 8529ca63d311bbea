import { parseArgs } from 'node:util'
import { clusterNames } from './down.ts'
import { ClusterError, down, status, statusOfAll, up } from './cluster.ts'
import type { ClusterStatus } from './cluster.ts'

const help = `A real Kubernetes cluster of one node on this machine, in namespaces of its own.

Usage: npm run cluster -- COMMAND [OPTION]...

Commands
  up          make the cluster; does nothing when it is up
  down        remove it, whatever state it is in
  status      list the clusters; exits with 1 when the named one does not run
  kubeconfig  print the path of its kubeconfig

Options
  --name NAME   the cluster; defaults to 'default' (of status: to all)
  --image FILE  up: import this OCI image archive; may be given several times
  --all         down: remove all clusters
  --json        status: for programs
  --help        this text

Environment
  BATON_CACHE   the folder of clusters and built programs; defaults to ~/.cache/baton

Examples
  npm run cluster -- up
  export KUBECONFIG=$(npm run --silent cluster -- kubeconfig)
  npm run cluster -- up --name second --image build/agent.tar
  npm run cluster -- down --all
`

class UsageError extends Error {}

async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parse(args)
  const [command, ...rest] = positionals
  if (values.help === true) return print(help)
  if (command === undefined) throw new UsageError('a command is missing')
  if (rest.length > 0) throw new UsageError(`'${rest.join(' ')}' is too much`)
  const { name } = values
  switch (command) {
    case 'up': {
      await up({ name, images: values.image, log: tell, signal })
      return 0
    }
    case 'down': {
      const names = values.all === true ? await clusterNames() : [name ?? 'default']
      for (const each of names) {
        if (!(await down({ name: each, log: tell }))) tell(`cluster '${each}' is not there`)
      }
      return 0
    }
    case 'status': {
      const found = name === undefined ? await statusOfAll() : [await status({ name })]
      print(values.json === true ? `${JSON.stringify(found, undefined, 2)}\n` : table(found))
      return name === undefined || found[0]?.kind === 'Running' ? 0 : 1
    }
    case 'kubeconfig': {
      const found = await status({ name })
      if (found.kind === 'Running') return print(`${found.cluster.kubeconfigPath}\n`)
      const remedy = `make it with: npm run cluster -- up --name ${found.name}`
      throw new ClusterError('NotRunning', `cluster '${found.name}' does not run; ${remedy}`)
    }
    default:
      throw new UsageError(`there is no command '${command}'`)
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        image: { type: 'string', multiple: true },
        all: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function table(found: readonly ClusterStatus[]): string {
  if (found.length === 0) return 'no cluster; make one with: npm run cluster -- up\n'
  const lines = found.map((each) => {
    const head = `${each.name.padEnd(16)} ${each.kind.padEnd(8)}`
    switch (each.kind) {
      case 'Running': {
        const { nodeAddress, nodePid, kubeconfigPath } = each.cluster
        return `${head} https://${nodeAddress}:6443  process ${nodePid}  ${kubeconfigPath}`
      }
      case 'Broken':
        return `${head} ${each.reason}; remove it with: down --name ${each.name}`
      case 'Absent':
        return `${head} make it with: up --name ${each.name}`
    }
  })
  return `${lines.join('\n')}\n`
}

/** Progress and errors go to standard error: standard output is for answers. */
function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

function print(text: string): 0 {
  process.stdout.write(text)
  return 0
}

const interrupt = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  // Once: a second Ctrl-C ends us at once, and the next `up` or `down` repairs.
  process.once(name, () => {
    tell('interrupted; removing what was made (once more to leave it)')
    interrupt.abort(new Error('interrupted'))
  })
}
try {
  process.exitCode = await main(process.argv.slice(2), interrupt.signal)
} catch (error) {
  tell(error instanceof Error ? error.message : String(error))
  if (error instanceof UsageError) tell('\nSee: npm run cluster -- --help')
  // 130: as shells say it of a program that Ctrl-C ended.
  process.exitCode = interrupt.signal.aborted ? 130 : error instanceof UsageError ? 2 : 1
}
