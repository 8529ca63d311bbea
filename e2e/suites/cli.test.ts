import { expect } from 'chai'
import { GenericKind, K8s, RegisterKind } from 'kubernetes-fluent-client'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { SidecarSetSpec } from '../../api/v1beta1/sidecarset.ts'
import type { Ended, Plugin } from '../environment/plugin.ts'
import { installPlugin } from '../environment/plugin.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'

/** The client finds a kind by its class. */
class SidecarSet extends GenericKind {
  declare spec: SidecarSetSpec
}
RegisterKind(SidecarSet, SIDECAR_SETS)

describe('kubectl baton', () => {
  const environment = useEnvironment()
  let app: MeshApp | undefined
  let plugin: Plugin | undefined

  afterEach(async function () {
    this.timeout(120_000)
    plugin?.remove()
    await app?.remove()
  })

  /** What a client of another make sees. */
  async function imageOf(name: string): Promise<string | undefined> {
    const before = process.env['KUBECONFIG']
    process.env['KUBECONFIG'] = environment().cluster.kubeconfigPath
    try {
      return (await K8s(SidecarSet).Get(name)).spec.containers?.[0]?.image
    } finally {
      if (before === undefined) delete process.env['KUBECONFIG']
      else process.env['KUBECONFIG'] = before
    }
  }

  it('upgrades, waits, tells, rolls back and checks, found by the real kubectl', async function () {
    this.timeout(300_000)
    const { workloads, cluster } = environment()
    const name = 'cli'
    const [old, next] = [workloads.envoy('1.38.3'), workloads.envoy('1.40.0')]
    app = await deployMesh(environment(), { name, image: old, replicas: 1 })
    const baton = installPlugin(cluster)
    plugin = baton
    const complete = async (line: string): Promise<Ended> => {
      const ended = await baton.run(line)
      expect(ended.code, `${line}: ${ended.stdout}${ended.stderr}`).to.equal(0)
      return ended
    }
    await complete(`status ${name} --for=complete --timeout 60s`)

    const refused = await baton.run(`upgrade ${name} proxy=${next} --dry-run=server -o json`)
    expect(JSON.parse(refused.stdout)).to.include({ outcome: 'DryRun' })
    expect(await imageOf(name)).to.equal(old)

    await complete(`upgrade ${name} proxy=${next} --wait --timeout 120s`)
    expect(await imageOf(name)).to.equal(next)
    const { stdout: tree } = await complete(`status ${name} --agents all`)
    expect(tree).to.match(/proxy-2 {2}serving/)
    expect((await complete(`why ${name}`)).stdout).to.match(/Complete: the only pod has revision/)
    const [pod] = await app.pods()
    const why = await complete(`why-injected ${pod?.metadata.name ?? ''} -n ${name}`)
    expect(why.stdout).to.match(new RegExp(`${name}: injected: the pod has revision`))

    await complete(`rollback ${name} --yes --wait --timeout 120s`)
    expect(await imageOf(name)).to.equal(old)

    const checked = await complete('check --all')
    expect(checked.stdout).to.match(/✓ webhook-answers/)
  })
})
