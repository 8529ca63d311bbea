import { expect } from 'chai'
import { GenericKind, K8s, RegisterKind } from 'kubernetes-fluent-client'
import { delimiter, dirname } from 'node:path'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { SidecarSetSpec } from '../../api/v1beta1/sidecarset.ts'
import { firstMissing, isTyped, outputsOf, shownOf } from '../../test/documentation/blocks.ts'
import { readBlocks, ROOT, typedPages } from '../../test/documentation/pages.ts'
import { runbookPage } from '../../test/documentation/runbooks.ts'
import { runPage } from '../../test/documentation/runPage.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { down } from '../cluster/cluster.ts'
import type { Playground } from './playground.ts'
import { openPlayground, PLAYGROUND } from './playground.ts'
import { offerPrometheus } from './prometheus.ts'

const PAGE_DEADLINE_MS = 240_000
/** What a reader of the failure needs; the rest is what went well. */
const LAST_WORDS = 4_000

/** What a page supposes that its reader has. Each gives its end. */
const SUPPOSED: Readonly<Record<string, (cluster: Cluster) => Promise<() => Promise<void>>>> = {
  'docs/guides/canary-with-prometheus.md': offerPrometheus,
}

/** The client finds a kind by its class. */
class SidecarSet extends GenericKind {
  declare spec: SidecarSetSpec
}
RegisterKind(SidecarSet, SIDECAR_SETS)

describe('README and guides, typed as they stand', function () {
  this.timeout(PAGE_DEADLINE_MS + 140_000)
  let playground: Playground
  /** What follows a page builds on it. */
  let failed: string | undefined

  before('a cluster without Baton, as the first guide makes it', async function () {
    // Nodes of another cluster cannot be given the images that the pages name.
    if (process.env['BATON_USE_EXISTING'] === '1') this.skip()
    const log = (line: string): void => void process.stdout.write(`    ${line}\n`)
    playground = await openPlayground({ root: ROOT, log })
  })
  after('remove it', async () => {
    if (process.env['BATON_USE_EXISTING'] === '1') return
    await down({ name: PLAYGROUND })
  })

  const pages = typedPages().map((page) => ({ page, blocks: readBlocks(page) }))
  // The last page removes Baton.
  const runbooks = { page: 'docs/runbooks', blocks: runbookPage() }
  for (const { page, blocks } of pages.toSpliced(-1, 0, runbooks)) {
    const count = blocks.filter((block) => isTyped(block) && block.notRun === undefined).length
    if (count === 0) continue
    it(`work: ${page}, ${count} blocks`, async () => {
      if (failed !== undefined) throw new Error(`it goes on from ${failed}, which failed`)
      failed = page
      const { programs, cluster } = playground
      // The first line of the plugin asks for the node of PATH: the one that runs this.
      const path = [programs, dirname(process.execPath), process.env['PATH']].join(delimiter)
      const environment = { PATH: path, KUBECONFIG: cluster.kubeconfigPath }
      const options = { page, blocks, root: ROOT, environment, deadlineMs: PAGE_DEADLINE_MS }
      const takeAway = await SUPPOSED[page]?.(cluster)
      const { code, output, seconds } = await runPage(options).finally(takeAway)
      process.stdout.write(`      ${page}: ${count} blocks in ${seconds.toFixed(1)} s\n`)
      expect(code, output.slice(-LAST_WORDS)).to.equal(0)
      const outputs = outputsOf(output)
      for (const shown of shownOf(blocks)) {
        const printed = outputs.get(shown.typed) ?? ''
        expect(firstMissing(printed, shown), `${page}:${shown.line}: ${printed}`).to.equal(
          undefined,
        )
      }
      if (page === 'README.md')
        expect(await imageOf('mesh')).to.equal('registry.example/envoy:1.38.3')
      failed = undefined
    })
  }

  /** What a client of another make sees. */
  async function imageOf(name: string): Promise<string | undefined> {
    const before = process.env['KUBECONFIG']
    process.env['KUBECONFIG'] = playground.cluster.kubeconfigPath
    try {
      return (await K8s(SidecarSet).Get(name)).spec.containers?.[0]?.image
    } finally {
      if (before === undefined) delete process.env['KUBECONFIG']
      else process.env['KUBECONFIG'] = before
    }
  }
})
