import { expect } from 'chai'
import { defaultIngressGateway } from '../../defaults/ingressGatewayDefaults.ts'
import { gatewayWith } from '../../gateway/testing/build.ts'
import { formatViolation } from '../violation.ts'
import { validateIngressGateway } from './validateIngressGateway.ts'

const sentences = (spec: object, name?: string): readonly string[] =>
  validateIngressGateway(gatewayWith(spec, name)).map(formatViolation)

const proxy = (fields: object): object => ({
  proxy: { name: 'proxy', image: 'envoy:v1', command: ['envoy'], ...fields },
})
const ports = (...list: readonly object[]): object => ({ service: { ports: list } })

describe('the validation of an IngressGateway', () => {
  const good: Readonly<Record<string, object>> = {
    'the least that is needed': {},
    'no pods at all': { replicas: 0 },
    'a handover': proxy({
      upgradeStrategy: { handover: { drain: { method: { envoy: { adminPort: 9901 } } } } },
    }),
    'two ports by number and by name': {
      ...proxy({ ports: [{ name: 'web', containerPort: 8080 }] }),
      ...ports({ name: 'http', port: 80, targetPort: 'web' }, { name: 'https', port: 443 }),
    },
    'a node port of a LoadBalancer': ports({ port: 80, nodePort: 30080 }),
    'pods with a place': {
      template: {
        labels: { team: 'edge' },
        annotations: { 'example.com/restarted': 'today' },
        nodeSelector: { zone: 'a' },
      },
    },
    'a canary': { updateStrategy: { canary: { steps: [{ replicas: 1, pause: {} }] } } },
  }
  for (const [name, spec] of Object.entries(good)) {
    it(`takes ${name}`, () => {
      expect(sentences(spec)).to.deep.equal([])
    })

    it(`takes ${name} with its defaults`, () => {
      const gateway = gatewayWith(spec)
      const defaulted = { ...gateway, spec: defaultIngressGateway(gateway) }
      expect(validateIngressGateway(defaulted)).to.deep.equal([])
    })
  }

  const bad: Readonly<Record<string, readonly [object, RegExp]>> = {
    'fewer pods than none': [{ replicas: -1 }, /^spec\.replicas is -1: .*at least 0\.$/],
    'a cold upgrade': [
      proxy({ upgradeStrategy: { upgradeType: 'ColdUpgrade' } }),
      /^spec\.proxy\.upgradeStrategy\.upgradeType is "ColdUpgrade": .*never restarted/,
    ],
    'no program': [proxy({ command: undefined }), /^spec\.proxy\.command is not set: /],
    'no image': [proxy({ image: '' }), /^spec\.proxy\.image is "": .*name an image/],
    'hooks of the container': [
      proxy({ lifecycle: { preStop: { sleep: { seconds: 1 } } } }),
      /^spec\.proxy\.lifecycle is /,
    ],
    'a restart policy': [proxy({ restartPolicy: 'Always' }), /^spec\.proxy\.restartPolicy is /],
    'an unknown volume': [
      proxy({ volumeMounts: [{ name: 'config', mountPath: '/etc/proxy' }] }),
      /^spec\.proxy\.volumeMounts\[0\]\.name is "config": /,
    ],
    'no port': [ports(), /^spec\.service\.ports is \[\]: nobody could reach/],
    'several ports without names': [
      ports({ port: 80, name: 'http' }, { port: 443 }),
      /^spec\.service\.ports\[1\]\.name is not set: .*several/,
    ],
    'a port twice': [
      ports({ port: 80, name: 'a' }, { port: 80, name: 'b' }),
      /^spec\.service\.ports\[1\]\.port is 80: spec\.service\.ports\[0\] has it already/,
    ],
    'a name twice': [
      ports({ port: 80, name: 'a' }, { port: 81, name: 'a' }),
      /^spec\.service\.ports\[1\]\.name is "a": .*has it already/,
    ],
    'a port that is none': [
      ports({ port: 0, targetPort: 8080 }),
      /^spec\.service\.ports\[0\]\.port/,
    ],
    'a name that leads nowhere': [
      ports({ port: 80, targetPort: 'web' }),
      /^spec\.service\.ports\[0\]\.targetPort is "web": no port of spec\.proxy\.ports/,
    ],
    "the agent's port": [
      ports({ port: 80, targetPort: 15020 }),
      /^spec\.service\.ports\[0\]\.targetPort is 15020: the agent/,
    ],
    'a node port inside': [
      { service: { type: 'ClusterIP', ports: [{ port: 80, nodePort: 30080 }] } },
      /^spec\.service\.ports\[0\]\.nodePort is 30080: a Service of type ClusterIP/,
    ],
    'a traffic policy inside': [
      { service: { type: 'ClusterIP', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] } },
      /^spec\.service\.externalTrafficPolicy is "Local": a Service of type ClusterIP/,
    ],
    'an unknown type of Service': [
      { service: { type: 'ExternalName', ports: [{ port: 80 }] } },
      /^spec\.service\.type is "ExternalName": there is no such value/,
    ],
    'a label of ours': [
      { template: { labels: { 'baton.dev/inject': 'false' } } },
      /^spec\.template\.labels\[baton\.dev\/inject\] is "false": Baton writes/,
    ],
    'an annotation of ours': [
      { template: { annotations: { 'version.sidecarset.baton.dev/proxy-1': '1' } } },
      /^spec\.template\.annotations\[version\.sidecarset\.baton\.dev\/proxy-1\]/,
    ],
    'a label that cannot be': [
      { template: { labels: { team: 'a b' } } },
      /^spec\.template\.labels\[team\] is "a b": no label can be so/,
    ],
    'a rollout of nothing': [
      { updateStrategy: { maxUnavailable: 0 } },
      /^spec\.updateStrategy\.maxUnavailable is 0: /,
    ],
  }
  for (const [name, [spec, sentence]] of Object.entries(bad)) {
    it(`refuses ${name}, with one sentence`, () => {
      const found = sentences(spec)
      expect(found).to.have.length(1)
      expect(found.join()).to.match(sentence)
    })
  }

  for (const name of ['1st', 'edge.shop', 'e'.repeat(64)]) {
    it(`refuses the name ${name}, which no Service can have`, () => {
      expect(sentences({}, name).join()).to.match(/^metadata\.name is .*: the Service/)
    })
  }
})
