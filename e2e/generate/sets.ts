import type { Arbitrary } from 'fast-check'
import { array, constant, constantFrom, oneof, record, subarray, uniqueArray } from 'fast-check'
import type {
  Handover,
  SidecarContainer,
  SidecarSet,
  SidecarSetSpec,
  UpgradeStrategy,
} from '../../api/v1beta1/sidecarset.ts'

/** SidecarSets of all shapes; those that validation refuses are for the caller to leave out. */
export function sets(name: string): Arbitrary<SidecarSet> {
  const spec: Arbitrary<SidecarSetSpec> = record(
    {
      selector: constant({ matchLabels: { app: 'shop' } }),
      containers: containers([`${name}-proxy`, `${name}-helper`], 1),
      initContainers: containers([`${name}-prepare`, `${name}-native`], 0),
      volumes: constant([
        { name: 'sidecar-data', emptyDir: {} },
        { name: 'disk', persistentVolumeClaim: { claimName: 'other' } },
      ]),
      imagePullSecrets: array(record({ name: constantFrom('registry', 'sidecars') }), {
        maxLength: 2,
      }),
      patchPodMetadata: constantFrom<NonNullable<SidecarSetSpec['patchPodMetadata']>>(
        [],
        [{ annotations: { zone: '{"b":2}' }, patchPolicy: 'MergePatchJson' }],
        [{ annotations: { [`example.com/${name}`]: 'x' }, patchPolicy: 'Overwrite' }],
      ),
    },
    { requiredKeys: ['selector', 'containers', 'volumes'] },
  )
  return spec.map((value) => ({
    apiVersion: 'baton.dev/v1beta1',
    kind: 'SidecarSet',
    metadata: { name },
    spec: value,
  }))
}

function containers(
  names: readonly string[],
  minLength: number,
): Arbitrary<readonly SidecarContainer[]> {
  const one = names.some((name) => name.endsWith('-native')) ? inInitContainers : inContainers
  return uniqueArray(one(names), { minLength, maxLength: names.length, selector: (of) => of.name })
}

function inContainers(names: readonly string[]): Arbitrary<SidecarContainer> {
  return merged(common(names), staying())
}

/** One that ends has neither probes nor slots. */
function inInitContainers(names: readonly string[]): Arbitrary<SidecarContainer> {
  return oneof(
    common(names),
    merged(
      common(names),
      staying().map((fields) => ({ ...fields, restartPolicy: 'Always' })),
    ),
  )
}

function merged(
  ...parts: readonly [Arbitrary<SidecarContainer>, Arbitrary<Partial<SidecarContainer>>]
): Arbitrary<SidecarContainer> {
  const [base, more] = parts
  return base.chain((left) => more.map((right) => ({ ...left, ...right })))
}

const SIZES = [
  {},
  { limits: { cpu: '2' } },
  { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '128Mi' } },
]

const COMPUTED = {
  targetContainersNameRegex: '.*',
  resourcesExpr: {
    limits: { cpu: 'max(cpu*50%, 50m)', memory: 'memory/3' },
    requests: { cpu: 'cpu', memory: 'max(memory*10%, 1Mi)' },
  },
}

/** What any container of a set may have. */
function common(names: readonly string[]): Arbitrary<SidecarContainer> {
  const fields = record(
    {
      name: constantFrom(...names),
      image: constant('sidecar:v1'),
      command: constant(['/sidecar']),
      args: constant(['--port', '$(PORT)']),
      podInjectPolicy: constantFrom('BeforeAppContainer', 'AfterAppContainer'),
      env: subarray([
        { name: 'PORT', value: '15001' },
        { name: 'ZONE', value: 'own' },
      ]),
      volumeMounts: subarray([
        { name: 'sidecar-data', mountPath: '/data' },
        { name: 'sidecar-data', mountPath: '/own' },
      ]),
      volumeDevices: subarray([{ name: 'disk', devicePath: '/dev/own' }]),
      shareVolumePolicy: constantFrom({ type: 'enabled' }, { type: 'disabled' }),
      shareVolumeDevicePolicy: constantFrom({ type: 'enabled' }, { type: 'disabled' }),
      transferEnv: constantFrom(
        [{ sourceContainerName: 'app', envNames: ['ZONE', 'DIRECTORY', 'CPU'] }],
        [
          {
            sourceContainerNameFrom: { fieldRef: { fieldPath: "metadata.annotations['main']" } },
            envName: 'ZONE',
          },
        ],
      ),
    },
    { requiredKeys: ['name', 'image', 'command'] },
  ) as Arbitrary<SidecarContainer>
  const size = oneof<Arbitrary<Partial<SidecarContainer>>[]>(
    constantFrom(...SIZES).map((resources) => ({ resources })),
    constant({ resourcesPolicy: COMPUTED }),
  )
  return merged(fields, size)
}

/** What one may have beside that runs all the pod's life. */
function staying(): Arbitrary<Partial<SidecarContainer>> {
  return record(
    {
      ports: constantFrom(
        [{ name: 'mesh', containerPort: 15001 }],
        [
          { name: 'mesh', containerPort: 15001 },
          { name: 'mesh-admin', containerPort: 15000 },
        ],
      ),
      readinessProbe: constantFrom(
        { httpGet: { port: 'mesh', path: '/ready' } },
        { tcpSocket: { port: 15001 } },
        { exec: { command: ['/ready'] } },
        { grpc: { port: 15001 } },
      ),
      upgradeStrategy: upgradeStrategy(),
    },
    { requiredKeys: ['ports'] },
  )
}

function upgradeStrategy(): Arbitrary<UpgradeStrategy> {
  const handover: Arbitrary<Handover> = record(
    {
      privatePorts: subarray([15000, 15004]),
      drain: constantFrom(
        { method: { envoy: { adminPort: 15000 } } },
        { method: { signal: { name: 'SIGQUIT' } }, maxSeconds: 20 },
        { method: { http: { method: 'POST', port: 15005, path: '/drain' } } },
        { method: { exec: { command: ['/drain'] } } },
      ),
      healthCheck: constant({ httpGet: { port: 15000, path: '/ready' } }),
    },
    { requiredKeys: [] },
  )
  return oneof<Arbitrary<UpgradeStrategy>[]>(
    record({ upgradeType: constant('HotUpgrade'), handover }),
    constant({ upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'empty:v1' }),
    constant({ upgradeType: 'ColdUpgrade' }),
  )
}
