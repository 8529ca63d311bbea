import { withCold, withHandover } from './testing/build.ts'
import type { Refusals } from './testing/refusals.ts'
import { itRefuses } from './testing/refusals.ts'

const refused: Refusals = {
  'a container without an image': [
    withCold({ image: undefined }),
    'spec.containers[0].image',
    'name an image',
  ],
  'an unknown podInjectPolicy': [
    withCold({ podInjectPolicy: 'First' }),
    'spec.containers[0].podInjectPolicy',
    'BeforeAppContainer',
  ],
  'a mount of an unknown volume': [
    withCold({ volumeMounts: [{ name: 'config', mountPath: '/etc/log' }] }),
    'spec.containers[0].volumeMounts[0].name',
    '"config"',
    'spec.volumes',
  ],
  'a device of an unknown volume': [
    withCold({ volumeDevices: [{ name: 'disk', devicePath: '/dev/xvda' }] }),
    'spec.containers[0].volumeDevices[0].name',
  ],
  'two mounts at one path': [
    {
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', emptyDir: {} },
      ],
      ...withCold({
        volumeMounts: [
          { name: 'a', mountPath: '/data' },
          { name: 'b', mountPath: '/data' },
        ],
      }),
    },
    'spec.containers[0].volumeMounts[1].mountPath',
    '"/data"',
    'another path',
  ],
  'a mount at a path of ours': [
    {
      volumes: [{ name: 'a', emptyDir: {} }],
      ...withHandover({}, { volumeMounts: [{ name: 'a', mountPath: '/baton/run' }] }),
    },
    'spec.containers[0].volumeMounts[0].mountPath',
    'Baton mounts',
  ],
  'a mount without a path': [
    { volumes: [{ name: 'a', emptyDir: {} }], ...withCold({ volumeMounts: [{ name: 'a' }] }) },
    'spec.containers[0].volumeMounts[0].mountPath',
  ],
  'a volume named twice': [
    {
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'a', emptyDir: {} },
      ],
    },
    'spec.volumes[1].name',
    'spec.volumes[0]',
  ],
  'a volume named like ours': [
    { volumes: [{ name: 'baton-run', emptyDir: {} }] },
    'spec.volumes[0].name',
    '"baton-run"',
  ],
  'a bad quantity': [
    withCold({ resources: { limits: { memory: '64MB' } } }),
    'spec.containers[0].resources.limits.memory',
    '"64MB"',
    '64Mi',
  ],
  'a negative quantity': [
    withCold({ resources: { requests: { cpu: '-1' } } }),
    'spec.containers[0].resources.requests.cpu',
  ],
  'a request above its limit': [
    withCold({ resources: { requests: { cpu: '1.5' }, limits: { cpu: '500m' } } }),
    'spec.containers[0].resources.requests.cpu',
    'above the limit 500m',
  ],
  'a container port out of range': [
    withCold({ ports: [{ containerPort: 70000 }] }),
    'spec.containers[0].ports[0].containerPort',
    'is 70000',
    '65535',
  ],
  'a host port out of range': [
    withCold({ ports: [{ containerPort: 80, hostPort: -1 }] }),
    'spec.containers[0].ports[0].hostPort',
  ],
  'a port name with a capital letter': [
    withCold({ ports: [{ containerPort: 80, name: 'HTTP' }] }),
    'spec.containers[0].ports[0].name',
  ],
  'two ports of one name': [
    withCold({
      ports: [
        { containerPort: 80, name: 'http' },
        { containerPort: 81, name: 'http' },
      ],
    }),
    'spec.containers[0].ports[1].name',
    'each port once',
  ],
  'an unknown protocol': [
    withCold({ ports: [{ containerPort: 80, protocol: 'HTTP' }] }),
    'spec.containers[0].ports[0].protocol',
    'TCP, UDP, SCTP',
  ],
  'a probe on a port that has no name': [
    withCold({ readinessProbe: { httpGet: { port: 'admin' } } }),
    'spec.containers[0].readinessProbe.httpGet.port',
    '"admin"',
  ],
  'a probe of an init container that ends': [
    {
      selector: { matchLabels: { app: 'shop' } },
      initContainers: [
        { name: 'init', image: 'init:v1', readinessProbe: { tcpSocket: { port: 80 } } },
      ],
    },
    'spec.initContainers[0].readinessProbe',
    'restartPolicy: Always',
  ],
  'a health check on a port out of range': [
    withHandover({ healthCheck: { tcpSocket: { port: 0 } } }),
    'spec.containers[0].upgradeStrategy.handover.healthCheck.tcpSocket.port',
    'is 0',
  ],
}

describe('validation of a container refuses', () => {
  itRefuses(refused)
})
