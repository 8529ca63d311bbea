import { KubeConfig } from '@kubernetes/client-node'
import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { OPERATOR } from '../../api/installation.ts'
import { createClient } from '../../runtime/client/client.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { createKubectl } from '../environment/kubectl.ts'
import { startMonitoring } from '../observe/monitoring.ts'

/** As the guide calls it: http://prometheus.monitoring:9090. */
const NAME = 'prometheus.monitoring'
const PORT = 9090

/**
 * A real Prometheus that scrapes the agents, and that the operator finds under the name of the guide.
 * The cluster has no DNS, so the name stands in the hosts file of the operator. Gives the stop.
 */
export async function offerPrometheus(cluster: Cluster): Promise<() => Promise<void>> {
  const kubeConfig = new KubeConfig()
  kubeConfig.loadFromFile(cluster.kubeconfigPath)
  const transport = createTransport({ kubeConfig, userAgent: 'guides', fieldManager: 'guides' })
  const client = createClient({ transport })
  const monitoring = await startMonitoring({ client, cluster }, { port: PORT })
  const stop = async (): Promise<void> => {
    await monitoring.stop()
    await transport.close()
  }
  try {
    const kubectl = createKubectl(cluster.kubectlPath, cluster.kubeconfigPath)
    const operator = ['--namespace', SYSTEM_NAMESPACE, `deployment/${OPERATOR}`]
    const hostAliases = [{ ip: cluster.hostAddress, hostnames: [NAME] }]
    const patch = JSON.stringify({ spec: { template: { spec: { hostAliases } } } })
    await kubectl(['patch', ...operator, '--patch', patch])
    await kubectl(['rollout', 'status', ...operator, '--timeout', '90s'], { deadlineMs: 100_000 })
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}
