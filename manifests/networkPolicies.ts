import { AGENT_PORT } from '../api/group.ts'
import { CONSOLE, OPERATOR, PORTS, WEBHOOK } from '../api/installation.ts'
import { labelsOf, metadataOf } from './names.ts'
import type { Settings } from './values.ts'

const tcp = (port: number) => ({ protocol: 'TCP', port })
const udp = (port: number) => ({ protocol: 'UDP', port })
const DNS = { ports: [udp(53), tcp(53)] }

/**
 * What operator and webhook may be asked, and whom they may ask. Nobody is named on the way in: the
 * API server and the kubelet come from addresses of nodes, which no selector of pods describes.
 */
export function networkPolicies({ namespace, networkPolicy }: Settings) {
  const policy = (name: string, ports: readonly number[], egress: readonly object[]) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(name, namespace.name),
    spec: {
      podSelector: { matchLabels: labelsOf(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: ports.map(tcp) }],
      egress: [DNS, networkPolicy.apiServer, ...egress],
    },
  })
  const { webhook, health, metrics } = PORTS
  return {
    // Agents are in pods of any namespace.
    operator: policy(
      OPERATOR,
      [health, metrics],
      [{ to: [{ namespaceSelector: {} }], ports: [tcp(AGENT_PORT)] }, networkPolicy.prometheus],
    ),
    webhook: policy(WEBHOOK, [webhook, health, metrics], []),
    console: policy(CONSOLE, [PORTS.console, health], [networkPolicy.console]),
  }
}
