import { KubeConfig } from '@kubernetes/client-node'
import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { OPERATOR } from '../../api/installation.ts'
import { createClient } from '../../runtime/client/client.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { createKubectl } from '../environment/kubectl.ts'
import { startMonitoring } from '../observe/monitoring.ts'

/** As the guide calls it: http://prometheus.monitoring:9090. */
const [NAME, NAMESPACE, PORT] = ['prometheus', 'monitoring', 9090]

/**
 * A real Prometheus of this machine that scrapes the agents, behind a Service that has the name of the
 * guide. The cluster has no DNS, so the name stands in the hosts file of the operator. Gives the stop.
 */
export async function offerPrometheus(cluster: Cluster): Promise<() => Promise<void>> {
  const kubeConfig = new KubeConfig()
  kubeConfig.loadFromFile(cluster.kubeconfigPath)
  const transport = createTransport({ kubeConfig, userAgent: 'guides', fieldManager: 'guides' })
  const client = createClient({ transport })
  const monitoring = await startMonitoring({ client, cluster })
  const stop = async (): Promise<void> => {
    await monitoring.stop()
    await transport.close()
  }
  try {
    const kubectl = createKubectl(cluster.kubectlPath, cluster.kubeconfigPath)
    const operator = ['--namespace', SYSTEM_NAMESPACE, `deployment/${OPERATOR}`]
    const input = JSON.stringify(serviceOf(new URL(monitoring.address)))
    await kubectl(['apply', '--server-side', '-f', '-'], { input })
    const where = ['--namespace', NAMESPACE, '-o', 'jsonpath={.spec.clusterIP}']
    const ip = await kubectl(['get', 'service', NAME, ...where])
    const hostAliases = [{ ip, hostnames: [`${NAME}.${NAMESPACE}`] }]
    const patch = JSON.stringify({ spec: { template: { spec: { hostAliases } } } })
    await kubectl(['patch', ...operator, '--patch', patch])
    await kubectl(['rollout', 'status', ...operator, '--timeout', '90s'], { deadlineMs: 100_000 })
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

/** Whatever port was free: on some machines Debian's package serves 9090 by itself. */
function serviceOf({ hostname, port }: URL): object {
  const metadata = { name: NAME, namespace: NAMESPACE }
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { ports: [{ name: 'http', port: PORT }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': NAME } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [hostname] }],
      ports: [{ name: 'http', port: Number(port) }],
    },
  ]
  return { apiVersion: 'v1', kind: 'List', items }
}
