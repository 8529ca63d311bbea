import { parseArgs } from 'node:util'
import { down } from '../cluster/cluster.ts'
import { openEnvironment } from '../environment/environment.ts'
import { formatRows } from './row.ts'
import { removeApps, runSteps } from './steps.ts'

const CLUSTER = 'demo'

const HELP = `npm run demo -- [--json] [--keep] [--use-existing]

Brings up a real Kubernetes cluster, installs Baton, puts load on an app of three replicas and
upgrades its Envoy sidecar from one version to another while it runs; then shows a version that
cannot be pulled, one that exits at start, a rollback, and the same upgrade as a plain image change.
Exit code 0 only if Baton lost no request and the plain change lost some.

  --json   print one JSON document instead of the table (progress goes to standard error)
  --keep   leave the cluster for you to play with, and print what to try next
  --use-existing
           use the cluster that KUBECONFIG points to; e2e/README.md says what it must have
  --help

Examples
  npm run demo
  npm run --silent demo -- --json > demo.json
`

const NEXT = `
The cluster is still up. Try:
  export KUBECONFIG=$(npm run --silent cluster -- kubeconfig --name ${CLUSTER})
  kubectl get sidecarsets
  kubectl -n shop get pods
  kubectl describe sidecarset shop
  kubectl patch sidecarset shop --type json -p '[{"op":"replace","path":"/spec/containers/0/image","value":"IMAGE"}]'
  npm run cluster -- down --name ${CLUSTER}
`

/** The user's wish to end, as opposed to a failure. */
class Interruption extends Error {}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      'use-existing': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const progress = values.json ? process.stderr : process.stdout
  const write = (text: string): void => {
    progress.write(text)
  }
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      write('\nStopping and cleaning up ...\n')
      interrupted.abort(new Interruption(`interrupted by ${signal}; everything is removed`))
    })
  }
  const aborted = new Promise<never>((_, reject) => {
    interrupted.signal.addEventListener('abort', () => {
      reject(interrupted.signal.reason as Error)
    })
  })
  aborted.catch(() => undefined)

  const environment = await openEnvironment({
    name: CLUSTER,
    useExisting: values['use-existing'],
    log: (line) => {
      write(`  ${line}\n`)
    },
    signal: interrupted.signal,
  })
  let keepCluster = false
  try {
    const steps = runSteps({
      environment,
      write,
      terminal: progress.isTTY,
      signal: interrupted.signal,
    })
    const rows = await Promise.race([steps, aborted])
    if (values.json) process.stdout.write(`${JSON.stringify({ name: 'demo', rows }, null, 2)}\n`)
    else write(`\n${formatRows(rows)}\n`)
    keepCluster = values.keep
    if (keepCluster) write(NEXT)
    const lost = rows.filter(({ kind, lost }) => kind === 'baton' && lost > 0)
    const blind = rows.filter(({ kind, lost }) => kind === 'control' && lost === 0)
    for (const { name } of lost) write(`\nBaton lost requests at: ${name}\n`)
    for (const { name } of blind)
      write(`\nThe control lost nothing, so this run proves nothing: ${name}\n`)
    return lost.length + blind.length === 0 ? 0 : 1
  } finally {
    if (!environment.nodeAccess && !keepCluster) await removeApps(environment)
    await environment.close({ keepCluster })
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!process.argv.includes('--use-existing')) await down({ name: CLUSTER })
  const interrupted = error instanceof Interruption
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(interrupted ? `\n${message}\n` : `\nThe demo failed: ${message}\n`)
  process.exitCode = interrupted ? 130 : 1
}
// Loads and watches of an interrupted run may still be open; the cluster they belong to is gone.
process.exit()
