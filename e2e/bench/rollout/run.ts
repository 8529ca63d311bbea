import { readFileSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { KRUISE_VERSION } from '../../../build/setup/kruiseProgram.ts'
import { readConfig } from '../../cluster/config.ts'
import { buildKubernetes } from '../../cluster/kubernetes/build.ts'
import { measureRollout } from './measure.ts'
import { parseOptions } from './options.ts'
import { prepareNetwork } from './plane/network.ts'
import { batonProduct } from './products/baton.ts'
import { openKruiseProduct } from './products/openKruise.ts'
import { formatRows } from './page.ts'
import type { RolloutDocument, RolloutRow } from './row.ts'
import { startWorld } from './world.ts'

/** Measures; main.ts has put this program into namespaces of its own. */
const options = parseOptions(process.argv.slice(2))
const { cacheDir } = readConfig()
const log = (line: string): void => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`)
}
await prepareNetwork()
const kubernetes = await buildKubernetes({ outDir: cacheDir, log })
const products = [
  ...(options.baton ? [batonProduct(options.operator)] : []),
  ...(options.peer ? [openKruiseProduct(cacheDir)] : []),
]
const rows: RolloutRow[] = []
for (const pods of options.pods) {
  for (const product of products) {
    log(`${product.name}, ${pods} pods`)
    const directory = join(tmpdir(), `baton-bench-rollout-${process.pid}`)
    const nodes = options
    const programs = kubernetes.dir
    const world = await startWorld({ product, pods, programs, directory, nodes, log })
    try {
      for (const [index, maxUnavailable] of options.maxUnavailable.entries()) {
        const { deadlineMs } = options
        const own = { product, pods, maxUnavailable, upgrade: index + 1, deadlineMs, log }
        const row = await measureRollout({ ...world, ...own })
        rows.push(row)
        log(`${row.completed ? 'done' : 'GIVEN UP'}: ${formatRows([row]).split('\n').at(-1) ?? ''}`)
        if (row.completed) continue
        log(world.installed.operator.lastLines())
        break
      }
    } finally {
      await world.stop()
    }
  }
}
const { restartMs, pullMs, handoverMs, operator } = options
const document: RolloutDocument = {
  name: 'rollout',
  at: new Date().toISOString(),
  machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
  versions: {
    Baton: packageVersion(),
    ...(options.peer ? { OpenKruise: KRUISE_VERSION } : {}),
    Kubernetes: kubernetes.version,
    Node: process.version,
  },
  terms: { restartMs, pullMs, handoverMs, operator },
  rows,
}
process.stdout.write(
  options.json ? `${JSON.stringify(document, null, 2)}\n` : `${formatRows(rows)}\n`,
)

function packageVersion(): string {
  const file = resolve(import.meta.dirname, '../../../package.json')
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }
  return version
}
