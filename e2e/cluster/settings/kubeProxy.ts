import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import type { NetworkPlan } from '../plan.ts'

/** The KubeProxyConfiguration. */
export function kubeProxyConfig({ pki }: Layout, plan: NetworkPlan, nodeName: string): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: join(pki, 'kube-proxy.kubeconfig') },
    mode: 'nftables',
    clusterCIDR: plan.podCidr,
    hostnameOverride: nodeName,
    // 0 leaves the sysctls alone: they are the machine's, or cannot be written at all.
    conntrack: {
      maxPerCore: 0,
      min: 0,
      tcpEstablishedTimeout: '0s',
      tcpCloseWaitTimeout: '0s',
    },
  }
}
