import { expect } from 'chai'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import { aSet } from '../../operator/testing/build.ts'
import { injectionConfiguration } from '../../operator/webhookconfiguration/manifests.ts'
import { MUTATING_WEBHOOK_CONFIGURATIONS, NAMESPACES, PODS } from '../../runtime/client/kinds.ts'
import { schemaFaults } from '../output/testing/schemaFaults.ts'
import { startCluster, webPod } from '../testing/cluster.ts'
import type { CliCluster } from '../testing/cluster.ts'
import { MESH, WEB } from '../testing/manifests.ts'
import { runCli } from '../testing/runCli.ts'
import { whyInjected } from './whyInjected.ts'

/** What is done to the manifests -> the rule that decides, and what is told. */
const cases: Readonly<
  Record<string, readonly [mesh: string, web: string, verdict: string, told: RegExp]>
> = {
  'that passes all rules': [MESH, WEB, 'Would', /mesh: would be injected: all rules let it pass/],
  'with another label': [
    MESH,
    WEB.replaceAll('app: web', 'app: wbe'),
    'selector',
    /not injected \(selector\): the pod has app=wbe; wanted: app=web/,
  ],
  'without the label': [
    MESH.replace('app: web', 'tier: front'),
    WEB,
    'selector',
    /the pod has no label tier; wanted: tier=front/,
  ],
  'in another namespace': [
    MESH.replace(
      '  selector:',
      '  namespaceSelector:\n    matchLabels: { mesh: "on" }\n  selector:',
    ),
    WEB,
    'namespaceSelector',
    /✓ selector: the pod has app=web\n *✗ namespaceSelector: namespace shop has no label mesh; wanted: mesh=on/,
  ],
  'that opts out': [
    MESH,
    WEB.replace(
      'labels: { app: web }\n    spec',
      'labels: { app: web, baton.dev/inject: "false" }\n    spec',
    ),
    'PodOptedOut',
    /not injected \(PodOptedOut\): The pod has baton.dev\/inject: "false"; remove it/,
  ],
  'of a set that pauses injection': [
    `${MESH}  injectionStrategy: { paused: true }\n`,
    WEB,
    'InjectionPaused',
    /set spec.injectionStrategy.paused to false/,
  ],
  'in the network of its node': [
    MESH,
    WEB.replace(
      '    spec:\n      containers',
      '    spec:\n      hostNetwork: true\n      containers',
    ),
    'HostNetwork',
    /use a pod network or a ColdUpgrade/,
  ],
  'of the control plane': [
    MESH,
    WEB.replace('namespace: shop', 'namespace: kube-system'),
    'SystemNamespace',
    /Pods of the namespace kube-system are left alone/,
  ],
}

describe('why-injected', () => {
  for (const [name, [mesh, web, rule, told]] of Object.entries(cases)) {
    it(`names the rule for a pod ${name}, without a cluster`, async () => {
      const files = { '-': web, mesh }
      const text = await runCli(['why-injected', '-f', '-', '--sets', 'mesh'], { files })
      expect(text.stdout).to.match(told)
      const ran = await runCli(['why-injected', '-f', '-', '--sets', 'mesh', '-o', 'json'], {
        files,
      })
      expect(schemaFaults(whyInjected.document.schema, ran.json())).to.deep.equal([])
      const { pods } = ran.json() as { pods: { sets: { verdict: string; rule?: string }[] }[] }
      const [set] = pods[0]?.sets ?? []
      expect(set?.rule ?? set?.verdict).to.equal(rule)
    })
  }

  describe('of a pod that exists', () => {
    const webhook = { namespace: 'baton-system', caBundle: '', failurePolicy: 'Fail' } as const
    let cluster: CliCluster
    beforeEach(async () => {
      cluster = await startCluster()
      const set = {
        ...aSet(),
        metadata: { ...aSet().metadata, creationTimestamp: '2025-02-01T00:00:00Z' },
      }
      cluster.server.put(SIDECAR_SETS, set)
      cluster.server.put(NAMESPACES, { metadata: { name: 'default' } })
      const configuration = injectionConfiguration([set], webhook)
      cluster.server.put(MUTATING_WEBHOOK_CONFIGURATIONS, configuration)
    })
    afterEach(() => cluster.server.stop())

    const bare = {
      metadata: {
        name: 'web-a',
        namespace: 'default',
        labels: { app: 'web' },
        creationTimestamp: '2025-01-01T00:00:00Z',
      },
      spec: { containers: [{ name: 'app', image: 'web:1' }] },
    }

    it('tells since when it has them', async () => {
      cluster.server.put(PODS, webPod('web-a', 'proxy:1'))
      const { stdout, code } = await cluster.run('why-injected web-a')
      expect(code).to.equal(0)
      expect(stdout).to.match(/mesh: injected: the pod has revision \w{10} since 2025-01-01/)
    })

    it('knows a pod that is older than the set', async () => {
      cluster.server.put(PODS, bare)
      const { stdout } = await cluster.run('why-injected default/web-a')
      expect(stdout).to.match(
        /created at 2025-01-01.*before the set \(2025-02-01.*; delete the pod/,
      )
    })

    it('knows that the API server does not ask the webhook', async () => {
      cluster.server.remove(MUTATING_WEBHOOK_CONFIGURATIONS, { name: 'baton-injection' })
      cluster.server.put(PODS, bare)
      const { stdout } = await cluster.run('why-injected pod/web-a')
      expect(stdout).to.match(
        /not injected \(webhook\): the entry mesh.inject.baton.dev .* is not written yet/,
      )
    })

    it('works under least privilege: pods and sets', async () => {
      cluster.server.put(PODS, bare)
      cluster.server.fail({ status: 403, path: /namespaces\?|deployments|mutating/, times: 9 })
      expect((await cluster.run('why-injected web-a')).code).to.equal(0)
    })
  })
})
