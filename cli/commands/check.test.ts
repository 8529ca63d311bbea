import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import { definitions } from '../../crds/definitions.ts'
import { agentSays, aHandover } from '../../operator/testing/build.ts'
import { createCa } from '../../runtime/certificates/x509.ts'
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  LEASES,
  NODES,
  PODS,
} from '../../runtime/client/kinds.ts'
import { checks } from '../check/checks.ts'
import type { CheckResult } from '../check/result.ts'
import { hintOf } from '../check/result.ts'
import { schemaFaults } from '../output/testing/schemaFaults.ts'
import { startCluster, webPod } from '../testing/cluster.ts'
import type { CliCluster } from '../testing/cluster.ts'
import { certificateUntil } from '../testing/certificate.ts'
import {
  configure,
  DAY_MS,
  definitionOf,
  deployment,
  install,
  lease,
  node,
  NOW,
  serveWebhook,
  webhooks,
} from '../testing/checkedInstallation.ts'
import { check } from './check.ts'

type Spoil = (cluster: CliCluster) => Promise<void> | void
type Case = readonly [id: string, status: CheckResult['status'], spoil: Spoil, told: RegExp]

const old = node('node-old', '4.19.0-21-amd64')
const cases: Readonly<Record<string, Case>> = {
  'an API server without resize in place': [
    'kubernetes-version',
    'Warning',
    ({ server }) => {
      server.serve('/version', { gitVersion: 'v1.31.2' })
    },
    /v1.31.2 cannot resize slots in place/,
  ],
  'a node with an old kernel': [
    'node-kernels',
    'Failed',
    ({ server }) => void server.put(NODES, old),
    /node-old of 2 nodes have a kernel before 5.9/,
  ],
  'a node of another architecture': [
    'node-architectures',
    'Warning',
    ({ server }) => void server.put(NODES, node('node-s', '6.1.0', 's390x')),
    /node-s are neither amd64 nor arm64/,
  ],
  'a kind that is not served': [
    'definitions',
    'Failed',
    ({ server }) => {
      server.remove(CUSTOM_RESOURCE_DEFINITIONS, { name: 'sidecarsets.baton.dev' })
    },
    /sidecarsets.baton.dev is not served/,
  ],
  'a kind with the schema of another release': [
    'definitions',
    'Warning',
    ({ server }) => {
      const [first] = definitions
      const versions = [
        { ...first.spec.versions[0], schema: { openAPIV3Schema: { type: 'object' } } },
      ]
      server.put(CUSTOM_RESOURCE_DEFINITIONS, definitionOf(first, { versions }))
    },
    /sidecarsets.baton.dev has another schema/,
  ],
  'an operator that does not start': [
    'operator-ready',
    'Failed',
    ({ server }) => void server.put(DEPLOYMENTS, deployment('baton-operator', 0)),
    /none of 2 replicas of baton-operator is ready/,
  ],
  'a webhook with one replica': [
    'webhook-ready',
    'Warning',
    ({ server }) => void server.put(DEPLOYMENTS, deployment('baton-webhook', 1)),
    /1 of 2 replicas of baton-webhook are ready/,
  ],
  'a lease that nobody renews': [
    'leader',
    'Failed',
    ({ server }) => void server.put(LEASES, lease('2025-01-01T00:00:00.000000Z')),
    /operator-a renewed the lease 600 s ago/,
  ],
  'a CA that ends in a day': [
    'certificates',
    'Warning',
    async (cluster) => {
      const signer = await createCa('baton', NOW - DAY_MS, 2.5 * DAY_MS)
      configure(cluster, signer.certificate)
      await serveWebhook(cluster, { signer })
    },
    /valid for 1 more days, until 2025-01-02/,
  ],
  'a CA that has ended': [
    'certificates',
    'Failed',
    async (cluster) => {
      configure(cluster, await certificateUntil(new Date('2024-12-30')))
    },
    /was valid until 2024-12-30/,
  ],
  'a webhook with a certificate of another CA': [
    'serving-certificate',
    'Failed',
    async (cluster) =>
      serveWebhook(cluster, { signer: await createCa('baton', NOW - DAY_MS, 9 * DAY_MS) }),
    /does not trust the certificate of baton-webhook-1: it is of another CA/,
  ],
  'a set without its entry in the webhook configuration': [
    'injection',
    'Failed',
    (cluster) => {
      configure(cluster, undefined, [])
    },
    /mesh.inject.baton.dev .* is not written yet: pods of 1 SidecarSets/,
  ],
  'a webhook that cannot be reached': [
    'webhook-answers',
    'Failed',
    ({ server }) => {
      server.clearFaults()
      server.fail({
        method: 'POST',
        status: 500,
        message: 'failed calling webhook "x": connection refused',
        times: 9,
      })
    },
    /the API server cannot call the webhook/,
  ],
  'a webhook that is not asked': [
    'webhook-answers',
    'Failed',
    ({ server }) => {
      server.clearFaults()
    },
    /that must be refused was taken/,
  ],
  'an operator of another release': [
    'versions',
    'Warning',
    ({ server }) =>
      void server.put(DEPLOYMENTS, deployment('baton-operator', 2, 'baton.dev/operator:v0.9.0')),
    /baton.dev\/operator:v0.9.0/,
  ],
  'an agent that does not run': [
    'agents-run',
    'Failed',
    ({ server }) => {
      const pod = webPod('web-b', 'proxy:1')
      const containerStatuses = pod.status?.containerStatuses?.map((one) =>
        one.name === 'baton-agent' ? { ...one, state: { waiting: { reason: 'x' } } } : one,
      )
      server.put(PODS, { ...pod, status: { ...pod.status, containerStatuses } } as never)
    },
    /agents of default\/web-b do not run/,
  ],
  'an agent that does not answer': [
    'agents-answer',
    'Warning',
    ({ server }) => void server.put(PODS, webPod('web-b', 'proxy:1')),
    /default\/web-b of 2 pods that were asked do not answer/,
  ],
  'a listener that nobody reads': [
    'queues',
    'Failed',
    ({ server }) => {
      const { containers, ...status } = agentSays(aHandover('r-1'))
      const stuckQueues = [{ address: '0.0.0.0:80', waiting: 7, seconds: 9 }]
      const proxy = { ...containers['proxy'], stuckQueues }
      server.serve('/api/v1/namespaces/default/pods/web-a:15020/proxy/status', {
        ...status,
        containers: { proxy },
      })
    },
    /default\/web-a proxy: 7 connections wait at 0.0.0.0:80 for 9 s/,
  ],
  'a pod whose set is gone': [
    'orphans',
    'Warning',
    ({ server }) => {
      server.remove(SIDECAR_SETS, { name: 'mesh' })
    },
    /default\/web-a have sidecars of a SidecarSet that is gone/,
  ],
  'agents of another release': [
    'agent-versions',
    'Warning',
    ({ server }) => {
      const pod = webPod('web-b', 'proxy:1')
      const containers = pod.spec?.containers.map((one) =>
        one.name === 'baton-agent' ? { ...one, image: 'agent:0' } : one,
      )
      server.put(PODS, { ...pod, spec: { ...pod.spec, containers } } as never)
    },
    /agent:0 in 1/,
  ],
}

describe('check', () => {
  let cluster: CliCluster
  beforeEach(async () => {
    cluster = await startCluster()
    await install(cluster)
    const pod = webPod('web-a', 'proxy:1')
    const containers = pod.spec?.containers.map((one) =>
      one.name === 'baton-agent' ? { ...one, image: 'agent:1' } : one,
    )
    cluster.server.put(PODS, { ...pod, spec: { ...pod.spec, containers } } as never)
    const message = 'admission webhook "validate" denied the request: spec.selector is {}'
    cluster.server.fail({ method: 'POST', status: 403, message, times: 99 })
  })
  afterEach(async () => {
    for (const webhook of webhooks.splice(0)) webhook.close()
    await cluster.server.stop()
  })

  const results = async (): Promise<readonly CheckResult[]> => {
    const ran = await cluster.run('check -o json', { nowMs: NOW })
    expect(schemaFaults(check.document.schema, ran.json())).to.deep.equal([])
    return (ran.json() as { results: readonly CheckResult[] }).results
  }

  it('is short when all is well', async () => {
    const { stdout, code } = await cluster.run('check', { nowMs: NOW })
    expect(stdout).to.equal(`${checks.length} of ${checks.length} checks are well\n`)
    expect(code).to.equal(0)
  })

  it('lists pods once: there may be ten thousand', async () => {
    await cluster.run('check', { nowMs: NOW })
    const lists = cluster.server.requests.filter(({ path }) => path === '/api/v1/pods')
    expect(lists).to.have.length(1)
  })

  for (const [name, [id, status, spoil, told]] of Object.entries(cases)) {
    it(`finds ${name}`, async () => {
      await spoil(cluster)
      const found = (await results()).find((one) => one.id === id)
      expect(found, id).to.include({ status, hint: hintOf(id) })
      expect(found?.sentence).to.match(told)
      const { code } = await cluster.run('check', { nowMs: NOW })
      expect(code).to.equal(status === 'Failed' ? 1 : 0)
    })
  }

  it('has a case in which each check does not pass', () => {
    const ids = new Set(Object.values(cases).map(([id]) => id))
    expect([...ids].sort()).to.deep.equal(checks.map(({ id }) => id).sort())
  })

  it('names sections that are there, and each section is of a check', () => {
    const page = readFileSync(new URL('../../docs/checks.md', import.meta.url), 'utf8')
    const sections = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title)
    expect(sections).to.deep.equal(checks.map(({ id }) => id))
  })

  it('skips what may not be looked at, and says so', async () => {
    cluster.server.clearFaults()
    cluster.server.fail({ status: 403, path: /nodes/, times: 9 })
    const kernels = (await results()).find(({ id }) => id === 'node-kernels')
    expect(kernels).to.include({ status: 'Skipped' })
    expect(kernels?.sentence).to.match(/GET \/api\/v1\/nodes/)
  })

  const served: Readonly<Record<string, readonly [CheckResult['status'], Spoil, RegExp]>> = {
    'is for another name': [
      'Failed',
      (world) => serveWebhook(world, { name: 'other.svc' }),
      /is for DNS:other.svc and not for baton-webhook.baton-system.svc/,
    ],
    'has ended': [
      'Failed',
      (world) => serveWebhook(world, { from: NOW - 2 * DAY_MS, lifetimeMs: DAY_MS }),
      /was valid until 2024-12-31T00:10:00/,
    ],
    'is of the future': [
      'Failed',
      (world) => serveWebhook(world, { from: NOW + DAY_MS }),
      /is valid from 2025-01-02T00:05:00/,
    ],
    'is not renewed': [
      'Warning',
      (world) => serveWebhook(world, { from: NOW - DAY_MS + 3_600_000 }),
      /is not renewed: it is valid for 1 hour, until/,
    ],
    'is not shown, for nobody speaks TLS': [
      'Failed',
      ({ server }) => {
        const ref = { namespace: 'baton-system', name: 'baton-webhook-1' }
        server.forward(ref, 9443, Number(new URL(server.url).port))
      },
      /baton-webhook-1 serves no TLS on port 9443/,
    ],
    'may not be looked at': [
      'Skipped',
      ({ server }) => {
        server.fail({ status: 403, path: /portforward/, times: 9 })
      },
      /^unknown: .* it needs create pods\/portforward/,
    ],
    'cannot be looked at': [
      'Skipped',
      ({ server }) => {
        server.fail({ status: 500, path: /portforward/, times: 9 })
      },
      /^unknown: the API server makes no connection to pod baton-system\/baton-webhook-1/,
    ],
  }
  for (const [name, [status, spoil, told]] of Object.entries(served)) {
    it(`says so when the certificate of a webhook ${name}`, async () => {
      await spoil(cluster)
      const found = (await results()).find(({ id }) => id === 'serving-certificate')
      expect(found?.sentence).to.match(told)
      expect(found).to.include({ status, hint: hintOf('serving-certificate') })
    })
  }

  it('reads no Secret', async () => {
    await results()
    const paths = cluster.server.requests.map(({ path }) => path)
    expect(paths.filter((path) => path.includes('secrets'))).to.deep.equal([])
    expect(paths.some((path) => path.endsWith('/portforward'))).to.equal(true)
  })

  it('looks at one phase when it is asked to', async () => {
    const ran = await cluster.run('check --pre -o jsonpath={.results[*].phase}')
    expect(ran.stdout).to.equal('pre pre pre')
  })

  it('ends with 7 when the API server is away', async () => {
    cluster.server.clearFaults()
    cluster.server.fail({ status: 503, times: 99 })
    expect((await cluster.run('check')).code).to.equal(7)
  })
})
