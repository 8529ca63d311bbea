import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openPlayground, PLAYGROUND } from './playground.ts'

const HELP = `npm run playground

Makes a real Kubernetes cluster on this machine, without Baton, for the guides: its node has the images
of Baton and two releases of Envoy. Prints what your shell has to know of it; progress goes to
standard error. Remove it with: npm run cluster -- down --name ${PLAYGROUND}

Example
  eval "$(npm run --silent playground)"
`

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
if (values.help === true) {
  process.stdout.write(HELP)
} else {
  const { cluster, programs } = await openPlayground({
    root: resolve(import.meta.dirname, '../..'),
    log: (line) => {
      process.stderr.write(`${line}\n`)
    },
  })
  process.stdout.write(`export KUBECONFIG='${cluster.kubeconfigPath}'\n`)
  process.stdout.write(`export PATH='${programs}':"$PATH"\n`)
}
