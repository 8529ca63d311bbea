import type { Arbitrary } from 'fast-check'
import {
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  option,
  record,
  subarray,
  uniqueArray,
} from 'fast-check'
import type { Container, Pod } from '../../webhook/inject/podTypes.ts'

const VOLUMES = [
  { name: 'data', emptyDir: {} },
  { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
  { name: 'settings', configMap: { name: 'settings', optional: true } },
  { name: 'disk', persistentVolumeClaim: { claimName: 'disk' } },
]

const ENV = [
  { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  { name: 'DIRECTORY', value: 'dir-$(POD_NAME)' },
  { name: 'ZONE', value: 'north' },
  { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
]

const MOUNTS = [
  { name: 'data', mountPath: '/data' },
  { name: 'data', mountPath: '/logs', subPathExpr: '$(DIRECTORY)' },
  { name: 'memory', mountPath: '/memory', readOnly: true },
  { name: 'settings', mountPath: '/etc/settings', subPath: 'file' },
]

/**
 * Pods of all shapes that injection could get in the way of: names, mounts, devices, ports, probes,
 * variables, resources, native sidecars, security contexts, grace periods. Most are valid; the API
 * server is asked which.
 */
export const pods: Arbitrary<Pod> = record(
  {
    containers: containers(['app', 'web', 'proxy-x', 'shipper'].map(running)),
    initContainers: option(containers([ending('setup'), native('native')]), { nil: [] }),
    restartPolicy: constantFrom('Always', 'OnFailure', 'Never'),
    hostNetwork: constantFrom(false, false, false, true),
    shareProcessNamespace: boolean(),
    terminationGracePeriodSeconds: constantFrom(0, 1, 5, 30, 600),
    securityContext: constantFrom(
      {},
      { runAsNonRoot: true, runAsUser: 1000 },
      { fsGroup: 2000, seccompProfile: { type: 'RuntimeDefault' } },
    ),
    automountServiceAccountToken: boolean(),
    dnsPolicy: constantFrom('ClusterFirst', 'Default'),
    imagePullSecrets: array(record({ name: constantFrom('registry', 'other') }), { maxLength: 2 }),
    enableServiceLinks: boolean(),
  },
  { requiredKeys: ['containers', 'initContainers'] },
).chain((spec) =>
  record({
    metadata: record({
      name: constant('generated'),
      labels: constantFrom({ app: 'shop' }, { app: 'shop', tier: 'web' }),
      annotations: constantFrom(
        {},
        { main: 'app' },
        { 'kubectl.kubernetes.io/default-container': 'app', zone: '{"a":1}' },
      ),
    }),
    spec: constant({ ...spec, volumes: VOLUMES }),
  }),
)

function containers(each: readonly Arbitrary<Container>[]): Arbitrary<readonly Container[]> {
  return uniqueArray(oneof(...each), {
    minLength: 1,
    maxLength: each.length,
    selector: ({ name }) => name,
  })
}

/** Only containers that run all the pod's life may have probes and hooks. */
function running(name: string): Arbitrary<Container> {
  const fields = record(
    {
      readinessProbe: probe(),
      lifecycle: constant({ preStop: { exec: { command: ['/stop'] } } }),
    },
    { requiredKeys: [] },
  )
  return ending(name).chain((base) => fields.map((more) => ({ ...base, ...more })))
}

function native(name: string): Arbitrary<Container> {
  return running(name).map((container) => ({ ...container, restartPolicy: 'Always' }))
}

function ending(name: string): Arbitrary<Container> {
  return record(
    {
      name: constant(name),
      image: constantFrom('app:v1', 'registry.example/team/app@sha256:' + 'a'.repeat(64)),
      command: constant(['/app']),
      env: subarray(ENV),
      volumeMounts: subarray(MOUNTS),
      volumeDevices: subarray([{ name: 'disk', devicePath: '/dev/disk' }]),
      ports: subarray([
        { name: 'http', containerPort: 8080 },
        { name: 'admin', containerPort: 15000 },
        { containerPort: 15010 },
        { containerPort: 53, protocol: 'UDP' },
      ]),
      resources: constantFrom(
        {},
        { limits: { cpu: '1', memory: '128Mi' } },
        { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } },
        { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
      ),
      securityContext: constantFrom(
        {},
        { privileged: true },
        { runAsUser: 0 },
        { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      ),
    },
    { requiredKeys: ['name', 'image'] },
  )
}

function probe(): Arbitrary<object> {
  return oneof(
    record({ httpGet: record({ port: constantFrom<number | string>(8080, 'http') }) }),
    record({
      tcpSocket: record({ port: constant(8080) }),
      periodSeconds: integer({ min: 1, max: 60 }),
    }),
    record({ exec: constant({ command: ['/ready'] }) }),
  )
}
