import { expect } from 'chai'
import type { anything } from 'fast-check'
import {
  assert,
  asyncProperty,
  constant,
  constantFrom,
  dictionary,
  jsonValue,
  oneof,
  record,
  string,
} from 'fast-check'
import { gatewayWith } from '../api/gateway/testing/build.ts'
import { SIDECAR_SETS } from '../api/v1beta1/kinds.ts'
import { NAMESPACES } from '../runtime/client/kinds.ts'
import { hotContainer, pod, sidecarSet } from './inject/testing/build.ts'
import type { StartedWebhook } from './testing/startWebhook.ts'
import { startWebhook } from './testing/startWebhook.ts'

const PATHS = [
  '/inject',
  '/default-sidecarset',
  '/validate-sidecarset',
  '/default-trafficinterception',
  '/validate-trafficinterception',
  '/default-ingressgateway',
  '/validate-ingressgateway',
  '/gateway-pod',
] as const

/** Every field that is there may be anything instead; fields that are not there may be. */
function spoiled(value: unknown): ReturnType<typeof anything> {
  const rubbish = jsonValue({ maxDepth: 2 })
  if (typeof value !== 'object' || value === null) {
    return oneof({ weight: 9, arbitrary: constant(value) }, { weight: 1, arbitrary: rubbish })
  }
  if (Array.isArray(value)) {
    const [first] = value as readonly unknown[]
    return oneof(
      { weight: 9, arbitrary: spoiled(first).map((one) => [one]) },
      { weight: 1, arbitrary: rubbish },
    )
  }
  const fields = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, spoiled(inner)]),
  )
  return oneof(
    { weight: 19, arbitrary: record(fields, { requiredKeys: [] }) },
    { weight: 1, arbitrary: rubbish },
  )
}

const container = {
  ...hotContainer(),
  env: [{ name: 'A', value: '$(B)' }],
  ports: [{ name: 'http', containerPort: 8080 }],
  volumeMounts: [{ name: 'data', mountPath: '/data', subPathExpr: '$(A)' }],
  resources: { limits: { cpu: '1' }, requests: { memory: '1Gi' } },
  readinessProbe: { httpGet: { path: '/', port: 'http' } },
  shareVolumePolicy: { type: 'enabled' },
  transferEnv: [{ sourceContainerName: 'app', envName: 'A' }],
  resourcesPolicy: {
    targetContainersNameRegex: '.*',
    resourcesExpr: { limits: { cpu: 'cpu*50%' } },
  },
}
const objects = [
  { kind: 'Pod', ...pod({ containers: [container], volumes: [{ name: 'data', emptyDir: {} }] }) },
  {
    ...sidecarSet({
      containers: [{ ...hotContainer(), resourcesPolicy: container.resourcesPolicy }],
      volumes: [{ name: 'data', emptyDir: {} }],
      updateStrategy: { partition: '10%', selector: { matchLabels: { a: 'b' } } },
      injectionStrategy: { revision: { revisionName: 'mesh-1', policy: 'Partial' } },
      patchPodMetadata: [{ annotations: { 'example.com/a': 'b' } }],
    }),
  },
  {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'TrafficInterception',
    metadata: { name: 'shop', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'shop' } },
      nodeSelector: { zone: 'a' },
      podNames: ['shop-1'],
      enabled: true,
      inbound: {
        ports: [8080],
        excludePorts: [9090],
        includeCIDRs: ['10.0.0.0/8'],
        proxyPort: 15006,
      },
      excludeUIDs: [1337],
      hooks: { offline: { httpGet: { port: 8080, path: '/' }, timeoutSeconds: 5 } },
      drain: { timerSeconds: 15 },
      rollout: { partition: '10%', maxUnavailable: 1, paused: false },
    },
  },
  gatewayWith({
    replicas: 2,
    template: { labels: { team: 'edge' }, tolerations: [{ operator: 'Exists' }] },
    updateStrategy: { partition: '10%' },
  }),
]

const review = oneof(...objects.map(spoiled)).chain((object) =>
  record({
    apiVersion: constant('admission.k8s.io/v1'),
    kind: constant('AdmissionReview'),
    request: record(
      {
        uid: constant('the-uid'),
        operation: constantFrom('CREATE', 'UPDATE', 'DELETE', 'CONNECT', 'NONSENSE'),
        kind: constant({ group: '', version: 'v1', kind: 'Pod' }),
        resource: constant({ group: '', version: 'v1', resource: 'pods' }),
        namespace: oneof(constant('shop'), string()),
        dryRun: oneof(constant(true), jsonValue({ maxDepth: 1 })),
        userInfo: dictionary(string(), jsonValue({ maxDepth: 1 })),
        object: constant(object),
        oldObject: oneof(constant(object), jsonValue({ maxDepth: 1 })),
      },
      { requiredKeys: ['uid', 'operation', 'object'] },
    ),
  }),
)

/** Reviews that are wrong in some place, and bodies that are none. */
const bodies = oneof(
  { weight: 8, arbitrary: review.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: jsonValue().map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: string() },
)

describe('the webhook, whatever it is sent,', () => {
  let webhook: StartedWebhook

  before(async () => {
    webhook = await startWebhook((apiServer) => {
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
      apiServer.put(NAMESPACES, namespace)
      apiServer.put(SIDECAR_SETS, { ...sidecarSet(), metadata: { name: 'mesh' } })
    })
  })
  after(() => webhook.end())

  for (const path of PATHS) {
    it(`answers with a review that has the uid and one decision: ${path}`, async () => {
      const decisions = new Set<unknown>()
      await assert(
        asyncProperty(bodies, async (text) => {
          const answer = await webhook.post(path, text)
          // The schema is checked after it, so that what is wrong there must get through.
          if (path === '/default-sidecarset' && text.includes('"kind":"SidecarSet"'))
            expect(answer.statusCode, text).to.be.below(500)
          const parsed = JSON.parse(answer.text) as {
            kind?: string
            response?: { uid?: string; allowed?: boolean; status?: { message?: string } }
          }
          expect(parsed.kind).to.equal('AdmissionReview')
          expect(parsed.response?.allowed).to.be.a('boolean')
          decisions.add(parsed.response?.allowed)
          if (text.includes('the-uid')) expect(parsed.response?.uid).to.equal('the-uid')
          // Without a sentence the person at kubectl is left alone.
          if (parsed.response?.allowed === false) {
            expect(parsed.response.status?.message).to.be.a('string').and.not.equal('')
          }
        }),
        { numRuns: 1000 },
      )
      // Or else nothing deeper than the first check was reached.
      expect(decisions.size).to.equal(2)
      expect(await webhook.readiness()).to.equal(200)
    }).timeout(60_000)
  }
})
